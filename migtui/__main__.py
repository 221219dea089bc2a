"""``python -m migtui``, and the entry point of the command ``migtui``."""

import sys

from migtui.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
