"""The territory as it is today: people, provision, connectivity, jobs, classes."""

from aumaq.results.analysis.analysing import Analysis, analyse

__all__ = ["Analysis", "analyse"]
