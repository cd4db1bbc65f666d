"""Manifest and live objects → findings.

In: the plan and the live objects of a pool, earlier reports, CloudTrail. Out: findings with stable ids and authors.
Nothing here prints, and nothing decides an exit code.
"""
