"""Decisions as plain arrays: read from a solution, or settled before a solve."""
