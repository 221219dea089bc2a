"""Which models may be the same, where one is only named by a setting or by its table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migtui.core import effects
from migtui.core.data_rules.clash import Clash
from migtui.core.effects import (
    Destroys,
    Needs,
    Renames,
    Resource,
)
from migtui.core.walk import Event
from migtui.core.world import Origin, World


@dataclass(frozen=True, slots=True)
class Identities:
    """Which models may be the same.

    Attributes:
        before: The world at the fork.
        swappable: What a setting points to: a model that is there at the fork, or only the app.
    """

    before: World
    swappable: Mapping[str, str]

    def may_be_same(self, one: Origin | None, other: Origin | None) -> bool:
        """Whether two identities may be one model."""
        if not isinstance(one, Resource) or not isinstance(other, Resource):
            return one == other and one is not None
        if one.model == other.model:
            return True
        return self._may_be(one.model, other.model) or self._may_be(other.model, one.model)

    def _may_be(self, vague: str, model: str) -> bool:
        if vague.startswith("settings."):
            label = self.swappable.get(vague.removeprefix("settings."), "")
            app_label = label.partition(".")[0]
            if model.startswith("table:"):
                return not app_label or model.startswith(f"table:{app_label}_")
            if "." in label:
                return model == label.lower()
            return not app_label or model.startswith(f"{app_label}.")
        if vague.startswith("table:") and not model.startswith(("table:", "settings.")):
            table = self.before.table(model)
            return table is None or table == vague.removeprefix("table:")
        return False


def hidden_targets(one: Event, other: Event, identities: Identities) -> Iterator[Clash]:
    """A model that goes, and one that is only named by a setting and may be the same."""
    match one.effect, other.effect:
        case Needs(Resource(effects.STATE, model, effects.MODEL)), (
            Destroys(Resource(effects.STATE, _, effects.MODEL))
            | Renames(Resource(effects.STATE, _, effects.MODEL))
        ) if model.startswith("settings."):
            if identities.may_be_same(one.model, other.model):
                yield Clash("takes away the name of a model that a setting may point to")
        case _:
            return
