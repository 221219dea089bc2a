import subprocess
import sys
from pathlib import Path

import pytest

from migtui.errors import GitError
from migtui.vcs import Repository, open_repository
from tests.support.projects import write
from tests.support.repositories import commit, git, init


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    root = init(tmp_path / "project")
    write(root, {"blog/a.py": "a\n", "blog/b.py": "b\n", "c.py": "c\n"})
    commit(root, "Start")
    found = open_repository(root)
    assert found is not None
    return found


def status(repository: Repository) -> set[str]:
    return set(git(repository.top, "status", "--porcelain", "--no-renames").splitlines())


def test_no_repository_is_none(tmp_path: Path) -> None:
    assert open_repository(tmp_path) is None


def test_bare_repository_is_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "x.git")
    assert open_repository(tmp_path / "x.git") is None


def test_repository_of_somebody_else_is_none(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # where no safe.directory is configured
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert open_repository(repository.top) is None


def test_missing_git_is_none(repository: Repository) -> None:
    code = "import sys; from pathlib import Path; from migtui.vcs import open_repository\n"
    code += "print(open_repository(Path(sys.argv[1])))"
    run = subprocess.run(
        [sys.executable, "-c", code, str(repository.top)],
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stdout, run.stderr) == ("None\n", "")


def test_git_directory_of_a_linked_worktree_is_its_own(repository: Repository) -> None:
    other = repository.top.parent / "other"
    git(repository.top, "worktree", "add", "--quiet", str(other))
    found = open_repository(other)
    assert found is not None
    assert found.git_dir == repository.git_dir / "worktrees" / "other"
    assert found.top == other


def test_stage_takes_exactly_what_it_is_given(repository: Repository) -> None:
    top = repository.top
    write(top, {"blog/a.py": "changed\n", "blog/new.py": "new\n", "c.py": "changed\n", "d.py": ""})
    (top / "blog" / "b.py").unlink()
    repository.stage([top / "blog" / name for name in ("a.py", "b.py", "new.py")])
    assert status(repository) == {
        "M  blog/a.py",
        "D  blog/b.py",
        "A  blog/new.py",
        " M c.py",
        "?? d.py",
    }


def test_stage_of_a_file_that_was_never_there_changes_nothing(repository: Repository) -> None:
    repository.stage([repository.top / "blog" / "gone.py"])
    assert status(repository) == set()


def test_stage_reads_names_as_names(repository: Repository) -> None:
    names = [":(top)x.py", "-n", "*.py"]
    write(repository.top, dict.fromkeys([*names, "other.py"], ""))
    repository.stage([repository.top / name for name in names])
    assert status(repository) == {"A  :(top)x.py", "A  -n", "A  *.py", "?? other.py"}


def test_stage_refuses_what_lies_outside(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not in the working tree"):
        repository.stage([repository.top / "c.py", tmp_path / "x.py"])


def test_stage_says_what_git_said(repository: Repository) -> None:
    write(repository.top, {"c.py": "changed\n", ".git/index.lock": ""})
    with pytest.raises(GitError) as caught:
        repository.stage([repository.top / "c.py"])
    assert "index.lock" in caught.value.detail
