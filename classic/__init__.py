"""Classic location problems: files, methods with bounds, recomputed values."""
