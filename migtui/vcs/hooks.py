"""Where git's hooks of a repository are, and whose they are."""

import os
from dataclasses import dataclass
from pathlib import Path

from migtui.vcs.repository import Repository


@dataclass(frozen=True, slots=True)
class HookDirectory:
    """Where git looks for hooks.

    Attributes:
        path: The directory; it may not be there.
        shared: Whose files they are besides this repository's, in words; empty where they are its
            own, in its git directory.
    """

    path: Path
    shared: str = ""


def hook_directory(repository: Repository) -> HookDirectory:
    """Where git looks for hooks: ``core.hooksPath``, else ``hooks`` in the common git directory.

    A relative ``core.hooksPath`` is relative to the top of the working tree, where hooks run
    (git-config(1)).
    """
    scope, configured = _hooks_path(repository)
    if configured is None:
        return HookDirectory(repository.common_dir / "hooks")
    path = Path(os.path.normpath(repository.top / configured))
    if scope not in ("local", "worktree"):
        return HookDirectory(path, f"the {scope} configuration of git, for every repository")
    if path.is_relative_to(repository.top) and not path.is_relative_to(repository.common_dir):
        return HookDirectory(path, "the project, in its working tree")
    return HookDirectory(path)


def _hooks_path(repository: Repository) -> tuple[str, str | None]:
    """``core.hooksPath`` and the scope that sets it, without what migtui itself tells git."""
    answer = repository.ask(
        "config", "--show-scope", "--null", "--type=path", "--get-all", "core.hooksPath"
    )
    entries = (answer or "").split("\0")
    found = [
        (scope, value)
        for scope, value in zip(entries[::2], entries[1::2], strict=False)
        if scope != "command"
    ]
    return found[-1] if found else ("", None)
