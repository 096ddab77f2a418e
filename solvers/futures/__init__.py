"""Several futures solved as one: the first period common, later ones their own."""
