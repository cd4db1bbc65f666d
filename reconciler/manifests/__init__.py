"""YAML → manifests.

In: paths, variables, the environment. Out: valid manifests, one spec an object, or every problem at once.
AWS is asked only to resolve `$ssm`, `$secret` and `$ref`, by a cloud that cannot write.
"""
