"""A purpose and a few answers → a commented manifest to begin with.

In: what the pool is for, and the answers to the questions of that purpose. Out: the text of a manifest that validates
without a warning. Nothing is read or written here.
"""
