"""Plants in chains over years: products arise, are processed, sold or disposed of."""
