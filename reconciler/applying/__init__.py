"""Plan and cloud → events.

In: a plan without refusals, and a cloud that allows writes. Out: events, yielded as they happen. Every write has a
fence, a failure skips the changes that depend on it, and convergence is proven by planning again.
"""
