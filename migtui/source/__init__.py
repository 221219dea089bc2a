"""Migration files to values and back; nothing here imports or runs the project's code."""
