"""Runs a command: its exit code, its failures as messages, its output in a shape that fits."""

import gc
import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from migtui.cli.output import discard_output, paint_for
from migtui.cli.parser import build_parser
from migtui.core.safe_text import safe_text
from migtui.errors import MigtuiError

INTERRUPTED = 130
OBJECTS = 50_000
"""How many more there have to be before garbage is looked for: what is read stays to the end."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``migtui`` with these arguments, those of the process where None.

    Returns:
        The exit code: 0 done, 1 problems found or not done, 2 wrong usage, 130 interrupted.

    Raises:
        SystemExit: Help, version or a usage message was printed.
    """
    gc.set_threshold(OBJECTS)
    _prepare_streams()
    arguments = build_parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except BrokenPipeError:
        discard_output()
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except MigtuiError as error:
        _report(error, with_traceback=arguments.traceback, no_color=arguments.no_color)
        return error.exit_code
    return code


def _prepare_streams() -> None:
    """Let any text through: odd bytes of files as they are, odd characters as ``?``.

    A stream that was closed before the start (``>&-``) is one to nowhere.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - to the end
            setattr(sys, name, nowhere)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_unicode = stream.encoding.lower().replace("-", "") == "utf8"
            stream.reconfigure(errors="surrogateescape" if is_unicode else "replace")


def _report(error: MigtuiError, *, with_traceback: bool, no_color: bool) -> None:
    if with_traceback:
        lines = [*traceback.format_exception(error), error.detail]
        print(safe_text("".join(lines)), file=sys.stderr)
    paint = paint_for(sys.stderr, no_color=no_color)
    print(f"{paint('error', 'Error:')} {safe_text(error.message)}", file=sys.stderr)
    if error.help:
        print(safe_text(error.help), file=sys.stderr)
    if error.detail and not with_traceback:
        print("--traceback shows what is behind it.", file=sys.stderr)
