"""A first plan without a model: today's stock, or what a start builds, completed."""
