"""Numbers that the rule families share, gathered once from an instance."""
