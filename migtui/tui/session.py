"""What the screen asks: the project, its engine and its journal.

Everything here blocks and is called in threads. What is not needed to show the first conflict is
imported when it is asked for: that conflict is to be seen at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migtui.core.journal import History
from migtui.errors import EngineError, EngineStartError
from migtui.services import journal
from migtui.services.explain import explain
from migtui.services.project import open_project

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from migtui.core.explanation import Explanation
    from migtui.core.forecast import Forecast
    from migtui.core.journal import Entry
    from migtui.core.verdict import Evidence
    from migtui.engine.client import Engine
    from migtui.engine.protocol.base import Progress, Request
    from migtui.services.consult import Consultation
    from migtui.services.forecast import Report
    from migtui.services.places import Place
    from migtui.services.project import Project
    from migtui.tui.database_session import DatabaseSession
    from migtui.tui.plans import Plans

STARTING = "Django is still starting."


class Session:
    """A project that is open on the screen.

    Args:
        directory: Where the developer stands.
        settings: The settings module asked for, None for the project's own.
        python: The engine's interpreter asked for, None for the project's own.
        log: Called, in any thread, with what the project prints.

    Attributes:
        history: What the journal held when it was looked at last.
        consultation: Django's answers, None until they are there.
        why_no_engine: Why Django can't be asked, one sentence; empty where it can.
    """

    def __init__(
        self,
        directory: Path,
        *,
        settings: str | None,
        python: str | None,
        log: Callable[[str], None],
    ) -> None:
        self._directory = directory
        self._settings = settings
        self._python = python
        self._log = log
        self._read: Project | None = None
        self._engine: Engine | None = None
        self._is_closed = False
        self._evidence: dict[str, tuple[Evidence, ...]] = {}
        self.history = History()
        self.consultation: Consultation | None = None
        self.why_no_engine = STARTING

    @property
    def project(self) -> Project:
        """The project as it is known: as Django sees it, once it was asked."""
        if self._read is None:
            raise RuntimeError("open() comes first")
        return self._read

    @property
    def is_open(self) -> bool:
        """Whether the project was read."""
        return self._read is not None

    @property
    def is_starting(self) -> bool:
        """Whether it is not clear yet whether Django can be asked."""
        return self.why_no_engine == STARTING

    def open(self) -> str | None:
        """Read the project; what an interrupted write left is finished or taken back first.

        Returns:
            What was found of an interrupted write, None where nothing was.
        """
        project = open_project(self._directory, settings=self._settings, python=self._python)
        recovered = journal.recover(project)
        if recovered is not None:
            project = project.reload()
        self._read = project
        self.history = journal.history(project)
        return recovered

    def reload(self) -> None:
        """Read the project again, and ask Django again where it can be asked."""
        self._read = self.project.reload()
        self._evidence = {}
        self.history = journal.history(self.project)
        if self.consultation is not None:
            self._consult()

    def start_engine(self) -> Consultation:
        """Start Django and correct the project by what it says.

        Raises:
            EngineError: Django could not be set up.
        """
        from migtui.services.engines import open_engine

        try:
            if self._is_closed:
                raise EngineStartError("migtui is quitting.")
            self._engine = open_engine(self.project, log=self._log)
            return self._consult()
        except EngineError as error:
            self.why_no_engine = f"Django can't be asked: {error.message}"
            raise

    def _consult(self) -> Consultation:
        from migtui.services.consult import consult

        while True:
            asked_about = self.project
            found = consult(asked_about, self._asked_engine())
            if asked_about is self._read:  # else it was read again meanwhile
                self._read = found.project
                self.why_no_engine = ""
                self.consultation = found
                return found

    def _asked_engine(self) -> Engine:
        if self._engine is None:
            raise EngineStartError(self.why_no_engine)
        return self._engine

    @property
    def engine(self) -> Engine:
        """Django.

        Raises:
            EngineError: It can't be asked.
        """
        if self.why_no_engine:
            raise EngineStartError(self.why_no_engine)
        return self._asked_engine()

    @property
    def available_engine(self) -> Engine | None:
        """Django; None where it can't be asked."""
        return None if self.why_no_engine else self._engine

    @property
    def plans(self) -> Plans:
        """What ways out of conflicts would change."""
        from migtui.tui.plans import Plans

        return Plans(self)

    def explain(self, app_label: str, *, with_git: bool) -> Explanation:
        """All that is known of an app's conflict; without git nothing is recommended yet."""
        project, evidence = self.project, self._evidence.get(app_label, ())
        applied = self.consultation.applied if self.consultation is not None else ()
        found = explain(project, app_label, with_git=with_git, applied=applied, recommends=with_git)
        if not evidence:
            return found
        from migtui.services.evidence import weigh

        return weigh(project, found, evidence, recommends=with_git)

    def lacks_evidence(self, app_label: str) -> bool:
        """Whether Django can be asked what it makes of an app's orders, and was not asked yet."""
        return not self.why_no_engine and app_label not in self._evidence

    def decline_evidence(self, app_label: str) -> None:
        """Do without Django's evidence until somebody asks for it."""
        self._evidence.setdefault(app_label, ())

    def gather(
        self,
        app_label: str,
        vendors: Sequence[str],
        progress: Callable[[Progress], None],
        *,
        run_python: bool = False,
    ) -> tuple[Evidence, ...]:
        """What Django makes of an app's orders: replayed, and tried on these vendors.

        It counts from now on, instead of what was found in the same way before.

        Raises:
            EngineCancelledError: The developer did not want to wait.
            EngineError: Django can't be asked.
        """
        from migtui.services.evidence import gather
        from migtui.services.overlays import unfinished_overlay

        project = self.project
        read = explain(project, app_label, with_git=False)
        found = gather(
            self._asked_engine(),
            read,
            databases=vendors,
            run_python=run_python,
            overlay=unfinished_overlay(project),
            progress=progress,
        )
        if project is self._read:  # else it was read again meanwhile
            ways = {(entry.method, entry.vendor) for entry in found}
            before = self._evidence.get(app_label, ())
            kept = [entry for entry in before if (entry.method, entry.vendor) not in ways]
            self._evidence[app_label] = (*kept, *found)
        return found

    def places(self) -> tuple[Place, ...]:
        """Where orders can be tried; nothing where Django did not answer."""
        from migtui.services.places import places

        if self.consultation is None:
            return ()
        return places(self.consultation.facts.databases)

    @property
    def is_in_git(self) -> bool:
        """Whether the project lies in a git repository, by the look of its directories."""
        from migtui.services.repository import is_in_repository

        return is_in_repository(self.project.root)

    def stage(self, entry: Entry) -> Entry:
        """Put what an entry has written into git's index."""
        from migtui.services import staging

        staged = staging.stage(self.project, entry)
        self.history = journal.history(self.project)
        return staged

    def undo(self) -> str | None:
        """Take back what was written last; says what became of git's index."""
        return self._turned(journal.undo(self.project), forwards=False)

    def redo(self) -> str | None:
        """Write again what was undone last; says what became of git's index."""
        return self._turned(journal.redo(self.project), forwards=True)

    def _turned(self, entry: Entry, *, forwards: bool) -> str | None:
        self.history = journal.history(self.project)
        if entry.index is None:
            return None
        from migtui.services import staging

        return staging.follow(self.project, entry, forwards=forwards)

    def forecast(self, progress: Report) -> Forecast:
        """All git branches against the default branch and each other."""
        from migtui.services.forecast import forecast

        return forecast(self.project, progress=progress)

    def databases(self) -> DatabaseSession:
        """The project's databases.

        Raises:
            EngineStartError: Django can't be asked, or not yet.
        """
        from migtui.tui.database_session import DatabaseSession

        engine = self._asked_engine()
        if self.consultation is None:
            raise EngineStartError(self.why_no_engine)
        aliases = tuple(item.alias for item in self.consultation.facts.databases)
        return DatabaseSession(self.project, engine, aliases)

    def cancel(self, *kinds: type[Request[Any]]) -> None:
        """End the question that the engine is at, if it is of one of these kinds, or of any."""
        if self._engine is not None:
            self._engine.cancel(*kinds)

    def close(self) -> None:
        """End the engine, and what it is asked."""
        self._is_closed = True
        if self._engine is not None:
            self._engine.close()
