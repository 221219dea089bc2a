import re
from pathlib import Path

import migtui
import migtui.core.hazards.judge
from migtui.core.rules import rule_of, rules, severity_of

SOURCES = Path(migtui.__file__).parent
README = SOURCES.parent / "README.md"


def test_every_code_in_the_sources_is_registered_with_title_and_help() -> None:
    text = "".join(path.read_text() for path in SOURCES.rglob("*.py"))
    used = set(re.findall(r'"(migtui\.[A-Z]\d{3})"', text))
    assert used <= {rule.code for rule in rules()}
    assert all(rule.title and rule.help for rule in rules())


def test_every_code_that_check_can_print_stands_in_the_readme() -> None:
    listed = set(re.findall(r"^\| `(migtui\.[A-Z]\d{3})` \|", README.read_text(), re.MULTILINE))
    assert listed <= {rule.code for rule in rules()}


def test_an_unknown_code_is_no_more_than_its_name() -> None:
    assert rule_of("migtui.X999").title == "migtui.X999"


def test_the_letter_of_a_code_is_its_severity() -> None:
    assert severity_of("migtui.E001") == "error"
    assert {severity_of("migtui.W001"), severity_of("migtui.H001")} == {"warning"}
