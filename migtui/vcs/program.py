"""Runs git through GitPython so that it neither surprises nor is surprised.

Whatever a hook, a configuration or a file name says: nothing of the repository is executed, nothing
is fetched, no question is asked, and no argument turns into an option.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from migtui.errors import GitError

if TYPE_CHECKING:
    from git.cmd import Git

LOCAL_VARIABLES = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
    # How paths and revisions are read:
    "GIT_GLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
)
"""What git itself sets for one repository (``git rev-parse --local-env-vars``) or for one command.

Set by a hook or an alias that migtui runs under, they would lead every git to that repository.
"""

ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone would fetch what it lacks
    "GIT_LITERAL_PATHSPECS": "1",  # a file may be called ":(exclude)x"
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
}
OPTIONS = {
    "core.fsmonitor": "false",  # names a program
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "i18n.logOutputEncoding": "UTF-8",
    "log.showSignature": "false",  # would run gpg
}


def git_at(directory: str | os.PathLike[str]) -> "Git":
    """GitPython's runner for commands in a directory.

    Raises:
        GitError: There is no git.
    """
    for name in LOCAL_VARIABLES:  # GitPython hands on the whole environment and can only add to it
        os.environ.pop(name, None)
    try:
        # 0.2 s, and it fails where git is missing. Not from git.cmd, which another thread that
        # imports GitPython has ready before GitPython has looked for git.
        from git import Git  # noqa: PLC0415
    except ImportError as error:
        raise _missing() from error
    runner = Git(directory)
    runner.update_environment(**ENVIRONMENT)
    runner.set_persistent_git_options(c=[f"{key}={value}" for key, value in OPTIONS.items()])
    return runner


def run(
    git: "Git",
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    stdin: IO[bytes] | None = None,
) -> str:
    """The standard output of a git command; bytes that are no UTF-8 become surrogates.

    Raises:
        GitError: git failed; the message is git's own.
    """
    from git.exc import GitCommandError, GitCommandNotFound  # noqa: PLC0415 - as above

    command, *rest = arguments
    try:
        output: bytes = getattr(git, command)(
            *rest, env=environment, stdout_as_string=False, istream=stdin
        )
    except GitCommandNotFound as error:
        raise _missing() from error
    except GitCommandError as error:
        raise GitError(
            f"git {command} failed in {os.fspath(git.working_dir or '.')}.",
            help="Run the command by hand to see more.",
            detail=str(error.stderr).strip(),
        ) from error
    return os.fsdecode(output)


def outcome(git: "Git", *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a git command that may fail.

    Raises:
        GitError: There is no git.
    """
    from git.exc import GitCommandNotFound  # noqa: PLC0415 - as above

    command, *rest = arguments
    try:
        status, output, errors = getattr(git, command.replace("-", "_"))(
            *rest, with_extended_output=True, with_exceptions=False, stdout_as_string=False
        )
    except GitCommandNotFound as error:
        raise _missing() from error
    return status, os.fsdecode(output), errors


@contextmanager
def lines(git: "Git", *arguments: str) -> Iterator[Iterator[str]]:
    """The lines of a git command while it runs; it is stopped at the end of the block."""
    command, *rest = arguments
    process = getattr(git, command)(*rest, as_process=True)
    try:
        yield (os.fsdecode(line).rstrip("\n") for line in process.stdout)
    finally:
        process.proc.terminate()
        process.proc.communicate()


def legible(text: str) -> str:
    """Text for people from git's output: what is no UTF-8 turns into replacement characters."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _missing() -> GitError:
    return GitError(
        "The program git was not found.",
        help="Install git, or put it on the PATH.",
    )
