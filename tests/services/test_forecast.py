"""What is told of branches before they are merged, in real repositories."""

from pathlib import Path

import pytest

from migtui.core.forecast import Cause, Collision, Forecast
from migtui.core.verdict import Kind
from migtui.errors import GitError, NotFoundError
from migtui.services.forecast import forecast
from migtui.services.project import open_project
from tests.support.git_stories import Story, adds
from tests.support.projects import migration
from tests.support.repositories import commit, git, init


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path / "project")


def tell(story: Story, *branches: str, base: str | None = "main") -> Forecast:
    return forecast(open_project(story.root), branches=branches, base=base)


def only(found: Forecast) -> Collision:
    (collision,) = found.collisions
    return collision


def test_two_branches_that_follow_one_migration_collide(story: Story) -> None:
    story.on("tags", "main").migration("0002_tags", "0001_initial")
    story.on("views", "main").migration("0002_views", "0001_initial")
    found = tell(story)
    collision = only(found)
    assert (collision.first, collision.second) == ("tags", "views")
    assert collision.app_label == "blog"
    assert collision.leaves == (("0002_tags",), ("0002_views",))
    assert collision.kind is Kind.INDEPENDENT
    assert collision.why == "0002_tags and 0002_views are leaves of blog after 0001_initial."
    assert collision.path == "blog/migrations/0002_views.py"
    assert found.next_numbers == {"blog": 3}
    assert [problem.code for problem in found.problems()] == ["migtui.W004"]


def test_the_verdict_is_that_of_the_operations(story: Story) -> None:
    text = 'migrations.AlterField("post", "title", models.CharField(max_length={}))'
    story.on("short", "main").migration("0002_a", "0001_initial", operations=[text.format(9)])
    story.on("long", "main").migration("0002_b", "0001_initial", operations=[text.format(99)])
    collision = only(tell(story))
    assert collision.kind is Kind.DIVERGENT
    assert collision.verdict is not None
    assert collision.verdict.overlaps[0].resource == "blog.post.title"


def test_who_has_to_run_first_is_first_whatever_its_age(story: Story) -> None:
    rename = 'migrations.RenameField("post", "title", "name")'
    needs = 'migrations.AddIndex("post", models.Index(fields=["title"], name="by_title"))'
    story.on("rename", "main").migration("0002_a", "0001_initial", operations=[rename])
    story.on("index", "main").migration("0002_b", "0001_initial", operations=[needs])
    collision = only(tell(story))
    assert collision.kind is Kind.ORDERED
    assert (collision.first, collision.second) == ("index", "rename")
    assert collision.why_first == "They run in no other order."
    assert collision.leaves == (("0002_b",), ("0002_a",))


def test_a_branch_upon_another_does_not_collide_with_it(story: Story) -> None:
    story.on("tags", "main").migration("0002_tags", "0001_initial")
    story.on("views", "tags").migration("0003_views", "0002_tags")
    found = tell(story)
    assert found.collisions == ()
    assert list(found.changes["views"]["blog"].new) != []


def test_different_apps_do_not_collide(story: Story) -> None:
    story.on("tags", "main").migration("0002_tags", "0001_initial")
    story.on("views", "main").migration("0002_views", "0001_initial", app="shop")
    found = tell(story)
    assert found.collisions == ()
    assert found.app_labels == ("blog", "shop")


def test_a_base_that_went_on_comes_first(story: Story) -> None:
    story.on("tags", "main").migration("0002_tags", "0001_initial")
    story.on("main").migration("0002_views", "0001_initial")
    collision = only(tell(story))
    assert (collision.first, collision.second) == ("main", "tags")
    assert collision.leaves == (("0002_views",), ("0002_tags",))
    assert collision.kind is Kind.INDEPENDENT


def test_what_the_base_got_another_way_is_nobodys_conflict(story: Story) -> None:
    story.on("tags", "main").migration("0002_tags", "0001_initial")
    story.on("main").git("merge", "--squash", "--quiet", "tags")
    commit(story.root, "tags, squashed")
    found = tell(story)
    assert (found.collisions, found.changes) == ((), {})


def test_branches_that_are_merged_are_counted(story: Story) -> None:
    story.on("tags", "main").migration("0002_tags", "0001_initial")
    story.on("main").git("merge", "--quiet", "--no-ff", "--no-edit", "tags")
    found = tell(story)
    assert (found.branches, found.merged) == ((), 2)


