"""Random projects for hypothesis: apps that fork, merge, squash and depend on each other."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

from migtui.core.graph import MigrationGraph
from migtui.core.migration import Dependency, Migration, MigrationKey

APPS = ("blog", "shop", "user")
MOST_MIGRATIONS = 9
STYLES = ("lines", "line", "tuple", "crlf", "comments")


@dataclass
class Node:
    """A migration that is still being put together."""

    key: MigrationKey
    parents: list[MigrationKey]
    run_before: list[MigrationKey] = field(default_factory=list)
    replaces: list[MigrationKey] = field(default_factory=list)
    style: str = "lines"


@dataclass
class History:
    """The migrations of a random project."""

    nodes: dict[MigrationKey, Node] = field(default_factory=dict)

    @property
    def graph(self) -> MigrationGraph:
        """Without the files."""
        return MigrationGraph.of(
            Migration(
                node.key,
                dependencies=_dependencies(node.parents),
                run_before=_dependencies(node.run_before),
                replaces=_dependencies(node.replaces),
            )
            for node in self.nodes.values()
        )

    @property
    def files(self) -> dict[str, bytes]:
        """By path."""
        return {
            f"{key.app_label}/migrations/{key.name}.py": _source(node)
            for key, node in self.nodes.items()
        }


def _dependencies(keys: list[MigrationKey]) -> tuple[Dependency, ...]:
    return tuple(Dependency(key.app_label, key.name, line=1) for key in keys)


def _source(node: Node) -> bytes:
    lines = ["from django.db import migrations", "", "", "class Migration(migrations.Migration):"]
    if node.replaces:
        lines += [f"    replaces = {[_pair(key) for key in node.replaces]}", ""]
    if node.run_before:
        lines += [f"    run_before = {[_pair(key) for key in node.run_before]}", ""]
    pairs = [repr(_pair(key)) for key in node.parents]
    match node.style:
        case "line":
            lines.append(f"    dependencies = [{', '.join(pairs)}]  # all")
        case "tuple":
            lines.append(f"    dependencies = ({''.join(f'{pair}, ' for pair in pairs)})")
        case "comments":
            lines.append("    dependencies = [")
            for number, pair in enumerate(pairs):
                lines += [f"        # {number}", f"        {pair},  # {number}"]
            lines.append("    ]")
        case _:
            lines += ["    dependencies = [", *(f"        {pair}," for pair in pairs), "    ]"]
    ending = "\r\n" if node.style == "crlf" else "\n"
    return ending.join([*lines, "", "    operations = []", ""]).encode()


def _pair(key: MigrationKey) -> tuple[str, str]:
    return key.app_label, key.name


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Acyclic, nothing missing; often with a conflict, as nested as it comes."""
    history = History()
    labels = APPS[: draw(st.integers(1, len(APPS)))]
    made: dict[str, list[MigrationKey]] = {label: [] for label in labels}
    for _ in range(draw(st.integers(3, MOST_MIGRATIONS * len(labels)))):
        label = draw(st.sampled_from(labels))
        _add(draw, history, made, MigrationKey(label, _name(draw, made[label])))
    for label in labels:
        if draw(st.booleans()):
            _squash(draw, history, label)
    return history


def _name(draw: st.DrawFn, earlier: list[MigrationKey]) -> str:
    """One that is free; few letters, so that a new number may well give a name that is not."""
    depth = len(earlier) // draw(st.integers(1, 2)) + 1
    pattern = draw(st.sampled_from(("{:04}_{}", "{:04}_{}", "{:04}_{}", "{}_{}", "{1}")))
    taken = {key.name for key in earlier}
    word = draw(st.sampled_from("abc"))
    while (name := pattern.format(depth, word)) in taken:
        word += draw(st.sampled_from("ab"))
    return name


def _add(
    draw: st.DrawFn, history: History, made: dict[str, list[MigrationKey]], key: MigrationKey
) -> None:
    own = made[key.app_label]
    recent = own[-4:]
    parents = draw(st.lists(st.sampled_from(recent), max_size=2, unique=True)) if recent else []
    if recent and not parents and draw(st.integers(0, 9)):
        parents = [draw(st.sampled_from(recent))]
    others = [
        other for label, keys in made.items() if label != key.app_label for other in keys[-3:]
    ]
    if others and not draw(st.integers(0, 2)):
        parents.append(draw(st.sampled_from(others)))
    node = Node(key, draw(st.permutations(parents)), style=draw(st.sampled_from(STYLES)))
    history.nodes[key] = node
    own.append(key)


def _squash(draw: st.DrawFn, history: History, label: str) -> None:
    """A squash of a few migrations that follow each other; they may be gone already."""
    graph = history.graph
    starts = sorted(key for key in graph.nodes if key.app_label == label)
    if not starts:
        return
    chain = [draw(st.sampled_from(starts))]
    while len(chain) < 3:
        following = sorted(
            child
            for child in graph.children[chain[-1]]
            if child.app_label == label and graph.app_ancestors(child) - set(chain) - {child}
            == graph.app_ancestors(chain[0]) - {chain[0]}
        )  # fmt: skip
        if not following:
            break
        chain.append(draw(st.sampled_from(following)))
    needs = {parent for key in chain for parent in history.nodes[key].parents} - set(chain)
    key = MigrationKey(label, f"{chain[0].name}_squashed_{chain[-1].name}")
    squash = Node(key, sorted(needs), replaces=chain, style=draw(st.sampled_from(STYLES)))
    changed = History({**history.nodes, key: squash})
    if draw(st.booleans()):
        for replaced in chain:
            del changed.nodes[replaced]
    if not changed.graph.cycles:
        history.nodes = changed.nodes
