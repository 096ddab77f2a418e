"""Run the command line: ``python -m aumaq``."""

from aumaq.cli import main

if __name__ == "__main__":
    main()
