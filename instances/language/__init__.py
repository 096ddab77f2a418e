"""Texts that readers see: how they are made, and their words in each language."""
