"""Benchmark runs: files, methods and published values, kept and compared."""
