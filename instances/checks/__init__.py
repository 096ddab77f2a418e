"""Checks: everything that can be wrong with an instance, cause by cause."""
