"""What is weaker and what is stronger: the direction of every change of every member.

A table for each section says how the values of a member compare, who is touched, and what cannot be undone; the same
tables judge a plan, a drift and a comparison. Nothing here reads or writes, and no sentence holds a value.
"""
