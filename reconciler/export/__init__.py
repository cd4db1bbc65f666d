"""Live objects → manifest.

In: what the observer read, or two sides to compare. Out: a manifest as a tree, a comparison, or a rollback manifest.
Nothing here reads AWS or writes a file.
"""
