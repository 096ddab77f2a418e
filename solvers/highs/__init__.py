"""HiGHS: the matrices that it is given, and each solve, here or in its own process."""
