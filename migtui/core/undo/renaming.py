"""Statements that give something another name, and the same with the names swapped."""

import re

_NAMES = {"mysql": r"`(?:[^`]|``)+`|\w+", "postgresql": r'"(?:[^"]|"")+"|\w+'}
_NAMES["sqlite"] = _NAMES["postgresql"]
_FORMS = (
    r"(?P<head>ALTER TABLE NAME RENAME COLUMN )(?P<old>NAME)(?P<to> TO )(?P<new>NAME)",
    r"(?P<head>ALTER TABLE NAME RENAME INDEX )(?P<old>NAME)(?P<to> TO )(?P<new>NAME)",
    r"(?P<head>ALTER (?:INDEX|SEQUENCE|TABLE) )(?P<old>NAME)(?P<to> RENAME TO )(?P<new>NAME)",
    r"(?P<head>RENAME TABLE )(?P<old>NAME)(?P<to> TO )(?P<new>NAME)",
)
_REMAKE = "new__"
"""How the table is called that Django fills with the rows of another one on SQLite."""


def swapped(vendor: str, statement: str) -> str:
    """The statement that takes a renaming back; empty where it is none, or does more than that."""
    text = " ".join(statement.split()).rstrip("; ")
    for form in _FORMS:
        match = re.fullmatch(form.replace("NAME", f"(?:{_NAMES[vendor]})"), text, re.IGNORECASE)
        if match and not (vendor == "sqlite" and _REMAKE in match["old"]):
            return f"{match['head']}{match['new']}{match['to']}{match['old']}"
    return ""
