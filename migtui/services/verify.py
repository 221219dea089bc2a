"""Django's word on a resolution, before it is written or after."""

from migtui.core.verification import DJANGO, Verification
from migtui.engine.client import Engine
from migtui.engine.protocol import DetectModelChanges, LoadGraph, OverlayFile
from migtui.errors import ResolutionError


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


def require_passed(verification: Verification, app_label: str) -> None:
    """Stop where a resolution does not verify.

    Raises:
        ResolutionError: It does not, and why.
    """
    if verification.passed:
        return
    if verification.error:
        refusal = "Django does not load it" if verification.how == DJANGO else "It can't be loaded"
        raise ResolutionError(f"{refusal}: {verification.error}", detail=verification.detail)
    raise ResolutionError(
        f"{app_label} would still have {len(verification.leaves)} leaves: "
        f"{', '.join(verification.leaves)}."
    )
