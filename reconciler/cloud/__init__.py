"""The one port to anything remote.

In: a service, an operation and its parameters. Out: the answer as a tree, or an error sorted by what to do about it.
boto3 enters here alone, together with quotas, retries and the wrappers that cannot write.
"""
