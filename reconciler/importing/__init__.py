"""Definitions of other tools → what they own in Cognito.

In: a Terraform state or a CloudFormation template, as text. Out: the objects that it owns, with their ids and members
in the API's names, and a line for each thing that has no place in a manifest. It reads no AWS: `runs/` asks the live
pool for the values.
"""
