"""Plan and cloud → events.

In: a plan without refusals, and a cloud that may write. Out: events, one for each thing that happened, as it happens.
Every write has a fence, every failure stops what depends on it, and convergence is proven by planning again.
"""
