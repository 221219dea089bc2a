"""Every key of the interface, each with an id that ``[tool.migtui.keys]`` can rebind."""

from collections.abc import Mapping

from textual.binding import Binding

from migtui.errors import ConfigError

_OVERLAPS = Binding.Group("Overlap", compact=True)
_RANGE = Binding.Group("Range", compact=True)

APP = (
    Binding("question_mark", "toggle_help", "Help", id="app.help", key_display="?"),
    Binding("q", "quit", "Quit", id="app.quit"),
)
MAIN = (
    Binding("n", "next_overlap", "Next overlap", id="conflict.next_overlap", group=_OVERLAPS),
    Binding(
        "N", "previous_overlap", "Previous overlap", id="conflict.previous_overlap", group=_OVERLAPS
    ),
    Binding("o", "order", "Order", id="resolve.order", tooltip="Put the branches in an order"),
    Binding("m", "merge", "Merge", id="resolve.merge", tooltip="Write a merge migration"),
    Binding(
        "s",
        "settle",
        "Settle",
        id="resolve.settle",
        show=False,
        tooltip="Decide what the branches dispute",
    ),
    Binding(
        "t",
        "try",
        "Try",
        id="evidence.try",
        show=False,
        tooltip="How the verdict is known; try the orders",
    ),
    Binding("w", "write", "Write", id="resolve.write", tooltip="Write what the preview shows"),
    Binding("u", "undo", "Undo", id="journal.undo", tooltip="Take back what was written last"),
    Binding("U,ctrl+r", "redo", "Redo", id="journal.redo", show=False),
    Binding("A", "stage", "Stage", id="git.stage", show=False, tooltip="git add what was written"),
    Binding(
        "S", "squash", "Squash", id="squash.open", show=False, tooltip="This app, or every app"
    ),
    Binding(
        "R", "repair", "Repair", id="graph.repair", show=False, tooltip="What Django cannot load"
    ),
    Binding("e", "edit", "Edit", id="file.edit", show=False, tooltip="Open the file in $EDITOR"),
    Binding(
        "F",
        "forecast",
        "Forecast",
        id="view.forecast",
        show=False,
        tooltip="Which git branches will conflict",
    ),
    Binding(
        "D",
        "databases",
        "Databases",
        id="view.databases",
        show=False,
        tooltip="What is applied, per database",
    ),
    Binding(
        "B", "databases", "Roll back", id="view.rollback", show=False, tooltip="Choose where to"
    ),
    Binding("a", "apps", "List", id="view.apps", tooltip="Show problems and apps"),
    Binding("z", "zoom", "Zoom", id="view.zoom", show=False, tooltip="This pane alone, or all"),
    Binding("r", "reload", "Reload", id="app.reload", show=False, tooltip="Read the files again"),
    Binding("d", "details", "Django", id="app.details", show=False, tooltip="What Django said"),
    Binding("escape", "cancel", "Cancel", id="app.cancel", show=False),
    Binding("1", "tab('order')", "Order tab", id="tab.order", show=False),
    Binding("2", "tab('diff')", "Diff tab", id="tab.diff", show=False),
    Binding("3", "tab('forwards')", "SQL tab", id="tab.sql", show=False),
    Binding("4", "tab('backwards')", "SQL backwards tab", id="tab.sql_backwards", show=False),
    Binding("5", "tab('source')", "Source tab", id="tab.source", show=False),
    Binding("6", "tab('log')", "Log tab", id="tab.log", show=False),
)
SCROLL = (
    Binding("up,k", "scroll_up", "Up", id="pane.up", show=False),
    Binding("down,j", "scroll_down", "Down", id="pane.down", show=False),
    Binding("left,h", "scroll_left", "Left", id="pane.left", show=False),
    Binding("right,l", "scroll_right", "Right", id="pane.right", show=False),
    Binding("home,g", "scroll_home", "Top", id="pane.top", show=False),
    Binding("end,G", "scroll_end", "Bottom", id="pane.bottom", show=False),
    Binding("pageup", "page_up", "Page up", id="pane.page_up", show=False),
    Binding("pagedown,space", "page_down", "Page down", id="pane.page_down", show=False),
    Binding("c", "copy", "Copy", id="pane.copy", show=False, tooltip="All of it to the clipboard"),
)
SQL = (
    Binding("f", "screen.sql_format", "Format", id="sql.format", tooltip="Over several lines"),
    Binding("x", "screen.sql_difference", "Compare", id="sql.compare", tooltip="With other orders"),
    Binding("v", "screen.sql_vendor", "Vendor", id="sql.vendor", tooltip="For another vendor"),
    Binding("p", "screen.sql_save", "Save", id="sql.save", tooltip="As a file"),
    Binding(
        "number_sign",
        "screen.sql_rows",
        "Rows",
        id="sql.rows",
        key_display="#",
        show=False,
        tooltip="How many rows the tables have in the project's database",
    ),
)
LANE = (
    Binding("up,k", "cursor(-1)", "Up", id="lane.up", show=False),
    Binding("down,j", "cursor(1)", "Down", id="lane.down", show=False),
    Binding("home,g", "cursor_to(0)", "First", id="lane.first", show=False),
    Binding("end,G", "cursor_to(-1)", "Last", id="lane.last", show=False),
    Binding("left,h", "lane(-1)", "Left branch", id="lane.left", show=False),
    Binding("right,l", "lane(1)", "Right branch", id="lane.right", show=False),
    Binding("enter", "show_source", "Source", id="lane.source"),
)
LIST = (
    Binding("up,k", "cursor_up", "Up", id="list.up", show=False),
    Binding("down,j", "cursor_down", "Down", id="list.down", show=False),
    Binding("home,g", "first", "First", id="list.first", show=False),
    Binding("end,G", "last", "Last", id="list.last", show=False),
    Binding("enter,space", "select", "Choose", id="list.choose"),
)
ORDER = (
    Binding("shift+up,K", "move(-1)", "Earlier", id="order.earlier"),
    Binding("shift+down,J", "move(1)", "Later", id="order.later"),
    *(
        Binding(
            str(number),
            f"place({number})",
            f"To place {number}",
            id=f"order.place_{number}",
            show=False,
        )
        for number in range(1, 10)
    ),
    Binding("enter", "accept", "Preview", id="order.accept", priority=True),
    Binding("escape", "dismiss_order", "Cancel", id="order.cancel"),
)
FORECAST = (
    Binding("n", "next_collision(1)", "Next collision", id="forecast.next"),
    Binding("N", "next_collision(-1)", "Previous collision", id="forecast.previous", show=False),
    Binding("o", "only_colliding", "Colliding only", id="forecast.only_colliding"),
    Binding("r", "reload", "Reload", id="forecast.reload", tooltip="Read the branches again"),
    Binding("escape", "leave", "Back", id="forecast.leave"),
)
BRANCHES = (
    Binding("up,k", "cursor(-1)", "Up", id="branches.up", show=False),
    Binding("down,j", "cursor(1)", "Down", id="branches.down", show=False),
    Binding("pageup", "page(-1)", "Page up", id="branches.page_up", show=False),
    Binding("pagedown,space", "page(1)", "Page down", id="branches.page_down", show=False),
    Binding("home,g", "cursor_to(0)", "First", id="branches.first", show=False),
    Binding("end,G", "cursor_to(-1)", "Last", id="branches.last", show=False),
    Binding("left,h", "scroll_left", "Left", id="branches.left", show=False),
    Binding("right,l", "scroll_right", "Right", id="branches.right", show=False),
)
DATABASES = (
    Binding("B", "roll_back", "Roll back", id="databases.roll_back", tooltip="Choose where to"),
    Binding("b", "back_up", "Back up", id="databases.back_up"),
    Binding("R", "backups", "Restore", id="databases.backups", tooltip="List the backups"),
    # Before any key that follows is passed on.
    Binding("slash", "find", "Find", id="databases.find", key_display="/", priority=True),
    Binding(
        "H", "halfway", "Halfway", id="databases.halfway", tooltip="Where a failure has left it"
    ),
    Binding("right_square_bracket", "database(1)", "Next", id="databases.next", key_display="]"),
    Binding(
        "left_square_bracket",
        "database(-1)",
        "Previous",
        id="databases.previous",
        key_display="[",
        show=False,
    ),
    Binding("r", "reload", "Reload", id="databases.reload", show=False),
    Binding("escape", "leave", "Back", id="databases.leave"),
)
DATABASE_ACTIONS = ("roll_back", "halfway", "back_up", "backups", "database", "reload", "leave")
ROLLBACK = (
    Binding("w", "roll_back", "Roll back", id="rollback.run", tooltip="As planned, once confirmed"),
    Binding("R", "restore", "Restore", id="rollback.restore", tooltip="The backup made before it"),
    Binding("escape", "leave", "Back", id="rollback.leave"),
)
TARGETS = (Binding("escape,q", "close", "Close", id="targets.close"),)
REF = (
    Binding("enter", "accept", "Plan", id="ref.accept", priority=True),
    Binding("escape", "close", "Cancel", id="ref.close"),
)
BACKUPS = (Binding("escape,q", "close", "Close", id="backups.close"),)
SQUASH = (
    Binding("s", "start", "Start", id="squash.start", group=_RANGE, tooltip="Begins the range"),
    Binding("e", "end", "End", id="squash.end", group=_RANGE, tooltip="Ends the range"),
    Binding("i", "elide", "Elide", id="squash.elide", tooltip="Leave out its RunPython and RunSQL"),
    Binding(
        "K",
        "keep",
        "Keep",
        id="squash.keep",
        show=False,
        tooltip="Keep what it has though elidable",
    ),
    Binding(
        "p", "propose", "Proposal", id="squash.propose", show=False, tooltip="Take a range proposed"
    ),
    Binding("w", "write", "Write", id="squash.write", tooltip="Prove it, then write it"),
    Binding("f", "finish", "Finish", id="squash.finish", tooltip="Delete what a squash replaces"),
    Binding(
        "C",
        "collapse",
        "Collapse",
        id="squash.collapse",
        tooltip="Let the old files go at once, or squash again",
    ),
    Binding("a", "all", "All apps", id="squash.all", show=False, tooltip="What of every app"),
    Binding("1", "tab('plan')", "Plan tab", id="squash.plan", show=False),
    Binding("2", "tab('data')", "Data tab", id="squash.data", show=False),
    Binding("3", "tab('file')", "File tab", id="squash.file", show=False),
    Binding("4", "tab('proof')", "Proof tab", id="squash.proof", show=False),
    Binding("escape", "back", "Back", id="squash.back"),
)
ALL_APPS = (Binding("escape", "back", "Back", id="all.back"),)
FINISH = (
    Binding("enter", "answer('finish')", "Finish", id="finish.yes", priority=True),
    Binding(
        "a",
        "answer('add')",
        "Add a listing",
        id="finish.add",
        tooltip="What showmigrations printed elsewhere",
    ),
    Binding("escape,n,q", "answer('')", "Leave it", id="finish.no"),
)
PATH = (Binding("escape", "close", "Cancel", id="path.close", priority=True),)
TIMELINE = (
    Binding("up,k", "cursor(-1)", "Up", id="timeline.up", show=False),
    Binding("down,j", "cursor(1)", "Down", id="timeline.down", show=False),
    Binding("home,g", "cursor(-9999)", "First", id="timeline.first", show=False),
    Binding("end,G", "cursor(9999)", "Last", id="timeline.last", show=False),
)
CONFIRM = (
    Binding("enter", "confirm(True)", "Do it", id="confirm.yes", priority=True),
    Binding("escape,n,q", "confirm(False)", "Leave it", id="confirm.no"),
)
TRY = (
    Binding("space", "choose", "Choose", id="try.choose"),
    Binding("enter", "accept", "Try", id="try.accept", priority=True),
    Binding("escape,q", "close", "Close", id="try.close"),
)
SETTLE = (
    Binding("n", "question(1)", "Next", id="settle.next"),
    Binding("N", "question(-1)", "Previous", id="settle.previous", show=False),
    Binding("v", "value", "Value", id="settle.value", tooltip="Type a value of your own"),
    Binding("o", "way", "Merge or order", id="settle.way"),
    Binding("a", "accept", "Accept", id="settle.accept"),
    Binding("escape", "close", "Cancel", id="settle.close"),
)
CLOSE = (Binding("escape,enter,q", "close", "Close", id="dialog.close", priority=True),)

