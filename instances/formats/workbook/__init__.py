"""Excel workbooks: read as people fill them in, and written with titles."""
