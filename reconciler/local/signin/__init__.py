"""Sign-up and sign-in of the embedded Cognito: flows, codes, tokens, triggers and messages.

In: requests of users' own operations, as SDKs send them unsigned, and of administrators. Out: what the real service
answers, as far as recordings and documentation tell. What is not known is chosen, and said in docs/local.md.
"""
