"""What becomes of squashes of real apps: ``python -m tests.benchmarks.squash_outcomes PROJECT …``.

Each app of a project is squashed from first to last, by migtui and by ``squashmigrations``, and
tried on SQLite and on PostgreSQL. What migtui calls proved is then written and lived with, as
``squash_life`` says. The files of the project are as before in the end.
"""

import argparse
import ast
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from migtui.core.squash_plan import SquashChoice, SquashPlan, SquashProof
from migtui.engine.client import Engine
from migtui.engine.protocol.base import OverlayFile
from migtui.engine.protocol.orders import TryOrders
from migtui.engine.protocol.project import DatabaseFacts
from migtui.engine.protocol.squash import ProveSquash
from migtui.errors import MigtuiError
from migtui.services.consult import Consultation, consult_lightly
from migtui.services.engines import open_engine
from migtui.services.places import SERVER
from migtui.services.project import open_project
from migtui.services.prove import prove
from migtui.services.squash import plan_squash
from tests.benchmarks.squash_life import live_with
from tests.support.databases import postgresql_server
from tests.support.manage import Manage

FEWEST = 3
"""Migrations of an app that is squashed here."""
VENDORS = ("sqlite", "postgresql")
EQUAL = "equal"
PATIENCE = 1800.0
"""Seconds that a proof may take."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one app.

    Attributes:
        app_label: The app.
        migrations: How many it has.
        ours: By vendor: ``equal``; ``refused: why``, nothing having been written; ``fails: how``.
        theirs: The same of ``squashmigrations``, which refuses or writes what may fail.
        life: What was done with the squash, and how that ended: ``as said``, or otherwise.
    """

    app_label: str
    migrations: int
    ours: Mapping[str, str] = field(default_factory=dict)
    theirs: Mapping[str, str] = field(default_factory=dict)
    life: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        ours, theirs = (", ".join(map(_short, side.values())) for side in (self.ours, self.theirs))
        life = ", ".join(f"{name} {text}" for name, text in self.life.items())
        return (
            f"     {self.app_label:<24} {self.migrations:>3} | {ours} | Django: {theirs} | {life}"
        )


def sweep(
    root: Path, python: str, *, only: Sequence[str] = (), most: int = sys.maxsize
) -> Iterator[Outcome]:
    """Squash the apps of a project that have three migrations at least, each by itself.

    Args:
        root: The project.
        python: The interpreter that has its Django.
        only: App labels; all where there are none.
        most: Migrations that an app may have.
    """
    with ExitStack() as stack:
        os.environ[SERVER] = uri = stack.enter_context(postgresql_server())
        engine = stack.enter_context(open_engine(open_project(root, python=python)))
        manage = stack.enter_context(Manage(root, python))
        consultation = consult_lightly(open_project(root, python=python), engine)
        databases = tuple(DatabaseFacts("", vendor, is_local=True) for vendor in VENDORS)
        facts = replace(consultation.facts, databases=databases)
        graph = consultation.project.graph
        for app_label in sorted(graph.app_labels & {app.label for app in facts.apps}):
            keys = [key for key in graph.nodes if key.app_label == app_label]
            if not all(graph.migrations[key].writable for key in keys):
                continue
            if FEWEST <= len(keys) <= most and (not only or app_label in only):
                sweeper = _Sweeper(replace(consultation, facts=facts), engine, manage, uri)
                yield sweeper.outcome(app_label, len(keys))


