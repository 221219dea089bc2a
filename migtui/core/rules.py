"""What each code of a problem means in general: reports explain a code once, not at every place."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A code, whatever it is found in.

    Attributes:
        code: ``migtui.E001`` and so on.
        title: What is wrong, without a full stop: it is a heading.
        help: What it leads to and what to do about it, one or two sentences.
    """

    code: str
    title: str
    help: str

    @property
    def severity(self) -> str:
        """``error`` or ``warning``, as the code's letter says."""
        return severity_of(self.code)


def severity_of(code: str) -> str:
    """``error`` or ``warning``, as the letter of a code says."""
    return "error" if code.partition(".")[2].startswith("E") else "warning"


_RULES: dict[str, Rule] = {}


def register(rules: Iterable[Rule]) -> None:
    """Add codes; a module that finds problems of its own kind calls it once."""
    for rule in rules:
        _RULES[rule.code] = rule


def rules() -> tuple[Rule, ...]:
    """Every code that is known, sorted."""
    return tuple(_RULES[code] for code in sorted(_RULES))


def rule_of(code: str) -> Rule:
    """What a code means; of one that nobody registered, no more than its name."""
    return _RULES.get(code) or Rule(code, code, "")


register(
    (
        Rule(
            "migtui.E001",
            "An app has several leaves",
            "Two branches have added migrations after the same one. Django refuses to migrate "
            "until one follows the other or a migration merges them: `migtui explain "
            "APP_LABEL` shows both and the ways out.",
        ),
        Rule(
            "migtui.E002",
            "A dependency on a migration that is not there",
            "Django can't load the graph, so every migration command fails. Restore the file, "
            "or depend on another migration.",
        ),
        Rule(
            "migtui.E003",
            "Migrations depend on each other in a cycle",
            "Django can't load the graph, so every migration command fails. Take one of the "
            "dependencies out.",
        ),
        Rule(
            "migtui.E004",
            "A migration file that cannot be read",
            "Django imports every file of a migrations package; one that it can't import "
            "stops every migration command.",
        ),
        Rule(
            "migtui.E005",
            "git's conflict markers in a migration",
            "A merge was not finished. Keep one side or both, and remove the markers.",
        ),
        Rule(
            "migtui.E006",
            "One migration name was added on both sides of a merge",
            "Two migrations, one file name. Keep both under different names, then resolve the "
            "conflict between them.",
        ),
        Rule(
            "migtui.E007",
            "A lock file disagrees with the migrations",
            "max_migration.txt, or a lock file of migrations, names another leaf than the "
            "graph has, or holds conflict markers.",
        ),
        Rule(
            "migtui.E008",
            "`replaces` that cannot work",
            "Squashes that replace each other, or the same migration twice, leave Django "
            "without an order in which to run them.",
        ),
        Rule(
            "migtui.E101",
            "Applied before its dependency",
            "A database has a migration applied whose dependency it lacks; Django refuses to "
            "migrate it.",
        ),
        Rule(
            "migtui.E102",
            "Applied, but the file is gone",
            "A database has a migration applied that no file stands for: it was renamed, "
            "deleted, or is on another branch.",
        ),
        Rule(
            "migtui.E103",
            "Models and migrations disagree",
            "`makemigrations` would write something: a model was changed without a migration.",
        ),
        Rule(
            "migtui.W101",
            "Applied migrations of an app that is not installed",
            "Rows of an app that was removed, or of another project that shares the database.",
        ),
        Rule(
            "migtui.W001",
            "A number is used twice",
            "The migrations run one after another, but their names don't say in which order.",
        ),
        Rule(
            "migtui.W002",
            "A dependency on a replaced migration",
            "`sqlmigrate` loads the graph without squashes and fails on it. Depend on the squash.",
        ),
        Rule(
            "migtui.W003",
            "A squash that can be finished",
            "Every database has it applied: the replaced files and `replaces` can go.",
        ),
        Rule(
            "migtui.W004",
            "A git branch that will conflict",
            "Merged as it is, it leaves an app with several leaves. Whoever merges second has "
            "to put their migrations behind the first.",
        ),
        Rule(
            "migtui.W005",
            "Dependencies that only running the file would tell",
            "Whether the app has several leaves can't be told by reading. Write the "
            "dependencies as a plain list.",
        ),
    )
)
