"""The report of one plan or several: one HTML file that opens offline."""

from aumaq.results.report.page import write_report

__all__ = ["write_report"]
