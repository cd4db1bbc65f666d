"""Trees of the API: compare, merge, and look up their shapes.

In: declared and observed trees, with the facts of the schema. Out: merged trees, changes by member, input shapes.
Pure: nothing here knows an object, a plan or a cloud.
"""