_ALONE = (ORDER, CONFIRM, FINISH, PATH, TRY, SETTLE, CLOSE, BACKUPS, TARGETS, REF)
_PANES = ((*SCROLL, *SQL), LANE, LIST)
_SCREENS = (
    (FORECAST, (BRANCHES, SCROLL)),
    (DATABASES, (LIST, SCROLL)),
    (ROLLBACK, (SCROLL,)),
    (SQUASH, (TIMELINE, SCROLL)),
    (ALL_APPS, (LIST, SCROLL)),
)
"""The keys of each further screen, and of the panes on it."""


def check_keymap(keymap: Mapping[str, str]) -> None:
    """Look through ``[tool.migtui.keys]`` before the screen starts.

    Raises:
        ConfigError: An id that no key has, an empty key, or one key for two things at once.
    """
    further = [scope for screen, panes in _SCREENS for scope in (screen, *panes)]
    scopes = (APP, MAIN, *_PANES, *_ALONE, *further)
    known = {binding.id for scope in scopes for binding in scope}
    unknown = sorted(set(keymap) - known)
    if unknown:
        raise ConfigError(
            f"Unknown in [tool.migtui.keys]: {', '.join(unknown)}.",
            help=f"Known are: {', '.join(sorted(filter(None, known)))}.",
        )
    for binding_id, keys in keymap.items():
        if not all(key.strip() for key in keys.split(",")):
            raise ConfigError(
                f"{binding_id} in [tool.migtui.keys] has no key.",
                help='Give it one, "w", or several, "w,ctrl+w".',
            )
    for pane in _PANES:
        _check_clashes((*APP, *MAIN, *pane), keymap)
    for screen, panes in _SCREENS:
        for part in panes:
            _check_clashes((*APP, *screen, *part), keymap)
    for dialog in _ALONE:
        _check_clashes(dialog, keymap)


def _check_clashes(bindings: tuple[Binding, ...], keymap: Mapping[str, str]) -> None:
    taken: dict[str, str] = {}
    for binding in bindings:
        name = binding.id or ""
        for key in keymap.get(name, binding.key).split(","):
            other = taken.setdefault(key.strip(), name)
            if other != name and (name in keymap or other in keymap):
                raise ConfigError(
                    f"{key.strip()} in [tool.migtui.keys] is the key of {other} and of {name}.",
                    help="Give each its own key.",
                )
