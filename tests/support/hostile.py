"""Names and problems that want to be more than text, for whatever shows them."""

from collections.abc import Mapping
from dataclasses import replace

from migtui.core.branch_facts import BranchFacts
from migtui.core.explanation import Explanation
from migtui.core.migration import MigrationKey
from migtui.core.problems import Location, Problem
from migtui.core.verdict import Kind, Overlap
from tests.support.explanations import divergent, operation

NAMES = (
    "`x` | y",
    "</code></summary><script>alert(1)</script>",
    "![x](http://evil.example/x.png)",
    "[x](http://evil.example) @ada #12 !7 www.evil.example",
    "a\\|b\\",
    "```\n# heading",
    "::error::x%0A\r\n::warning::y",
    "a:b,c=d",
    "\x1b[31mred\u202e",
    "odd \udcff byte",
    "1. - * _em_ **strong** ~~gone~~ &lt; &#64;ada $x",
    "## ",
)


def problem(name: str) -> Problem:
    """A problem that says the name wherever it can."""
    return Problem("migtui.E002", name, name, name, (Location(f"{name}/migrations/{name}.py", 3),))


def conflict(name: str) -> tuple[Problem, Mapping[str, Explanation]]:
    """A conflict whose app, migrations, branches and authors bear the name."""
    plain = divergent()
    leaves = {leaf: MigrationKey(name, f"{leaf.name}{name}") for leaf in plain.conflict.leaves}
    branches = tuple(
        replace(branch, leaf=leaves[branch.leaf], migrations=(leaves[branch.leaf],))
        for branch in plain.conflict.branches
    )
    keys = tuple(leaves.values())
    migrations = {
        key: replace(plain.migrations[leaf], key=key, path=f"{name}.py")
        for leaf, key in leaves.items()
    }
    explanation = replace(
        plain,
        conflict=replace(plain.conflict, app_label=name, branches=branches),
        migrations=migrations,
        operations={key: (operation("AddField", 9, model_name=name, name=name),) for key in keys},
        facts={key: BranchFacts(git_branch=name, author=name) for key in keys},
        verdict=replace(
            plain.verdict,
            overlaps=(Overlap(name, Kind.DIVERGENT, name, ()),),
            opaque=(),
            orders=(keys,),
        ),
        resolutions=tuple(replace(way, order=keys, why=name) for way in plain.resolutions),
    )
    found = Problem("migtui.E001", name, name, name, (Location(f"{name}.py", 1),))
    return found, {name: explanation}
