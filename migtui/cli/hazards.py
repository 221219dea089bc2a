"""The part of ``migtui check`` that asks Django for SQL: its hazards, as problems."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from migtui.cli.output import narrate
from migtui.core.problems import Problem
from migtui.errors import EngineError, MigtuiError, UsageError
from migtui.services.project import Project


@dataclass(frozen=True, slots=True)
class Hazards:
    """What was found.

    Attributes:
        problems: One for each place.
        error: Why that is not known; what the files alone tell can be said nevertheless.
    """

    problems: tuple[Problem, ...] = ()
    error: MigtuiError | None = None


def chosen_hazards(arguments: argparse.Namespace, project: Project) -> Hazards:
    """The hazards that the options ask for; none where they ask for none.

    Raises:
        UsageError: The options make no sense together, or the baseline is none.
        NotFoundError: No such app or commit.
    """
    if not arguments.hazards:
        needing = ["published", "baseline", "write_baseline"]
        for name in [*needing, *([] if arguments.sql else ["no_squawk"])]:
            if getattr(arguments, name):
                option = f"--{name.replace('_', '-')}"
                raise UsageError(f"{option} is for --hazards.", help="Say --hazards, too.")
        return Hazards()
    if arguments.write_baseline and arguments.baseline is None:
        raise UsageError("--write-baseline needs a file.", help="Name it with --baseline FILE.")
    # Few checks ask Django; the others need not load what that takes.
    from migtui.cli.engine import chosen_engine  # noqa: PLC0415
    from migtui.services.baselines import load_baseline, write_baseline  # noqa: PLC0415
    from migtui.services.hazards import find_hazards  # noqa: PLC0415

    path = Path(arguments.baseline) if arguments.baseline is not None else None
    known = load_baseline(path) if path and not arguments.write_baseline else frozenset()
    try:
        with chosen_engine(arguments, project) as engine:
            report = find_hazards(
                project,
                engine,
                arguments.app_label,
                base=arguments.base,
                published=arguments.published,
                baseline=known,
                with_squawk=not arguments.no_squawk,
            )
    except EngineError as error:
        return Hazards(error=error)
    for note in report.notes:
        narrate(arguments, note)
    word = "migration" if report.judged == 1 else "migrations"
    narrate(arguments, f"Hazards: the SQL of {report.judged} {word} was judged.")
    if path is not None and arguments.write_baseline:
        write_baseline(path, report.known)
        count = len(report.known)
        narrate(arguments, f"{count} {'hazard' if count == 1 else 'hazards'} written to {path}.")
        return Hazards()
    return Hazards(report.problems)
