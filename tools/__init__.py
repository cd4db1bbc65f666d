"""Tools of the repository: generators of documents, limits for coverage and escape hatches. Never shipped.

In: the tables of `schemas/` and `reconciler/`, and the source text. Out: pages under `docs/` (`make docs`), and
violated limits (`python -m tools.floors`). Nothing under `reconciler/` or `schemas/` imports from here.
"""
