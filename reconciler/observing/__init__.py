"""Cloud → live objects.

In: a read-only cloud, and what has to be read. Out: live objects, gaps for what could not be read, and whose each is.
An object that could not be read is a gap, never an absence.
"""
