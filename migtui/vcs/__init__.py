"""git: who brought a migration, on which branch, and whether others have it already.

The only room that imports GitPython, and only once a repository is asked for.
"""
