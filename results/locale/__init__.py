"""Translations: LANGUAGE/LC_MESSAGES/aumaq.po."""
