"""Tables of others made into an instance: lists of places, layers of points and lines.

What is guessed is told, and kept in a mapping file; what cannot be read is a problem
with file, row and column. Nothing is left out unasked.
"""
