from migtui.core.migration import MigrationKey
from migtui.core.rollback import after_migration, side_of_merge, steps_for


def key(name: str) -> MigrationKey:
    return MigrationKey(*name.split("."))


def graph(**parents: str) -> dict[MigrationKey, set[MigrationKey]]:
    """``blog_1="log.1 blog.0"``: what each depends on."""
    return {
        key(name.replace("_", ".")): set(map(key, above.split())) for name, above in parents.items()
    }


FORK = graph(
    blog_1="", blog_2a="blog.1", blog_2b="blog.1", blog_3b="blog.2b", blog_4="blog.2a blog.3b"
)


def names(keys: object) -> list[str]:
    assert isinstance(keys, set | tuple)
    return [str(item) for item in (sorted(keys) if isinstance(keys, set) else keys)]


def test_what_follows_in_the_same_app_goes_and_what_others_build_upon_the_target_stays() -> None:
    parents = graph(blog_1="", blog_2="blog.1", log_1="blog.1", log_2="blog.2")
    unwanted = after_migration(parents, key("blog.1"))

    assert names(unwanted) == ["blog.2"]
    assert names(steps_for(parents, parents, unwanted)) == ["log.2", "blog.2"]


def test_what_is_not_applied_is_no_step() -> None:
    parents = graph(blog_1="", blog_2="blog.1", blog_3="blog.2")
    applied = {key("blog.1"), key("blog.2")}
    assert names(steps_for(parents, applied, {key("blog.2")})) == ["blog.2"]


def test_every_step_comes_before_what_it_is_built_upon() -> None:
    steps = steps_for(FORK, FORK, {key("blog.1")})
    assert {*steps} == {*FORK}
    for place, step in enumerate(steps):
        assert not FORK[step] & {*steps[:place]}


def test_one_side_of_a_fork_ends_where_the_other_begins() -> None:
    assert names(side_of_merge(FORK, key("blog.3b"))) == ["blog.2b", "blog.3b"]
    assert names(side_of_merge(FORK, key("blog.2a"))) == ["blog.2a"]


def test_in_a_line_a_side_reaches_to_the_first() -> None:
    parents = graph(blog_1="", blog_2="blog.1")
    assert names(side_of_merge(parents, key("blog.2"))) == ["blog.1", "blog.2"]
