"""The command line: argparse, and one small module for each command."""
