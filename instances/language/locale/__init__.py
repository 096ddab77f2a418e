"""Catalogues of the words of the schema, one a language."""
