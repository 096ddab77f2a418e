"""Scenarios: names, what they override, and the mean of several futures."""
