"""migtui resolves conflicting Django migrations, in the terminal and in scripts."""

__version__ = "0.1.0"
