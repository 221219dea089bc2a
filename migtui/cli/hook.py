"""``migtui hook``: git hooks that tell of conflicts after a merge, a checkout or a rebase."""

import argparse
import sys
from pathlib import Path

from migtui.cli.opening import open_chosen_project
from migtui.cli.output import narrate, write_answer
from migtui.core.safe_text import safe_line
from migtui.errors import UsageError
from migtui.services.hooks import (
    HOOKS,
    hook_report,
    hook_states,
    install_hooks,
    uninstall_hooks,
)

_STATES = {
    "installed": "tells of conflicts",
    "absent": "not there",
    "other": "there, without migtui",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``hook`` takes."""
    parser.add_argument(
        "action",
        choices=("install", "uninstall", "status", "run"),
        help=f"put lines into {', '.join(HOOKS)}, take them out, say what there is; `run` is "
        "what the hooks call",
    )
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Install, uninstall, list or run hooks.

    ``status`` is 1 where not every hook is there, ``run`` is 0 whatever it tells.
    """
    if arguments.action == "run":
        return _run_hook(arguments)
    if arguments.words:
        raise UsageError(f"hook {arguments.action} takes nothing more.")
    project = open_chosen_project(arguments)
    if arguments.action == "status":
        states = hook_states(project)
        for hook in states:
            write_answer(f"{hook.name}: {_STATES[hook.state]} ({safe_line(str(hook.path))})\n")
        return int(any(hook.state != "installed" for hook in states))
    if arguments.action == "install":
        for path in install_hooks(project):
            write_answer(f"{safe_line(str(path))}\n")
        narrate(arguments, "They tell of conflicts, and neither stop nor change anything.")
        return 0
    removed = uninstall_hooks(project)
    for path in removed:
        write_answer(f"{safe_line(str(path))}\n")
    if not removed:
        narrate(arguments, "There were no lines of migtui in git's hooks.")
    return 0


def _run_hook(arguments: argparse.Namespace) -> int:
    if not arguments.words:
        raise UsageError("hook run needs the name of a hook.", help="git's hooks give it.")
    hook, *given = arguments.words
    lines = hook_report(Path(arguments.project), hook, given, settings=arguments.settings)
    for line in lines:
        print(f"migtui: {line}", file=sys.stderr)
    if lines:
        print("migtui: `migtui` shows the branches and the ways out.", file=sys.stderr)
    return 0
