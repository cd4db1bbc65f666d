"""What is weaker and what is stronger: the direction of every change of every member.

In: a change of a member with the object before and after, or the state of a pool. Out: its effects; where the state
breaks a security rule. A table for each section says how the values of a member compare, who is touched, and what
cannot be undone; the same tables judge a plan, a drift and a comparison. No sentence holds a value.
"""
