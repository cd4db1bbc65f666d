"""Path → facts: what is known of a kind or a member.

In: a path such as `clients.CallbackURLs`. Out: facts read off the tables that the engine itself works by.
The source of `poolctl explain` and of `docs/reference/`.
"""
