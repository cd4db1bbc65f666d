"""Path or rule → facts: what is known of a kind, a member or a rule.

In: a path such as `clients.CallbackURLs`, or a rule such as `P7`. Out: facts read off the tables that the engine itself
works by.
The source of `poolctl explain` and of `docs/reference/`.
"""
