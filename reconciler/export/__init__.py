"""Live objects → manifest.

In: the live state, or two sides to compare. Out: a manifest as a tree, a comparison, or a rollback manifest.
Nothing here reads AWS or writes a file.
"""
