"""The decomposed method: each site decides alone at the prices of what ties it."""
