"""Desired and observed → plan.

In: a resolved manifest and live objects. Out: a plan: changes in order, calls, refusals and notices.
Pure but for the pipeline, which asks a read-only cloud for the live objects.
"""
