"""Why a plan is as it is, and why there may be none, in the words of a planner."""
