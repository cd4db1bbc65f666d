"""References of a manifest, followed as far as they can be.

In: a document as written, variables, the environment, a cloud. Out: values in the place of references, and the origin
of each. Substitution works on parsed values; what only AWS or live objects can answer remains an opaque leaf. What the
kinds of references are is declared in `reference_kinds/`.
"""
