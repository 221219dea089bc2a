"""Questions about squashes: what one would hold, and whether it does what it replaces did."""

from dataclasses import dataclass

from migtui.core.squash_plan import SquashDraft, SquashProof
from migtui.engine.protocol.base import OverlayFile, Request
from migtui.engine.protocol.orders import TryOrders


@dataclass(frozen=True, slots=True)
class DraftSquash(Request[SquashDraft]):
    """What would a squash of these migrations hold?

    Attributes:
        app_label: Their app.
        migrations: Their names.
        optimize: Whether Django's optimizer is let at them.
        elide: Those whose RunPython and RunSQL are left out, as if they were elidable.
        keep: Those whose RunPython and RunSQL stay, though they are elidable.
        cuts: Those up to which the gain of a squash is wanted.
        overlay: Files as they would be, on top of the project.
    """

    app_label: str
    migrations: tuple[str, ...]
    optimize: bool = True
    elide: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    cuts: tuple[str, ...] = ()
    overlay: tuple[OverlayFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ProveSquash(Request[SquashProof]):
    """Does the squash in this overlay do what the migrations do that it replaces?

    Attributes:
        app_label: Its app.
        name: Its name.
        overlay: The file of the squash, then others that would change with it.
        server: Where databases are made; what it says of orders does not matter.
        elides: Whether rows may differ, as data migrations are left out.
    """

    app_label: str
    name: str
    overlay: tuple[OverlayFile, ...]
    server: TryOrders
    elides: bool = False
