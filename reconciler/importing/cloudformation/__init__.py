"""Reads a CloudFormation template without AWS.

In: a template (plain, or of the CDK, SAM, Amplify or Serverless), the parameters it is deployed with, and what
`aws cloudformation describe-stack-resources` lists. Out: `Stack`, its resources with every function evaluated that can
be known offline, and from that `Converted`, objects of a manifest. A value that cannot be known is `NotKnown` with the
reason, and never a guess: the live pool has it.
"""