def test_one_file_name_with_two_contents(story: Story) -> None:
    story.on("one", "main").migration("0002_auto", "0001_initial", operations=[adds("one")])
    story.on("two", "main").migration("0002_auto", "0001_initial", operations=[adds("two")])
    collision = only(tell(story))
    assert collision.cause is Cause.SAME_NAME
    assert collision.why == "both add 0002_auto, with different content."
    assert collision.verdict is None


def test_one_file_name_with_one_content_is_no_collision(story: Story) -> None:
    story.on("one", "main").migration("0002_auto", "0001_initial")
    story.on("two", "main").migration("0002_auto", "0001_initial").file("two.txt", "2")
    assert tell(story).collisions == ()


def test_a_name_that_the_base_has_taken_meanwhile(story: Story) -> None:
    story.on("one", "main").migration("0002_auto", "0001_initial", operations=[adds("one")])
    story.on("main").migration("0002_auto", "0001_initial", operations=[adds("two")])
    collision = only(tell(story))
    assert (collision.first, collision.cause) == ("main", Cause.SAME_NAME)


def test_a_branch_that_conflicts_with_itself(story: Story) -> None:
    story.on("both", "main").migration("0002_tags", "0001_initial")
    story.migration("0002_views", "0001_initial")
    collision = only(tell(story))
    assert (collision.first, collision.second) == ("both", "both")
    assert collision.leaves == ((), ("0002_tags", "0002_views"))


def test_a_conflict_of_the_base_is_not_put_down_to_a_branch(story: Story) -> None:
    story.migration("0002_tags", "0001_initial").migration("0002_views", "0001_initial")
    story.on("more", "main").migration("0003_more", "0002_tags")
    assert tell(story).collisions == ()
    story.on("third", "main").migration("0002_third", "0001_initial")
    found = [entry for entry in tell(story).collisions if entry.first == "main"]
    assert [entry.second for entry in found] == ["third"]


def test_a_branch_that_takes_in_the_base_again_and_again(story: Story) -> None:
    story.on("tags", "main").file("a.txt", "a")
    for number in range(3):
        story.on("main").file(f"{number}.txt", "x")
        story.on("tags").git("merge", "--quiet", "--no-edit", "main")
    story.on("main").git("merge", "--quiet", "--no-ff", "--no-edit", "tags~1")
    story.on("tags").migration("0002_tags", "0001_initial")
    story.on("views", "main").migration("0002_views", "0001_initial")
    collision = only(tell(story))
    assert {collision.first, collision.second} == {"tags", "views"}


def test_an_app_that_is_only_on_branches(story: Story) -> None:
    for branch in ("one", "two"):
        story.on(branch, "main").file("news/__init__.py", "")
        story.file("news/migrations/__init__.py", "").file("news/models.py", "")
        story.file("news/apps.py", "class C:\n    label = 'gazette'\n")
        story.migration("0001_initial", app="news", operations=[f'migrations.RunSQL("{branch}")'])
    collision = only(tell(story))
    assert (collision.app_label, collision.cause) == ("gazette", Cause.SAME_NAME)
    assert tell(story).next_numbers == {"gazette": 2}


def test_a_package_that_is_only_called_so_holds_no_migrations(story: Story) -> None:
    story.file("tools/__init__.py", "").file("tools/migrations/__init__.py", "")
    story.file("tools/migrations/helpers.py", "A = 1\n")
    story.on("one", "main").file("tools/migrations/helpers.py", "A = 2\n")
    story.on("two", "main").file("tools/migrations/more.py", "B = 1\n")
    found = tell(story)
    assert (found.collisions, found.changes) == ((), {})


def test_a_base_that_renamed_what_a_branch_builds_upon(story: Story) -> None:
    story.migration("0002_tags", "0001_initial")
    story.on("more", "main").migration("0003_more", "0002_tags")
    story.on("main").git("mv", "blog/migrations/0002_tags.py", "blog/migrations/0002_words.py")
    commit(story.root, "rename")
    causes = {entry.cause: entry for entry in tell(story).collisions}
    missing = causes[Cause.MISSING]
    assert missing.why == "0003_more depends on blog.0002_tags, which is not there any more."


