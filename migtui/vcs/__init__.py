"""git: who brought a migration, on which branch, and whether others have it already.

The only room that imports GitPython, and only once a repository is asked for.
"""

from migtui.vcs.facts import branch_facts
from migtui.vcs.repository import Repository, open_repository

__all__ = ["Repository", "branch_facts", "open_repository"]
