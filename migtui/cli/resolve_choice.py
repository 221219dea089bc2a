"""What the flags of ``migtui resolve`` choose, as a ``Choice``."""

import argparse
from dataclasses import dataclass

from migtui.cli.output import narrate
from migtui.core.explanation import Explanation
from migtui.core.migration import MigrationKey
from migtui.core.questions import Decision, answer
from migtui.core.settle import foregone, open_questions, undecided
from migtui.engine.client import Engine
from migtui.engine.protocol.project import AppliedMigrations
from migtui.errors import ResolutionError, UsageError
from migtui.services.leaves import find_leaves
from migtui.services.project import Project
from migtui.services.resolve import MERGE, ORDER, Choice
from migtui.services.witness import witness


@dataclass(frozen=True, slots=True)
class Case:
    """What a resolution is planned from.

    Attributes:
        project: As Django sees it, where it was asked.
        engine: None where it is not asked.
        django_version: None where it is not asked.
        applied: What databases have applied.
    """

    project: Project
    engine: Engine | None = None
    django_version: str | None = None
    applied: tuple[AppliedMigrations, ...] = ()


def choose(arguments: argparse.Namespace, case: Case, explanation: Explanation) -> Choice:
    """The way out that was asked for, with all that was decided.

    Raises:
        UsageError: A decision has no ``=``, or a name is short for several leaves.
        NotFoundError: There is no leaf of a name.
        ResolutionError: Nothing is recommended; or a decision is needed that was not given, nor
            can models.py tell it.
    """
    strategy, order = MERGE, tuple(arguments.order or ())
    leaves = find_leaves(case.project, arguments.app_label, order)
    if arguments.order:
        strategy = ORDER
    elif arguments.recommended:
        best = next((item for item in explanation.resolutions if item.recommended), None)
        if best is None:
            raise ResolutionError(
                f"Nothing is recommended for {arguments.app_label}: its branches are "
                f"{explanation.verdict.kind}.",
                help=_what_to_choose(explanation),
            )
        strategy, leaves = best.strategy, best.order
    return Choice(
        strategy,
        leaves,
        name=arguments.name,
        renumber=not arguments.no_renumber,
        header=not arguments.no_header,
        keep=_kept(arguments, case, explanation, leaves if strategy == ORDER else ()),
        replaces_old=arguments.replaces_shim,
    )


def _what_to_choose(explanation: Explanation) -> str:
    """What to do where nothing is recommended."""
    settled = next((way.why for way in explanation.resolutions if way.strategy == "settle"), "")
    app_label = explanation.conflict.app_label
    return settled or f"Look at `migtui explain {app_label}`, then choose."


def _kept(
    arguments: argparse.Namespace,
    case: Case,
    explanation: Explanation,
    order: tuple[MigrationKey, ...],
) -> tuple[Decision, ...]:
    """The decisions that were given, and those of models.py where they were not.

    Raises:
        UsageError: One of them has no ``=``.
        NotFoundError: One of them names no leaf.
        ResolutionError: A decision is needed that was not given, nor can models.py tell it.
    """
    kept = (_kept_decision(case, explanation, word) for word in arguments.keep)
    given = (*kept, *map(_set_decision, arguments.set))
    questions = explanation.questions
    answers = answer(questions, given)
    for decision in foregone(questions, order):
        if not any(decision.resource == entry.resource for entry in answers):
            narrate(arguments, f"The branches do the same: --keep {decision}")
            given = (*given, decision)
    missing = [entry for entry in open_questions(questions, order) if entry not in answers]
    if not missing:
        return given
    agreed = {} if case.engine is None else witness(case.project, case.engine, explanation, order)
    unknown = [entry for entry in missing if entry.resource not in agreed]
    if unknown:
        raise undecided(explanation.conflict, unknown, order)
    told = tuple(Decision(entry.resource, agreed[entry.resource]) for entry in missing)
    for decision in told:
        narrate(arguments, f"As models.py has it: --keep {decision}")
    return (*given, *told)


def _kept_decision(case: Case, explanation: Explanation, word: str) -> Decision:
    resource, separator, names = word.rpartition("=")
    if not separator:
        raise UsageError(
            f"{word!r} does not say whose way it is.", help="Give --keep RESOURCE=LEAF."
        )
    *before, leaf = find_leaves(case.project, explanation.conflict.app_label, names.split(","))
    return Decision(resource, leaf, tuple(before))


def _set_decision(word: str) -> Decision:
    resource, separator, value = word.partition("=")
    if not (separator and value.strip()):
        raise UsageError(
            f"{word!r} does not say what it is to be.", help="Give --set RESOURCE=EXPRESSION."
        )
    return Decision(resource, None, value=value)


def require_names(arguments: argparse.Namespace, project: Project) -> None:
    """Stop at a name that no migration of the app has, before Django is started for nothing.

    Which of them are leaves, and which apps there are, Django may know better.

    Raises:
        NotFoundError: There is no such migration.
    """
    app_label = arguments.app_label
    names = [key.name for key in project.graph.nodes if key.app_label == app_label]
    kept = (part for word in arguments.keep for part in word.rpartition("=")[2].split(","))
    for word in (*(arguments.order or arguments.collapse or ()), *kept):
        if names and not any(name.startswith(word) for name in names):
            find_leaves(project, app_label, [word])