def test_a_branch_that_renames_what_another_builds_upon(story: Story) -> None:
    story.migration("0002_tags", "0001_initial", app="shop")
    story.on("rename", "main").git(
        "mv", "shop/migrations/0002_tags.py", "shop/migrations/0002_words.py"
    )
    commit(story.root, "rename")
    story.on("more", "main").migration("0002_more", "0001_initial", also=[("shop", "0002_tags")])
    collision = only(tell(story))
    assert (collision.first, collision.second) == ("rename", "more")
    assert collision.cause is Cause.MISSING


def test_a_dependency_that_only_running_would_tell_may_be_a_conflict(story: Story) -> None:
    vague = migration(adds("tags")).replace("dependencies = [", "dependencies = x() + [")
    story.on("tags", "main").file("blog/migrations/0002_tags.py", vague)
    story.on("views", "main").migration("0002_views", "0001_initial")
    found = tell(story)
    assert {entry.cause for entry in found.collisions} == {Cause.UNKNOWN}
    assert found.problems() == ()


def test_a_squash_on_a_branch_takes_the_place_of_what_it_replaces(story: Story) -> None:
    story.migration("0002_tags", "0001_initial")
    replaced = [("blog", "0001_initial"), ("blog", "0002_tags")]
    squash = migration(adds("tags"), replaces=replaced)
    story.on("squash", "main").file("blog/migrations/0001_squashed_0002_tags.py", squash)
    story.on("more", "main").migration("0003_more", "0002_tags")
    assert tell(story).collisions == ()
    story.on("others", "main").migration("0002_others", "0001_initial")
    pairs = {(entry.first, entry.second) for entry in tell(story).collisions}
    assert ("main", "others") in pairs


def test_branches_from_different_points_have_their_nearest_fork(story: Story) -> None:
    story.on("early", "main").migration("0002_early", "0001_initial")
    story.on("main").migration("0002_tags", "0001_initial").migration("0003_more", "0002_tags")
    story.on("late", "main").migration("0004_late", "0003_more")
    found = {(entry.first, entry.second): entry for entry in tell(story).collisions}
    assert set(found) == {("main", "early"), ("early", "late")}
    assert found["early", "late"].why.endswith("are leaves of blog after 0001_initial.")


def test_what_a_branch_does_in_another_app_runs_before(story: Story) -> None:
    create = (
        'migrations.CreateModel("Cart", [("id", models.BigAutoField(primary_key=True)),'
        ' ("note", models.TextField())])'
    )
    story.on("carts", "main").migration(
        "0002_cart", "0001_initial", app="shop", operations=[create]
    )
    rows = "migrations.RunPython(fill)"
    text = migration(
        rows,
        dependencies=[("blog", "0001_initial"), ("shop", "0002_cart")],
        header="def fill(apps, editor):\n"
        "    apps.get_model('shop', 'Cart').objects.update(note='')",
    )
    story.file("blog/migrations/0002_fill.py", text)
    story.on("views", "main").migration("0002_views", "0001_initial")
    assert only(tell(story)).kind is Kind.INDEPENDENT


def test_copies_of_a_branch_are_one(story: Story, tmp_path: Path) -> None:
    story.on("tags", "main").migration("0002_tags", "0001_initial")
    git(tmp_path, "clone", "--quiet", str(story.root), "clone")
    clone = tmp_path / "clone"
    git(clone, "checkout", "--quiet", "tags")
    (clone / "note.txt").write_text("more")
    commit(clone, "not pushed yet")
    found = forecast(open_project(clone), base="origin/main")
    (branch,) = found.branches
    assert (branch.name, branch.also, branch.is_current) == ("tags", ("origin/tags",), True)
    git(clone, "commit", "--quiet", "--amend", "--allow-empty", "-m", "tags, written anew")
    git(clone, "reset", "--quiet", "--soft", "origin/main")
    text = migration(adds("other"), dependencies=[("blog", "0001_initial")])
    (clone / "blog/migrations/0002_tags.py").write_text(text)
    commit(clone, "rebased")
    found = forecast(open_project(clone), base="origin/main")
    assert sorted(branch.name for branch in found.branches) == ["origin/tags", "tags"]
    assert found.collisions == ()


