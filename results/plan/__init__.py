"""The plan: its tables, its record, and what is said of both."""
