"""Problems of leaves: several of them, or as many as can't be told."""

from collections.abc import Iterator

from migtui.core.graph import MigrationGraph
from migtui.core.problems.problem import Location, Problem, locations_of


def conflicts(graph: MigrationGraph) -> Iterator[Problem]:
    """E001: several leaves, as Django's ``makemigrations`` finds them."""
    for app_label in graph.conflicting_apps:
        leaves = graph.leaves(app_label)
        both = "both" if len(leaves) == 2 else "all"  # noqa: PLR2004 - English has a word for two
        names = ", ".join(leaf.name for leaf in leaves)
        yield Problem(
            "migtui.E001",
            app_label,
            f"Conflicting migrations: {names} are {both} leaves of {app_label}.",
            f"Run `migtui explain {app_label}` to see the branches and the ways out.",
            locations_of(graph, leaves),
        )


def doubts(graph: MigrationGraph) -> Iterator[Problem]:
    """W005: several leaves that a dependency which could not be read may join."""
    for app_label, keys in sorted(graph.doubtful_apps.items()):
        vague = [
            migration
            for migration in map(graph.migrations.__getitem__, keys)
            if migration.unknown_parents and migration.error is None
        ]
        if vague:
            leaves = ", ".join(leaf.name for leaf in graph.leaves(app_label))
            names = ", ".join(migration.key.name for migration in vague)
            yield Problem(
                "migtui.W005",
                app_label,
                f"Whether {leaves} are a conflict of {app_label} can't be told by reading: what "
                f"{names} depends on is only known when it runs.",
                "Write the dependencies as a plain list, or ask Django with `python manage.py "
                "makemigrations --check`.",
                tuple(
                    Location(migration.path, entry.line)
                    for migration in vague
                    for entry in migration.unknown_parents
                ),
            )
