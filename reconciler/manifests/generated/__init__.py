"""What a document makes of itself before it is checked: objects from rows, optional parts, values with a type.

In: a document as written, variables, files of its tree. Out: a document as if all of it had been written out, whose
places name the row beside the line.
"""
