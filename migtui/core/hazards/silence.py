"""Which hazards do not count: somebody gave a reason, or they were there before migtui was."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from migtui.core.hazards.judge import Judgement, Judgements, Silenced
from migtui.core.hazards.rule import Hazard
from migtui.core.migration import MigrationKey
from migtui.core.sql import SqlScript

BASELINE = "It is in the baseline."
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """A hazard as a baseline remembers it: not by its words or line, which may change."""

    code: str
    app_label: str
    migration: str
    subject: str


class BaselineError(ValueError):
    """A baseline is not what it should be; the message says how."""


def silence(judgement: Judgement, reason_for: Callable[[Hazard], str]) -> Judgement:
    """The judgement with those hazards apart that have a reason not to count.

    Args:
        judgement: As the rules gave it.
        reason_for: The reason; empty where there is none.
    """
    if not judgement.hazards:
        return judgement
    reasons = [(hazard, reason_for(hazard)) for hazard in judgement.hazards]
    return replace(
        judgement,
        hazards=tuple(hazard for hazard, reason in reasons if not reason),
        silenced=(
            *judgement.silenced,
            *(Silenced(hazard, reason) for hazard, reason in reasons if reason),
        ),
    )


def configured_reason(ignore: Mapping[str, str], code: str, key: MigrationKey) -> str:
    """Why ``[tool.migtui.ignore]`` silences a code in a migration; empty where it does not.

    Args:
        ignore: Reasons by ``H003``, ``blog.H003`` or ``blog.0003_tags.H003``.
        code: As reports have it.
        key: The migration.
    """
    short = code.removeprefix("migtui.")
    names = (f"{key.app_label}.{key.name}.{short}", f"{key.app_label}.{short}", short)
    return next((ignore[name] for name in names if name in ignore), "")


def known(script: SqlScript, judgements: Judgements) -> Iterator[Known]:
    """What a baseline would remember: everything that still counts, once."""
    seen = set()
    for migration, judged in zip(script.migrations, judgements, strict=True):
        for judgement in judged:
            for hazard in judgement.hazards or ():
                found = _known(hazard, MigrationKey(migration.app_label, migration.migration))
                if found not in seen:
                    seen.add(found)
                    yield found


def is_known(baseline: frozenset[Known], hazard: Hazard, key: MigrationKey) -> bool:
    """Whether a baseline has a hazard."""
    return _known(hazard, key) in baseline


def _known(hazard: Hazard, key: MigrationKey) -> Known:
    return Known(hazard.code, key.app_label, key.name, hazard.subject)


def baseline_text(entries: Iterable[Known]) -> str:
    """A baseline as a file: JSON, sorted, one hazard a line, so that git can merge it."""
    lines = [
        json.dumps(
            {
                "code": entry.code,
                "app_label": entry.app_label,
                "migration": entry.migration,
                "subject": entry.subject,
            }
        )
        for entry in sorted(entries)
    ]
    body = ",\n    ".join(lines)
    return f'{{"schema_version": {SCHEMA_VERSION}, "hazards": [\n    {body}\n]}}\n'


def read_baseline(text: str) -> frozenset[Known]:
    """What a baseline's file remembers.

    Raises:
        BaselineError: It is none.
    """
    try:
        document = json.loads(text)
        if document["schema_version"] != SCHEMA_VERSION:
            raise BaselineError(f"Its schema_version is {document['schema_version']!r}.")
        entries = [
            Known(*(entry[name] for name in ("code", "app_label", "migration", "subject")))
            for entry in document["hazards"]
        ]
    except json.JSONDecodeError as error:
        raise BaselineError(f"It is no JSON: {error}.") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise BaselineError("It is not what --write-baseline writes.") from error
    if not all(isinstance(value, str) for entry in entries for value in _values(entry)):
        raise BaselineError("It is not what --write-baseline writes.")
    return frozenset(entries)


def _values(entry: Known) -> tuple[object, ...]:
    return (entry.code, entry.app_label, entry.migration, entry.subject)
