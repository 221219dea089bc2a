"""``migtui check``: what is wrong with the migrations, read from the files alone."""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from migtui.cli.formats import FORMATS, MARKDOWN, places_of, problem_report
from migtui.cli.hazards import chosen_hazards
from migtui.cli.opening import chosen_merge, open_chosen_project
from migtui.cli.output import paint_for, write_answer
from migtui.errors import DatabaseError, EngineError, MigtuiError, UsageError
from migtui.reports.paint import Paint
from migtui.reports.text import check_text
from migtui.services.check import CheckResult, check
from migtui.services.project import Project

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migtui.services.database_check import DatabaseCheck
    from migtui.services.judging import JudgedSql


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``check`` takes."""
    parser.add_argument("app_label", nargs="*", metavar="APP_LABEL", help="only these apps")
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument(
        "--sql",
        action="store_true",
        help="with --format markdown: the SQL of branches, and of migrations that the default "
        "branch does not have (asks Django)",
    )
    parser.add_argument(
        "--base",
        metavar="REF",
        help="of the merge of HEAD and this branch, tag or commit, which is not made for it",
    )
    parser.add_argument(
        "--database",
        metavar="ALIAS",
        help="of this database's history and of the models, too (asks Django, changes nothing)",
    )
    group = parser.add_argument_group("hazards", "of the SQL; asks Django")
    group.add_argument(
        "--hazards",
        action="store_true",
        help="look for hazards in migrations that the default branch, or --base, does not have",
    )
    group.add_argument(
        "--published", action="store_true", help="in all migrations of the project instead"
    )
    group.add_argument(
        "--baseline", metavar="FILE", help="a file with hazards that are known and stay quiet"
    )
    group.add_argument(
        "--write-baseline", action="store_true", help="write what is found into that file"
    )
    group.add_argument("--no-squawk", action="store_true", help="don't ask squawk")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the answer to a file")


def run(arguments: argparse.Namespace) -> int:
    """Print the problems; 1 where there are errors, 0 where there are warnings at most."""
    if arguments.sql and arguments.format != MARKDOWN:
        raise UsageError("--sql is for --format markdown.", help="`migtui sql` prints SQL alone.")
    if arguments.sql and arguments.base is not None:
        raise UsageError(
            "--sql asks Django, which knows the working tree alone, not the merge with --base.",
            help="Leave out one of the two.",
        )
    if arguments.database is not None and arguments.base is not None:
        raise UsageError("--database is about the working tree, not about the merge with --base.")
    here = open_chosen_project(arguments)
    hazards = chosen_hazards(arguments, here)
    asked: DatabaseCheck | None = None
    with chosen_merge(arguments, here) as project:
        with_git = arguments.format == MARKDOWN or arguments.base is not None
        result = check(project, arguments.app_label, with_git=with_git)
        error = hazards.error
        if arguments.database is not None:
            result, asked, found = _with_database(arguments, project, result)
            error = found or error
        result = replace(result, problems=(*result.problems, *hazards.problems))
        answer = _answer(arguments, project, result, asked)
    write_answer(answer, arguments.output)
    if error is not None:
        raise error
    return int(any(problem.severity == "error" for problem in result.problems))


def _with_database(
    arguments: argparse.Namespace, project: Project, result: CheckResult
) -> "tuple[CheckResult, DatabaseCheck | None, MigtuiError | None]":
    """The result with what a database adds to it, that, and why it is not all there is to say."""
    from migtui.cli.engine import chosen_engine  # noqa: PLC0415 - for --database alone
    from migtui.services.database_check import check_database, with_database  # noqa: PLC0415

    try:
        with chosen_engine(arguments, project) as engine:
            found = check_database(project, engine, arguments.database)
    except UsageError:
        raise
    except MigtuiError as error:  # what the files alone tell is printed nevertheless
        return result, None, error
    labels = arguments.app_label
    unknown = DatabaseError(found.unknown) if found.unknown else None
    listed = tuple(i for i in found.listed if not labels or i.key.app_label in labels)
    counts = {app: n for app, n in found.migrations.items() if not labels or app in labels}
    return (
        replace(
            result,
            apps=max(result.apps, len(counts)),
            migrations=max(result.migrations, sum(counts.values())),
            problems=with_database(result.problems, found, labels),
        ),
        replace(found, listed=listed),
        unknown,
    )


def _answer(
    arguments: argparse.Namespace,
    project: Project,
    result: CheckResult,
    asked: "DatabaseCheck | None",
) -> str:
    problems, explanations = result.problems, result.explanations
    match arguments.format:
        case "text":
            no_color = arguments.no_color
            paint = Paint() if arguments.output else paint_for(sys.stdout, no_color=no_color)
            counts = {"apps": result.apps, "migrations": result.migrations}
            return check_text(problems, explanations, **counts, paint=paint)
        case "json":
            from migtui.reports.json import check_json  # noqa: PLC0415 - as below

            return check_json(
                problems,
                explanations,
                project=Path(os.path.relpath(project.root)).as_posix(),
                apps=result.apps,
                migrations=result.migrations,
                base=arguments.base,
                database=None if asked is None else asked.database,
                applied=() if asked is None else asked.listed,
            )
        case "markdown":
            # One format is asked for at a time; the others need not be loaded.
            from migtui.reports.markdown import check_markdown  # noqa: PLC0415

            judged: Mapping[str, JudgedSql] = {}
            notices = []
            if arguments.sql:
                try:
                    judged = _scripts(arguments, project, result)
                except EngineError as error:
                    notices = [f"No SQL, Django can't be asked: {error.message}"]
            return check_markdown(
                problems,
                explanations,
                places=places_of(project),
                scripts={title: entry.script for title, entry in judged.items()},
                judgements={title: entry.judgements for title, entry in judged.items()},
                notices=[*notices, *(note for entry in judged.values() for note in entry.notes)],
            )
        case name:
            return problem_report(name, problems, explanations, project)


def _scripts(
    arguments: argparse.Namespace, project: Project, result: CheckResult
) -> "Mapping[str, JudgedSql]":
    """The SQL of conflicts' branches and of what else is new, and its hazards, by app label."""
    from migtui.cli.engine import chosen_engine  # noqa: PLC0415 - for --sql alone
    from migtui.services.judging import judge_sql  # noqa: PLC0415
    from migtui.services.sql import review_sql  # noqa: PLC0415

    with chosen_engine(arguments, project) as engine:
        scripts = review_sql(project, engine, result.explanations, arguments.app_label)
    with_squawk = not arguments.no_squawk
    return {
        app_label: judge_sql(project, script, with_squawk=with_squawk)
        for app_label, script in scripts.items()
    }
