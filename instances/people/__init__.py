"""People: how many, what they demand and draw, and how many there will be."""
