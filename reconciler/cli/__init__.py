"""argv → command → exit code.

In: the words of the command line and the environment. Out: an exit code, and text on the streams that were given.
Errors become a message and a number here and nowhere else; a command is imported only when it is called.
"""
