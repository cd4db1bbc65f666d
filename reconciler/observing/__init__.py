"""Cloud → live objects.

In: a read-only cloud, and what to read. Out: live objects, gaps for failed reads, and the owner of each object.
An object that could not be read is a gap, never an absence.
"""
