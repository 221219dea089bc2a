"""The screen on which somebody decides what branches dispute, one thing after another."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Horizontal, HorizontalScroll, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from migtui.core.choices import choices
from migtui.core.questions import Decision, Question
from migtui.core.resolution import Resolution
from migtui.core.settle import foregone, open_questions
from migtui.core.settling_ways import settling_ways
from migtui.errors import EngineError, MigtuiError
from migtui.services.settle import value_of
from migtui.tui import keys
from migtui.tui.documents.settling import choice_prompt, question_prompt, side_lines
from migtui.tui.documents.words import arrow, origin
from migtui.tui.text import safe
from migtui.tui.widgets.key_line import KeyLine
from migtui.tui.widgets.lines_pane import LinesPane

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from migtui.core.explanation import Explanation
    from migtui.core.migration import MigrationKey
    from migtui.tui.session import Session

VALUE = "value"


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided.

    Attributes:
        questions: What was asked.
        decisions: The answers.
        order: The leaves, first to run first; empty where a merge carries it out.
    """

    questions: tuple[Question, ...]
    decisions: tuple[Decision, ...]
    order: tuple[MigrationKey, ...]


class Settling(ModalScreen[Decided | None]):
    """Walks what branches dispute like the hunks of a conflict.

    Args:
        session: Answers questions about the project.
        explanation: Of the conflict.
    """

    HELP = """
    ## Settle

    At the left what the branches dispute: `✓` is decided, `○` is open, `·` decides itself unless
    you say otherwise. At the right what each branch does about it, below what can be done:
    **Enter** chooses, **n** goes to the next, **v** takes a value of your own, **o** changes
    between a merge and the orders of the branches, **a** accepts. What models.py says is chosen
    to begin with. Nothing is written here: the result is shown first.
    """
    BINDINGS: ClassVar = [*keys.SETTLE]

    def __init__(self, session: Session, explanation: Explanation) -> None:
        super().__init__()
        self._session = session
        self._explanation = explanation
        self._questions = explanation.questions
        self._ways = settling_ways(
            explanation.conflict, self._questions, explanation.verdict, explanation.facts
        )
        self._way = 0
        self._answers: dict[str, Decision] = {}
        self._typed: dict[str, str] = {}
        self._witness: Mapping[str, MigrationKey] = {}
        self._choices: list[Decision | None] = []

    @property
    def order(self) -> tuple[MigrationKey, ...]:
        """The branches in the order in which they would run; empty for a merge."""
        return self._ways[self._way]

    @property
    def question(self) -> Question:
        """The one that is looked at."""
        return self._questions[self.query_one("#questions", OptionList).highlighted or 0]

    def compose(self) -> ComposeResult:
        """The questions, the sides, the choices, room for a value and for a sentence."""
        with Vertical(id="settling"):
            with Horizontal(id="settling-body"):
                yield OptionList(id="questions", markup=False, compact=True)
                with Vertical(id="question"):
                    yield Static(id="why", markup=False)
                    yield HorizontalScroll(id="sides", can_focus=False)
                    yield OptionList(id="choices", markup=False, compact=True)
                    yield Input(id="value")
            yield Static(id="settling-status", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the first question; ask models.py meanwhile."""
        label = self._explanation.conflict.app_label
        self.query_one("#settling", Vertical).border_title = safe(f"Settle {label}")
        self.query_one("#value", Input).display = False
        self._list(0)
        self.query_one("#choices", OptionList).focus()
        self.ask_models()

    @work(exit_on_error=False, exclusive=True, group="witness")
    async def ask_models(self) -> None:
        """Have models.py answer what it can, unless it is answered already."""
        self._answers |= {
            entry.resource: entry
            for entry in foregone(self._questions, self.order)
            if entry.resource not in self._answers
        }
        self._say("models.py is being asked…")
        try:
            found = await asyncio.to_thread(
                self._session.plans.witness, self._explanation, self.order
            )
        except MigtuiError as error:
            self._say(f"models.py can't be asked: {error.message}", "warning")
            return
        self._witness = found
        for resource, leaf in found.items():
            self._answers.setdefault(resource, Decision(resource, leaf))
        self._refresh()
        self._say("")

    def _list(self, highlighted: int) -> None:
        needed = open_questions(self._questions, self.order)
        listed = self.query_one("#questions", OptionList)
        listed.set_options(
            Option(
                question_prompt(
                    entry, self._answers.get(entry.resource), optional=entry not in needed
                )
            )
            for entry in self._questions
        )
        listed.highlighted = highlighted
        how = f"the order {arrow(self.order)}" if self.order else "a merge"
        self.query_one("#settling", Vertical).border_subtitle = safe(f"by {how}")

    @on(OptionList.OptionHighlighted, "#questions")
    async def _show_question(self) -> None:
        """Show the sides and the choices of the question that the cursor is on."""
        question = self.question
        self.query_one("#why", Static).update(Content(safe(question.why)))
        sides = self.query_one("#sides", HorizontalScroll)
        panes = []
        for leaf, steps in question.sides:
            pane = LinesPane()
            facts = self._explanation.facts.get(leaf)
            pane.border_title = safe(leaf.name)
            pane.border_subtitle = safe(origin(facts)) if facts is not None else ""
            pane.show(side_lines(steps))
            panes.append(pane)
        with self.app.batch_update():
            await sides.remove_children()
            await sides.mount_all(panes)
        self._show_choices()

    def _show_choices(self) -> None:
        question = self.question
        values = _values(question)
        chosen = self._answers.get(question.resource)
        self._choices = [*choices(question, self.order)]
        if any(values.values()):
            typed = self._typed.get(question.resource, "")
            own = Decision(question.resource, None, value=typed) if typed else None
            self._choices.append(own)
        shown = self.query_one("#choices", OptionList)
        at = shown.highlighted
        shown.set_options(
            Option(
                Content("○ A value of your own…")
                if entry is None
                else choice_prompt(entry, chosen, self._witness, values)
            )
            for entry in self._choices
        )
        fitting = [index for index, entry in enumerate(self._choices) if entry == chosen]
        fitting = fitting if chosen is not None else []
        shown.highlighted = next(iter(fitting), min(at or 0, len(self._choices) - 1))

    def _refresh(self) -> None:
        self._list(self.query_one("#questions", OptionList).highlighted or 0)

    @on(OptionList.OptionSelected, "#questions")
    def _go_to_choices(self) -> None:
        self.query_one("#choices", OptionList).focus()

    @on(OptionList.OptionSelected, "#choices")
    def _choose(self, event: OptionList.OptionSelected) -> None:
        decision = self._choices[event.option_index]
        if decision is None or decision.value:
            self.action_value()
            return
        self._answer(decision)

    def _answer(self, decision: Decision) -> None:
        self._answers[decision.resource] = decision
        self._say("")
        self._refresh()
        self.action_question(1, only_open=True)

    def action_question(self, step: int, *, only_open: bool = False) -> None:
        """Go to the next or previous question; with ``only_open`` to one that has no answer."""
        listed = self.query_one("#questions", OptionList)
        count = len(self._questions)
        at = listed.highlighted or 0
        for distance in range(1, count):
            index = (at + step * distance) % count
            if not only_open or self._questions[index].resource not in self._answers:
                listed.highlighted = index
                return

    def action_value(self) -> None:
        """Let a value be typed."""
        question = self.question
        values = _values(question)
        if not any(values.values()):
            self._say("No single value settles this: keep what a branch does.", "warning")
            return
        field = self.query_one("#value", Input)
        known = (self._typed.get(question.resource), *reversed(values.values()))
        field.value = next(filter(None, known), "")
        field.display = True
        field.focus()

    @on(Input.Submitted, "#value")
    def _typed_value(self, event: Input.Submitted) -> None:
        resource = self.question.resource
        decision = Decision(resource, None, value=event.value)
        try:
            if not event.value.strip():
                self._hide_value()
                return
            checked = self._session.plans.check_decision(self._explanation, decision)
        except MigtuiError as error:
            self._say(f"{error.message} {error.help}", "error")
            return
        self._typed[resource] = checked.value
        self._hide_value()
        self._answer(checked)

    def _hide_value(self) -> None:
        self.query_one("#value", Input).display = False
        self.query_one("#choices", OptionList).focus()

    def action_way(self) -> None:
        """Take the next of the ways: a merge, then each order of the branches."""
        if len(self._ways) < 2:  # noqa: PLR2004 - one leaves no choice
            self._say("There is no other way.", "warning")
            return
        self._way = (self._way + 1) % len(self._ways)
        self._answers = {
            resource: answer
            for resource, answer in self._answers.items()
            if not answer.before and self._witness.get(resource) != answer.leaf
        }
        self._witness = {}
        self._refresh()
        self.ask_models()

    @work(exit_on_error=False, exclusive=True, group="accept")
    async def action_accept(self) -> None:
        """Take the answers, once it is clear that they can be carried out and Django loads that."""
        needed = open_questions(self._questions, self.order)
        missing = [entry for entry in needed if entry.resource not in self._answers]
        if missing or not self._answers:
            first = missing[0] if missing else self._questions[0]
            listed = self.query_one("#questions", OptionList)
            listed.highlighted = self._questions.index(first)
            self._say(f"{first.resource} is still open.", "warning")
            return
        decisions = tuple(self._answers[entry.resource] for entry in self._questions
                          if entry.resource in self._answers)  # fmt: skip
        self._say("The result is being checked…")
        try:
            await asyncio.to_thread(self._verify, decisions)
        except EngineError as error:
            self._say(f"Django can't be asked: {error.message}", "error")
        except MigtuiError as error:
            self._say(f"{error.message} {error.help}", "error")
        else:
            self.dismiss(Decided(self._questions, decisions, self.order))

    def _verify(self, decisions: tuple[Decision, ...]) -> None:
        way = Resolution("settle", self.order, possible=True, recommended=False, why="")
        app_label = self._explanation.conflict.app_label
        self._session.plans.verify(self._session.plans.make(app_label, way, decisions))

    def action_close(self) -> None:
        """Decide nothing; while a value is typed, only leave that."""
        if self.query_one("#value", Input).display:
            self._hide_value()
        else:
            self.dismiss(None)

    def _say(self, text: str, style: str = "secondary") -> None:
        colour = f"$text-{style}"
        self.query_one("#settling-status", Static).update(Content.styled(safe(text), colour))


def _values(question: Question) -> dict[MigrationKey, str]:
    """What each branch has for what is disputed, as its file has it; empty texts if nothing."""
    return {leaf: value_of(question, leaf) for leaf in question.leaves}
