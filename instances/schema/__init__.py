"""The schema: every table and column of an instance or a plan, as data."""
