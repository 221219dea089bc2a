"""The example beside each footprint, and that none of Django's operations is without one."""

import textwrap

import pytest
from django.contrib.postgres import operations as postgres_operations
from django.db.migrations import operations

from migtui.core.apply_effect import apply_effect
from migtui.core.effects import (
    DATABASE,
    STATE,
    Changes,
    Creates,
    Destroys,
    Effect,
    Hides,
    Needs,
    Renames,
)
from migtui.core.footprint import EXAMPLES, Context, effects_of, has_footprint
from migtui.core.migration import MigrationKey, Operation
from migtui.core.step import Step
from migtui.core.world import World
from tests.support.truth import read

WORDS = {Needs: "needs", Creates: "creates", Changes: "changes", Destroys: "destroys"}
ABSTRACT = {"CollationOperation", "NotInTransactionMixin", "Operation"}


def describe(effect: Effect) -> str | None:
    """An effect as examples write it; None for what examples leave out."""
    if isinstance(effect, Hides):
        return f"hides: {effect.why}"
    shown = effect.resource.plane == STATE or effect.resource.kind == "object"
    if isinstance(effect, Renames) and shown:
        return f"renames {effect.resource} to {effect.to}"
    word = WORDS.get(type(effect))
    return f"{word} {effect.resource}" if word and shown else None


def effects(operation: Operation) -> list[Effect]:
    """The effects of an operation in a world of which nothing is known."""
    world = World()
    found = []
    for effect in effects_of(operation, Context("blog", world)):
        found.append(effect)
        apply_effect(world, effect, Step(MigrationKey("blog", "0001"), 0, operation))
    return found


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_example_beside_a_footprint_holds(name: str) -> None:
    example = EXAMPLES[name]
    (operation,) = read([example.source])
    told = [text for effect in effects(operation) if (text := describe(effect)) is not None]
    assert told == textwrap.dedent(example.effects).strip().splitlines()


@pytest.mark.parametrize("module", [operations, postgres_operations])
def test_every_operation_of_this_django_has_a_footprint(module: object) -> None:
    names = {
        name
        for name, value in vars(module).items()
        if isinstance(value, type)
        and any(base.__name__ == "Operation" for base in value.__mro__)
        and name not in ABSTRACT
    }
    assert names
    assert {name for name in names if not has_footprint(name)} == set()


def test_a_class_that_shares_the_name_of_djangos_is_not_taken_for_it() -> None:
    (effect,) = effects(Operation("AddField", "blog.operations.AddField"))
    assert isinstance(effect, Hides)


@pytest.mark.parametrize(
    "source",
    [
        'AddField("Post", NAME, models.IntegerField())',
        'AddField("Post", "owner", models.ForeignKey(target(), models.CASCADE))',
        'AddField("Post", "size", make_field())',
        'CreateModel("Post", make_fields())',
        'AddIndex("Post", models.Index(fields=names(), name="i"))',
        'AlterUniqueTogether("Post", unique())',
        "AddField(**options())",
    ],
)
def test_what_only_running_it_would_tell_is_hidden(source: str) -> None:
    (operation,) = read([source])
    assert any(isinstance(effect, Hides) for effect in effects(operation))


def test_a_proxy_has_no_table() -> None:
    (operation,) = read(['CreateModel("Short", [], options={"proxy": True}, bases=("blog.post",))'])
    planes = {effect.resource.plane for effect in effects(operation) if isinstance(effect, Creates)}
    assert planes == {STATE}


def test_a_foreign_key_takes_the_name_of_its_column() -> None:
    (operation,) = read(['AddField("Post", "author", models.ForeignKey("Author", models.CASCADE))'])
    created = {str(e.resource) for e in effects(operation) if isinstance(e, Creates)}
    assert "blog.post:column:author_id" in created


def test_a_many_to_many_field_makes_a_table() -> None:
    (operation,) = read(['AddField("Post", "tags", models.ManyToManyField("Tag"))'])
    created = {str(e.resource) for e in effects(operation) if isinstance(e, Creates)}
    assert "relation:blog_post_tags" in created


def test_each_list_of_separate_database_and_state_is_on_its_own_plane() -> None:
    (operation,) = read(
        [
            (
                'SeparateDatabaseAndState(database_operations=[RemoveField("Post", "old")],'
                ' state_operations=[AddField("Post", "new", models.IntegerField())])'
            )
        ]
    )
    found = effects(operation)
    assert {e.resource.plane for e in found if isinstance(e, Destroys)} == {DATABASE}
    assert {e.resource.plane for e in found if isinstance(e, Creates)} == {STATE}
