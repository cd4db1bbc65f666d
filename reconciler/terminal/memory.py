"""How often the interpreter looks for objects that refer to each other in a circle and that nothing else refers to.

It looks after each 700 new objects. Stages hand frozen trees to each other, which form no circles and mostly live to
the end of a run, so it finds next to nothing, and that search was a quarter of the time of `validate` and of large
plans. It is not switched off: a run over thousands of pools may last hours, and libraries do make circles.

It looks three times more when the process ends, at everything that was imported, which takes as long as a third of
Python's own start. Nothing depends on that: files are closed where they were opened.
"""

from __future__ import annotations

import gc

NEW_OBJECTS = 50_000
"""After how many new objects a search begins: some ten megabytes of them, if each were garbage."""


def search_rarely() -> None:
    """Search less often from now on, in the whole process."""
    _, *older = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, *older)


def search_no_more() -> None:
    """Leave everything that is there to the end of the process, which is next."""
    gc.freeze()
