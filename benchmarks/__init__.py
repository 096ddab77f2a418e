"""Measurements behind the choices: ratios within one run, never pass or fail."""
