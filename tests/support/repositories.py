"""Builds real git repositories with a real git, untouched by the machine's own configuration."""

import os
import subprocess
from pathlib import Path

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def git(root: Path, *arguments: str, author: str = "Ada") -> str:
    """Run git in ``root``; returns its standard output. A failure is an error of the test."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= IDENTITY | {"GIT_AUTHOR_NAME": author}
    return subprocess.run(
        ["git", *arguments], cwd=root, env=environment, check=True, capture_output=True, text=True
    ).stdout


def init(root: Path, branch: str = "main") -> Path:
    """An empty repository. Returns ``root``."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "--quiet", f"--initial-branch={branch}")
    return root


def commit(root: Path, message: str, *, author: str = "Ada") -> str:
    """Commit everything in the working tree; returns the commit's SHA."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "-m", message, author=author)
    return git(root, "rev-parse", "HEAD").strip()


def switch(root: Path, branch: str, start: str | None = None) -> None:
    """Check out a branch; with ``start``, a new one from there."""
    git(root, "checkout", "--quiet", *([branch] if start is None else ["-b", branch, start]))


def merge(root: Path, branch: str, message: str | None = None) -> str:
    """Merge a branch into the one checked out; returns the merge commit's SHA."""
    said = ["-m", message] if message else ["--no-edit"]
    git(root, "merge", "--quiet", "--no-ff", *said, branch)
    return git(root, "rev-parse", "HEAD").strip()