@dataclass(frozen=True, slots=True)
class _Sweeper:
    consultation: Consultation
    engine: Engine
    manage: Manage
    uri: str

    def outcome(self, app_label: str, migrations: int) -> Outcome:
        plan, why = self._plan(app_label)
        if plan is None:
            ours = dict.fromkeys(VENDORS, f"refused: {why}")
            return Outcome(app_label, migrations, ours, self._theirs(app_label))
        project, facts = self.consultation.project, self.consultation.facts
        proofs = {proof.vendor: proof for proof in prove(project, self.engine, facts, plan)}
        ours = {vendor: _judged(proof, "refused") for vendor, proof in proofs.items()}
        theirs = self._theirs(app_label, plan, proofs)
        life: dict[str, str] = {}
        if ours["sqlite"] == EQUAL:
            life = live_with(project, self.engine, self.manage, plan)
            if life.get("nothing", "").startswith("fails"):
                ours["sqlite"] = life["nothing"]
        return Outcome(app_label, migrations, ours, theirs, life)

    def _plan(self, app_label: str) -> tuple[SquashPlan | None, str]:
        project, facts = self.consultation.project, self.consultation.facts
        try:
            plan = plan_squash(project, self.engine, facts, SquashChoice(app_label))
        except MigtuiError as error:
            return None, error.message
        return (plan, "") if plan.changes is not None else (None, " ".join(plan.refusals))

    def _theirs(
        self,
        app_label: str,
        plan: SquashPlan | None = None,
        proofs: Mapping[str, SquashProof] | None = None,
    ) -> dict[str, str]:
        """What ``squashmigrations`` does; a file that says the same is not tried again."""
        graph, root = self.consultation.project.graph, self.consultation.project.root
        leaf = graph.leaves(app_label)[0]
        directory = (root / graph.migrations[leaf].path).parent
        before = set(directory.glob("*.py"))
        ran = self.manage.run(["squashmigrations", app_label, leaf.name, "--noinput"])
        written = sorted(set(directory.glob("*.py")) - before)
        if not written:
            return dict.fromkeys(VENDORS, f"refused: {ran.last_line}")
        content = written[0].read_bytes()
        written[0].unlink()
        if plan is not None and plan.changes is not None and proofs:
            (ours, *_) = plan.changes.files_after().values()
            if _is_same(ours or b"", content):
                return {vendor: _judged(proof, "fails") for vendor, proof in proofs.items()}
        overlay = (OverlayFile(str(written[0]), content),)
        found = {}
        for vendor in VENDORS:
            server = TryOrders((), (), vendor, uri=self.uri if vendor != "sqlite" else "")
            question = ProveSquash(app_label, written[0].stem, overlay, server)
            found[vendor] = _judged(self.engine.ask(question, timeout=PATIENCE), "fails")
        return found


def _judged(proof: SquashProof, word: str) -> str:
    if proof.is_equal:
        return EQUAL
    if proof.error and not proof.is_refuted and "Django can't load it" not in proof.error:
        return f"unknown: {proof.error}"
    if proof.error:
        return f"{word}: {proof.error}"
    first = proof.differences[0]
    return f"{word}: {first.what} {first.resource}: {first.chain} != {first.squash}"


def _is_same(one: bytes, other: bytes) -> bool:
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except SyntaxError:
        return False


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def table(outcomes: Iterable[Outcome]) -> str:
    """How many apps ended how, for both and on each vendor; then the ends of what was written."""
    outcomes = list(outcomes)
    lines = [f"     {len(outcomes)} apps"]
    for name in ("ours", "theirs"):
        for vendor in VENDORS:
            sides = [getattr(outcome, name) for outcome in outcomes]
            words = Counter(side[vendor].partition(":")[0] for side in sides if vendor in side)
            told = ", ".join(f"{word} {count}" for word, count in sorted(words.items()))
            tool = "migtui" if name == "ours" else "squashmigrations"
            lines.append(f"     {tool:<16} {vendor:<10} {told}")
    ends = Counter(
        f"{name}: {text.partition(':')[0]}" for o in outcomes for name, text in o.life.items()
    )
    lines += [f"     {end} {count}" for end, count in sorted(ends.items())]
    return "\n".join([*lines, ""])


def main() -> int:
    """Sweep projects; 1 where something failed that was called proved."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("projects", type=Path, nargs="+")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--only", action="append", default=[], metavar="APP_LABEL")
    parser.add_argument("--most", type=int, default=sys.maxsize, metavar="MIGRATIONS")
    arguments = parser.parse_args()
    outcomes = []
    for root in arguments.projects:
        found = sweep(root.resolve(), arguments.python, only=arguments.only, most=arguments.most)
        for outcome in found:
            sys.stdout.write(f"{outcome}\n")
            sys.stdout.flush()
            outcomes.append(outcome)
    sys.stdout.write(table(outcomes))
    return int(any(text.startswith("fails") for o in outcomes for text in o.ours.values()))


if __name__ == "__main__":
    sys.exit(main())
