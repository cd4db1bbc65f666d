"""What the repository needs to keep itself in order: generators of documents, floors and ceilings. Never shipped.

In: the tables of `schemas/` and `reconciler/`, and the source text. Out: pages under `docs/` (`make docs`), and
verdicts (`python -m tools.floors`). Nothing under `reconciler/` or `schemas/` imports from here.
"""
