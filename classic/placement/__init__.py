"""Where to place sites beside those that stay, as classic problems."""
