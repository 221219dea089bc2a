"""Whether changes do what they should, before they are written or after."""

from dataclasses import replace

from migtui.core.changes import ChangeSet
from migtui.core.verification import DJANGO, Verification, require_passed, verify_read
from migtui.engine.client import Engine
from migtui.engine.protocol.base import OverlayFile
from migtui.engine.protocol.project import DetectModelChanges, LoadGraph
from migtui.errors import ResolutionError
from migtui.services.overlays import overlay_of, unfinished_overlay
from migtui.services.project import Project
from migtui.services.resolve import Plan


def ask_django(
    engine: Engine,
    app_label: str,
    overlay: tuple[OverlayFile, ...] = (),
    *,
    needs_state: bool = False,
) -> Verification:
    """How Django sees an app, with these files as if they were written.

    Args:
        engine: Django.
        app_label: The app.
        overlay: The files.
        needs_state: Whether it is an error where Django can't tell which models they lead to.

    Raises:
        EngineError: Django could not be asked.
    """
    facts = engine.start()
    if app_label not in {app.label for app in facts.apps}:
        return Verification(
            how=DJANGO,
            leaves=(),
            error=f"{app_label} is not in INSTALLED_APPS of {facts.settings}. Add it, choose other "
            "settings (--settings), or resolve on the reader's word (--static).",
        )
    loaded = engine.ask(LoadGraph(overlay))
    changes = engine.ask(DetectModelChanges(overlay))
    return Verification(
        how=DJANGO,
        leaves=loaded.leaves.get(app_label, ()),
        error=loaded.error or (changes.error if needs_state else ""),
        detail=loaded.traceback,
        changes_after=None if changes.error else changes.operations,
    )


def verify_plan(project: Project, plan: Plan, engine: Engine | None) -> Verification:
    """How the project would be with the plan, by Django's word or, without an engine, as read.

    Raises:
        EngineError: Django could not be asked.
    """
    if engine is None:
        return verify_read(project.graph, plan.graph, plan.app_label)
    before = engine.ask(DetectModelChanges(unfinished_overlay(project)))
    overlay = overlay_of(project, plan.changes)
    found = ask_django(engine, plan.app_label, overlay, needs_state=plan.settles)
    return replace(found, changes_before=None if before.error else before.operations)


def verify_changes(
    project: Project, app_label: str, changes: ChangeSet, engine: Engine
) -> Verification:
    """How Django would see an app with these changes, which must leave its models as they are.

    Raises:
        ResolutionError: It would not load, or ``makemigrations`` would write more than before.
        EngineError: Django could not be asked.
    """
    before = engine.ask(DetectModelChanges())
    found = replace(
        ask_django(engine, app_label, overlay_of(project, changes)),
        changes_before=None if before.error else before.operations,
    )
    require_passed(found, app_label)
    if not before.error and found.changes_after is None:
        raise ResolutionError("Django can't tell which models the migrations would lead to.")
    if found.new_changes:
        label, texts = next(iter(found.new_changes.items()))
        raise ResolutionError(
            f"makemigrations would then write for {label}: {', '.join(texts)}. The models would "
            "not be what they are now."
        )
    return found
