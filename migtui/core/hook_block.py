"""migtui's lines in a script that git runs: put in, found, and taken out to the byte.

They stand right behind the first line, so that they run whatever the script ends with, and they
are a subshell that reads nothing, prints to standard error alone and always succeeds.
"""

import re
import shlex
from collections.abc import Sequence

from migtui.errors import MigtuiError

START = (
    b"# >>> migtui hook >>> tells of conflicting migrations; `migtui hook uninstall` removes this\n"
)
END = b"# <<< migtui hook <<<\n"
CREATED = b"#!/bin/sh\n"
"""The first line of a script that held nothing else before."""
SHELL = re.compile(
    rb"#!\s*(?:/usr)?(?:/local)?/bin/(?:env\s+)?(?:sh|bash|dash|ksh|zsh|ash)\b[^\n]*\n"
)


def command_block(python: str, hook: str, project: str) -> bytes:
    """The lines for a hook.

    Args:
        python: The interpreter that has migtui; where it is gone, the PATH is asked.
        hook: ``post-merge`` and so on.
        project: The project's directory from the top of the working tree; ``.`` for the same.
    """
    words = ["--project", project, "hook", "run", hook]
    # -P: a module of the branch that was just checked out must not stand in for one of Python's.
    ours = shlex.join([python, "-P", "-m", "migtui", *words])
    found = shlex.join(["migtui", *words])
    lines = [
        f'( if [ -x {shlex.quote(python)} ]; then {ours} "$@"',
        f'  elif command -v migtui; then {found} "$@"; fi </dev/null >/dev/null ) || :',
        "",
    ]
    return START + "\n".join(lines).encode("utf-8", "surrogateescape") + END


def with_block(content: bytes | None, block: bytes) -> bytes:
    """A script with migtui's lines, in place of others of it where there are some.

    Args:
        content: The script; None where there is none yet.
        block: The lines.

    Raises:
        MigtuiError: It is no shell script, or migtui's lines were edited.
    """
    plain = without_block(content) if content is not None else None
    if plain is None:
        return CREATED + block
    first = SHELL.match(plain)
    if first is None:
        raise MigtuiError("It is not a shell script.")
    return plain[: first.end()] + block + plain[first.end() :]


def without_block(content: bytes) -> bytes | None:
    """A script as it was before; None where it held nothing before.

    Raises:
        MigtuiError: migtui's lines were edited.
    """
    if START not in content:
        return content
    before, _, rest = content.partition(START)
    _, end, after = rest.partition(END)
    if not end or START in after:
        raise MigtuiError("The lines of migtui in it were edited.")
    plain = before + after
    return None if plain == CREATED else plain


def has_block(content: bytes | None) -> bool:
    """Whether migtui's lines are in a script."""
    return content is not None and START in content


def lines_to_add(block: bytes) -> str:
    """The lines for somebody who puts them in by hand."""
    return block.decode("utf-8", "surrogateescape").rstrip("\n")


def is_worth_a_look(hook: str, arguments: Sequence[str], *, is_rebasing: bool) -> bool:
    """Whether the working tree may have got other migrations, by what git tells (githooks(5)).

    Args:
        hook: ``post-merge``, ``post-checkout`` or ``post-rewrite``.
        arguments: What git gave it.
        is_rebasing: In the middle of a rebase, each step of which is a checkout.
    """
    match hook, *arguments:
        case ["post-checkout", before, after, "1"]:
            return before != after and not is_rebasing
        case ["post-checkout", *_]:  # single files
            return False
        case ["post-rewrite", "amend", *_]:
            return False
        case _:
            return True
