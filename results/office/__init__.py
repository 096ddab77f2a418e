"""A plan for offices: text (docx), slides (pptx) and paper (pdf)."""

from aumaq.results.office.formats import OFFICE, write_office

__all__ = ["OFFICE", "write_office"]