def test_globs_choose_branches_with_or_without_their_remote(story: Story, tmp_path: Path) -> None:
    story.on("feature/tags", "main").migration("0002_tags", "0001_initial")
    story.on("fix/views", "main").migration("0002_views", "0001_initial")
    assert [branch.name for branch in tell(story, "feature/*").branches] == ["feature/tags"]
    git(tmp_path, "clone", "--quiet", str(story.root), "clone")
    project = open_project(tmp_path / "clone")
    for pattern in ("feature/*", "origin/fe*"):
        found = forecast(project, base="origin/main", branches=[pattern])
        assert [branch.name for branch in found.branches] == ["origin/feature/tags"]
    with pytest.raises(NotFoundError, match="No branch fits 'nothing'"):
        tell(story, "nothing")


def test_old_branches_can_be_left_out(story: Story) -> None:
    story.on("tags", "main").migration("0002_tags", "0001_initial")
    (branch,) = tell(story).branches
    project = open_project(story.root)
    assert forecast(project, base="main", since=branch.updated).branches == (branch,)
    assert forecast(project, base="main", since=branch.updated + 1).branches == ()


def test_a_history_of_its_own_is_unknown_not_well(story: Story) -> None:
    story.git("checkout", "--quiet", "--orphan", "alone")
    commit(story.root, "alone")
    (branch,) = tell(story).branches
    assert branch.unknown == "it has no commit in common with main"


def test_a_shallow_clone_says_that_it_is_one(story: Story, tmp_path: Path) -> None:
    story.on("tags", "main").migration("0002_tags", "0001_initial")
    story.on("main").file("a.txt", "a")
    url = f"file://{story.root}"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-single-branch", url, "clone")
    (branch,) = forecast(open_project(tmp_path / "clone"), base="origin/main").branches
    assert "as far as this shallow clone goes" in branch.unknown


def test_a_repository_of_sha256(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    git(root, "init", "--quiet", "--object-format=sha256", "--initial-branch=main")
    story = Story(root)
    story.on("tags", "main").migration("0002_tags", "0001_initial")
    story.on("views", "main").migration("0002_views", "0001_initial")
    assert only(tell(story)).kind is Kind.INDEPENDENT


def test_a_project_below_the_top_of_its_repository(tmp_path: Path) -> None:
    init(tmp_path)
    story = Story(tmp_path / "site")
    git(tmp_path / "site", "rev-parse", "HEAD")
    (tmp_path / "site/.git").rename(tmp_path / "unused")
    commit(tmp_path, "all")
    story.on("tags", "main").migration("0002_tags", "0001_initial")
    story.on("views", "main").migration("0002_views", "0001_initial")
    assert only(tell(story)).path == "blog/migrations/0002_views.py"


def test_nothing_of_a_branch_is_run(story: Story) -> None:
    trap = f"open({str(story.root / 'ran')!r}, 'w')\n"
    text = trap + migration(
        f"migrations.RunPython({trap.strip()})", dependencies=[("blog", "0001_initial")]
    )
    story.on("evil", "main").file("blog/migrations/0002_evil.py", text).file("settings.py", trap)
    story.file("blog/__init__.py", trap)
    story.on("tags", "main").migration("0002_tags", "0001_initial")
    assert only(tell(story)).second
    assert not (story.root / "ran").exists()


def test_the_default_branch_is_the_base_and_none_is_an_error(tmp_path: Path) -> None:
    story = Story(tmp_path / "project")
    assert tell(story, base=None).base == "main"
    story.git("branch", "--quiet", "-m", "main", "trunk-of-ours")
    with pytest.raises(GitError, match="which branch is the default one"):
        tell(story, base=None)


def test_progress_tells_of_what_is_known_so_far_and_can_end_it(story: Story) -> None:
    story.on("tags", "main").migration("0002_tags", "0001_initial")
    story.on("views", "main").migration("0002_views", "0001_initial")
    seen: list[tuple[int, int, int]] = []
    forecast(
        open_project(story.root),
        base="main",
        progress=lambda known, done, total: seen.append((len(known().branches), done, total)),
    )
    assert [known for known, _, _ in seen] == [0, 1, 2, 2, 2]
    assert seen[-1][1] == seen[-1][2]

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        forecast(open_project(story.root), base="main", progress=stop)
