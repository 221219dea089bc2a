"""A repository with very many branches, written by one ``git fast-import``."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.generator import generate
from tests.support.projects import migration
from tests.support.repositories import commit, git, init

BEGIN = 1_767_225_600
"""2026-01-01, when the first commit after the project's own is made."""


def many_branches(root: Path, *, apps: int, migrations: int, branches: int) -> Path:
    """A project on ``main``, which goes on for a while, and branches that left it on the way.

    Branch ``feature/0007`` adds a migration to ``app007``, and so on round the apps; every tenth
    one has two of them, every seventh one has none.
    """
    init(generate(root, apps=apps, migrations=migrations))
    commit(root, "the project")
    stream = "".join(_stream(apps, migrations, branches)).encode()
    environment = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=root, env=environment, input=stream, check=True
    )
    git(root, "reset", "--quiet", "--hard", "main")
    return root


def _stream(apps: int, migrations: int, branches: int) -> Iterator[str]:
    steps = 50
    for step in range(steps):
        start = "from refs/heads/main^0\n" if step == 0 else ""
        mark = f"mark :{step + 1}\n"
        yield f"commit refs/heads/main\n{mark}{_who(step)}{start}"
        yield _file(f"docs/note_{step}.txt", f"{step}\n")
    leaf = f"{migrations:04}_field_{migrations - 1}"
    for number in range(branches):
        app = f"app{number % apps:03}"
        branch = f"refs/heads/feature/{number:04}"
        start = f"from :{number % steps + 1}\n"
        yield f"commit {branch}\n{_who(steps + number)}{start}"
        yield _file(f"{app}/views_{number}.py", f"# {number}\n")
        if number % 7 == 6:
            continue
        name = f"{migrations + 1:04}_extra_{number}"
        yield _file(f"{app}/migrations/{name}.py", _migration(app, f"extra_{number}", leaf))
        if number % 10 == 9:
            more = f"{migrations + 2:04}_more_{number}"
            text = _migration(app, f"more_{number}", name)
            yield f"commit {branch}\n{_who(steps + branches + number)}"
            yield _file(f"{app}/migrations/{more}.py", text)


def _who(number: int) -> str:
    text = f"commit {number}"
    date = BEGIN + 3600 * number
    return f"committer Ada <ada@example.com> {date} +0000\ndata {len(text)}\n{text}\n"


def _file(path: str, content: str) -> str:
    return f"M 100644 inline {path}\ndata {len(content.encode())}\n{content}\n"


def _migration(app: str, field: str, parent: str) -> str:
    return migration(
        f'migrations.AddField(model_name="item", name="{field}",'
        " field=models.IntegerField(default=0))",
        dependencies=[(app, parent)],
    )
