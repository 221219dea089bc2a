from migtui.core.table_changes import (
    ColumnShape,
    RuleShape,
    TableChange,
    TableShape,
    breaks,
    destroyed,
    returned,
)


def column(name: str, kind: str = "integer", *, null: bool = True) -> ColumnShape:
    return ColumnShape(name, name, kind, null=null, is_filled=null)


def table(
    *columns: ColumnShape, name: str = "blog_post", rules: tuple[RuleShape, ...] = ()
) -> TableShape:
    return TableShape(name, "blog.post", columns, rules)


def change(now: TableShape, then: TableShape) -> TableChange:
    names = {entry.name: entry for entry in then.columns}
    pairs = [(entry, names.pop(entry.name, None)) for entry in now.columns]
    return TableChange(now, then, (*pairs, *((None, entry) for entry in names.values())))


def kinds(*changes: TableChange, code: TableShape) -> list[str]:
    return [f"{item.kind} {item.model}" for item in breaks(changes, [code])]


def test_only_what_the_code_uses_breaks() -> None:
    now, then = table(column("id"), column("views")), table(column("id"))
    assert kinds(change(now, then), code=now) == ["column-goes blog.post.views"]
    assert kinds(change(now, then), code=then) == []
    assert kinds(TableChange(now, None), code=table(name="shop_order")) == []


def test_a_column_that_comes_back_breaks_code_that_does_not_fill_it() -> None:
    now = table(column("id"))
    old = table(column("id"), column("body", null=False))
    assert kinds(change(now, old), code=now) == ["column-returns blog.post"]
    assert kinds(change(now, old), code=old) == []
    assert kinds(change(now, table(column("id"), column("body"))), code=now) == []
    assert [item.column for item in returned([change(now, old)])] == ["body"]
    assert destroyed([change(now, old)]) == ()


def test_a_type_with_less_room_or_of_another_kind_breaks_and_a_wider_one_does_not() -> None:
    def change_type(now: str, then: str) -> list[str]:
        before = table(column("a", now))
        return kinds(change(before, table(column("a", then))), code=before)

    assert change_type("varchar(100)", "text") == change_type("integer", "bigint") == []
    assert change_type("integer", "integer unsigned") == ["column-type blog.post.a"]
    for now, then in (("varchar(100)", "varchar(50)"), ("bigint", "integer"), ("uuid", "bigint"),
                      ("integer", "varchar(9)"), ("strange", "")):  # fmt: skip
        assert change_type(now, then) == ["column-type blog.post.a"]


def test_null_breaks_where_the_code_may_write_it() -> None:
    now, then = table(column("a")), table(column("a", null=False))
    assert kinds(change(now, then), code=now) == ["column-not-null blog.post.a"]
    assert kinds(change(now, then), code=then) == []


def test_a_rule_breaks_whoever_knows_it_or_does_not() -> None:
    unique = RuleShape("", "unique", ("a",), is_unique=True)
    bare = table(column("a"))
    ruled = table(column("a"), rules=(unique,))
    assert kinds(change(ruled, bare), code=ruled) == ["rule-goes blog.post"]
    assert kinds(change(ruled, bare), code=bare) == []
    assert kinds(change(bare, ruled), code=bare) == ["rule-returns blog.post"]
    assert kinds(change(bare, ruled), code=ruled) == []
    # With its column goes what is unique about it.
    assert kinds(change(ruled, table()), code=ruled) == ["column-goes blog.post.a"]


def test_a_rule_stays_the_same_where_its_column_is_renamed() -> None:
    now = table(column("a"), rules=(RuleShape("", "unique", ("a",), is_unique=True),))
    then = table(column("b"), rules=(RuleShape("", "unique", ("b",), is_unique=True),))
    renamed = TableChange(now, then, ((now.columns[0], then.columns[0]),))
    assert kinds(renamed, code=now) == ["column-renamed blog.post.a"]


def test_what_is_unique_about_a_column_that_comes_back_as_null_refuses_nothing() -> None:
    now = table(column("id"))
    rule = (RuleShape("", "unique", ("a",), is_unique=True),)
    assert kinds(change(now, table(column("id"), column("a"), rules=rule)), code=now) == []
