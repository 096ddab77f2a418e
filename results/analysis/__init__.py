"""The territory as it is today: people, provision, connectivity, jobs, classes."""

from aumaq.results.analysis.analysis import Analysis, analyse

__all__ = ["Analysis", "analyse"]
