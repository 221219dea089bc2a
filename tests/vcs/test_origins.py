from pathlib import Path

import pytest

from migtui.vcs import open_repository
from migtui.vcs.origins import Origin, find_origins, merged_branch
from tests.support.projects import write
from tests.support.repositories import commit, init


def test_every_file_has_the_commit_that_added_it(tmp_path: Path) -> None:
    root = init(tmp_path)
    write(root, {"a.py": "a\n", "b.py": "b\n"})
    first = commit(root, "Start: two files\n\nMore.", author="Grace")
    write(root, {"a.py": "A\n", "c.py": "c\n"})
    second = commit(root, "Go on", author="Mary")
    repository = open_repository(root)
    assert repository is not None
    found = find_origins(repository, ["a.py", "b.py", "c.py"])
    dates = {path: origin.date for path, origin in found.items()}
    assert found == {
        "a.py": Origin(first, "Grace", dates["a.py"], "Start: two files"),
        "b.py": Origin(first, "Grace", dates["b.py"], "Start: two files"),
        "c.py": Origin(second, "Mary", dates["c.py"], "Go on"),
    }
    assert dates["c.py"][10] == "T"


@pytest.mark.parametrize(
    ("subject", "branch"),
    [
        ("Merge branch 'tags'", "tags"),
        ("Merge branch 'feature/tags' into main", "feature/tags"),
        ("Merge branch 'tags' of github.com:ada/blog into tags", "tags"),
        ("Merge branch 'tags' into 'main'", "tags"),
        ("Merge remote-tracking branch 'origin/tags' into next", "tags"),
        ("Merge pull request #12 from ada/tags", "tags"),
        ("Merge pull request #12 from ada/feature/tags", "feature/tags"),
        ("Merge pull request 'Add (#3) tags' (#12) from ada:tags into main", "tags"),
        ("Merge pull request 'Add tags' (#12) from feature/tags into main", "feature/tags"),
        ("Merged in feature/tags (pull request #12)", "feature/tags"),
        ("Merge branches 'tags' and 'views'", None),
        ("Merge commit '4b825dc'", None),
        ("Merge tags and views", None),
        ("Tags (#12)", None),
        ("", None),
    ],
)
def test_merge_commits_name_the_branch(subject: str, branch: str | None) -> None:
    assert merged_branch(subject) == branch
