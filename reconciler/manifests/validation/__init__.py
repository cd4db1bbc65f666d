"""The check of one declared object.

In: a tree, a schema, and where the tree is written. Out: the object as declared, problems and notices in plain words.
`tree_reader` makes the copy that pydantic may see, `explainer` turns pydantic's errors into problems, `error_words` and
`unknown_keys` have the words. The words of a pattern are beside the pattern, in `schemas/`.
"""
