"""What an author may write.

One file per resource of Amazon Cognito, spelled exactly as the API spells it. The same models read a manifest
(unknown keys refused) and an answer of the API (unknown keys ignored), so no renaming table exists anywhere.
"""
