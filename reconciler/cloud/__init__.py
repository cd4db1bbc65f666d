"""The only port to remote services.

In: a service, an operation and its parameters. Out: the response as a tree, or an error classified by what to do.
Only this package uses boto3; it also holds quotas, retries and the wrappers that cannot write.
"""
