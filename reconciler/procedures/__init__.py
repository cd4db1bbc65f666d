"""Cloud → what several calls together achieve, and no manifest declares: a rotated secret, recovered users.

In: a cloud that allows these calls and no others, the clock, and functions that ask and report. Out: the result. No
step is remembered: what to do next follows from what is live, so a run that was killed at any point is run again.
"""
