"""Pool and client → what an application needs: ids, addresses, and the configuration files of libraries.

In: live objects, changes of a plan, or a manifest. Out: `KnownPool` with what is known of them, and texts made of it.
Pure, but for `credential_pools` and `signing_certificate`, which read what no manifest of a user pool declares.
"""
