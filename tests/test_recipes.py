"""The recipes of the README, run as far as a machine without a forge can: their shell lines.

A bare repository stands for the forge; what the forge checks out is checked out as it does it.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import migtui
from tests.support.git_stories import Story
from tests.support.repositories import IDENTITY, git, init

README = Path(migtui.__file__).parents[1] / "README.md"
INSTALL = "pip install migtui"


def recipe(name: str) -> dict[Any, Any]:
    """A file of the README, by the comment on its first line."""
    found = re.findall(r"```yaml\n# (\S+)\n(.*?)```", README.read_text(), re.DOTALL)
    document = yaml.safe_load(dict(found)[name])
    assert isinstance(document, dict)
    return document


@pytest.fixture
def forge(tmp_path: Path) -> Path:
    """A bare repository: main, ``tags`` and ``views``, which collide, and ``shop``."""
    story = Story(tmp_path / "work")
    story.on("tags", "main").migration("0002_tags", "0001_initial")
    story.on("views", "main").migration("0002_views", "0001_initial")
    story.on("shop", "main").migration("0002_shop", "0001_initial", app="shop")
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "forge.git")
    story.git("push", "--quiet", "--all", str(tmp_path / "forge.git"))
    return tmp_path / "forge.git"


def merge_in(forge: Path, branch: str, into: str = "main") -> None:
    """Merge a branch into another, on the forge."""
    clone = forge.with_name(f"merge-{branch}-{into}")
    git(forge.parent, "clone", "--quiet", str(forge), str(clone))
    git(clone, "checkout", "--quiet", into)
    git(clone, "merge", "--quiet", "--no-ff", "--no-edit", f"origin/{branch}")
    git(clone, "push", "--quiet", "origin", f"HEAD:refs/heads/{into}")


def shell(line: str, directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line as a CI job does, with this migtui on the path."""
    assert line != INSTALL
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", line],
        cwd=directory,
        env=clean | IDENTITY | {"PATH": path} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


class GitHub:
    """A job of GitHub's, on a commit that a merge of two branches makes.

    Args:
        forge: The bare repository.
        name: Of the job's directory.
    """

    def __init__(self, forge: Path, name: str) -> None:
        self.directory = forge.with_name(name)
        self._forge = forge
        self.summary = forge.with_name(f"{name}.md")
        self.summary.touch()

    def checkout(self, *branches: str) -> None:
        """What actions/checkout leaves with ``fetch-depth: 0``: all branches, a detached merge."""
        git(self._forge.parent, "clone", "--quiet", str(self._forge), str(self.directory))
        git(self.directory, "checkout", "--quiet", "--detach", "origin/main")
        for branch in branches:
            git(self.directory, "merge", "--quiet", "--no-ff", "--no-edit", f"origin/{branch}")

    def run(self, base: str) -> list[subprocess.CompletedProcess[str]]:
        """Run the steps of the recipe; GITHUB_BASE_REF is empty but for pull requests."""
        steps = recipe(".github/workflows/migrations.yml")["jobs"]["migrations"]["steps"]
        lines = [step["run"] for step in steps if step.get("run", INSTALL) != INSTALL]
        assert len(lines) == 2
        variables = {"GITHUB_BASE_REF": base, "GITHUB_STEP_SUMMARY": str(self.summary)}
        return [shell(line, self.directory, **variables) for line in lines]


def test_github_a_pull_request_that_goes_with_main(forge: Path) -> None:
    job = GitHub(forge, "job")
    job.checkout("tags")
    assert [(step.returncode, step.stdout) for step in job.run("main")] == [(0, ""), (0, "")]
    assert job.summary.read_text() == "## Migrations: no problems\n"


def test_github_a_pull_request_that_main_has_overtaken(forge: Path) -> None:
    job = GitHub(forge, "job")
    job.checkout("tags")
    merge_in(forge, "views")
    git(job.directory, "fetch", "--quiet", "origin")
    annotate, summarise = job.run("main")
    assert (annotate.returncode, summarise.returncode) == (1, 1)
    assert "::error file=blog/migrations/0002_tags.py,line=" in annotate.stdout
    assert "| `0002_tags`" in job.summary.read_text()
    assert "**independent**" in job.summary.read_text()


def test_github_a_merge_queue_with_both_pull_requests(forge: Path) -> None:
    job = GitHub(forge, "job")
    job.checkout("tags", "shop")
    assert job.run("")[0].returncode == 0
    job = GitHub(forge, "queue")
    job.checkout("tags", "views")
    assert job.run("")[0].returncode == 1


def test_github_workflow_is_one_for_pull_requests_and_queues() -> None:
    workflow = recipe(".github/workflows/migrations.yml")
    assert workflow[True] == ["pull_request", "merge_group"]  # YAML 1.1 takes `on` for true
    steps = workflow["jobs"]["migrations"]["steps"]
    assert steps[0] == {"uses": "actions/checkout@v5", "with": {"fetch-depth": 0}}
    assert {"run": INSTALL} in steps


@pytest.mark.parametrize(("is_overtaken", "code"), [(False, 0), (True, 1)])
def test_gitlab_a_merge_request(forge: Path, *, is_overtaken: bool, code: int) -> None:
    if is_overtaken:
        merge_in(forge, "views")
    job = init(forge.with_name("job"))  # as GitLab's runner clones: the one ref, detached
    git(job, "remote", "add", "origin", str(forge))
    git(job, "fetch", "--quiet", "origin", "+refs/heads/tags:refs/remotes/origin/tags")
    git(job, "checkout", "--quiet", "--detach", "origin/tags")
    job_of_recipe = recipe(".gitlab-ci.yml")["migrations"]
    install, *lines = job_of_recipe["script"]
    assert install == INSTALL
    script = "\n".join(lines)
    result = shell(script, job, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
    assert result.returncode == code, result.stderr
    report = job / job_of_recipe["artifacts"]["reports"]["codequality"]
    entries = json.loads(report.read_text())
    paths = {entry["location"]["path"] for entry in entries}
    names = ("tags", "views") if is_overtaken else ()
    assert paths == {f"blog/migrations/0002_{name}.py" for name in names}


def test_pre_commit_names_the_hook_that_is_offered() -> None:
    configuration = recipe(".pre-commit-config.yaml")
    (hook,) = configuration["repos"][0]["hooks"]
    (offered,) = yaml.safe_load((README.parent / ".pre-commit-hooks.yaml").read_text())
    assert hook["id"] == offered["id"]
