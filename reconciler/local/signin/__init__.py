"""Sign-up and sign-in of the embedded Cognito: flows, codes, tokens, triggers and messages.

In: requests of users, which SDKs send unsigned, and of administrators. Out: the answers of the real service, as far as
recordings and documentation show them. Choices where nothing is known are listed in docs/local.md.
"""
