"""The code of the benchmarks: what it computes, and that it runs. Nothing here is timed."""
