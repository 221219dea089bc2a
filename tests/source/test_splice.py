import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migtui.errors import RewriteError
from migtui.source.splice import SourceFile, Splice

LINES = st.lists(
    st.tuples(
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n")),
        st.sampled_from(("\n", "\r\n", "\r")),
    ),
    min_size=1,
    max_size=8,
)


@settings(derandomize=True, database=None, deadline=None)
@given(lines=LINES, mark=st.sampled_from((b"", b"\xef\xbb\xbf")), data=st.data())
def test_what_is_not_spliced_keeps_its_bytes(
    lines: list[tuple[str, str]], mark: bytes, data: st.DataObject
) -> None:
    # Lines end differently; what looks like a coding line is none of this test's business.
    content = mark + "".join(text.replace("coding", "") + end for text, end in lines).encode()
    source = SourceFile(content)
    start = data.draw(st.integers(0, len(source.text)))
    end = data.draw(st.integers(start, len(source.text)))
    removed = source.text[start:end]
    assert source.spliced([]) == content
    assert source.spliced([Splice(start, end, removed)]) == content or "\n" in removed
    after = source.spliced([Splice(start, end, "")])
    assert SourceFile(after).text.replace("\n", "") == (
        source.text[:start] + source.text[end:]
    ).replace("\n", "")


def test_counts_columns_as_ast_does() -> None:
    content = 'é = ["\U0001f600", "x"]\r\ny = "z"\r\n'.encode()
    source = SourceFile(content)
    strings = [
        source.text[slice(*source.span(node))]
        for node in ast.walk(ast.parse(source.text))
        if isinstance(node, ast.Constant)
    ]
    assert strings == ['"z"', '"\U0001f600"', '"x"']


def test_new_lines_end_as_the_lines_around_them() -> None:
    source = SourceFile(b"a\r\nb\nc")
    assert source.spliced([Splice(0, 0, "x\n")]) == b"x\r\na\r\nb\nc"
    assert source.spliced([Splice(2, 2, "x\n")]) == b"a\r\nx\nb\nc"
    assert source.spliced([Splice(5, 5, "\nx")]) == b"a\r\nb\nc\r\nx"


def test_empty_files_can_be_written_to() -> None:
    assert SourceFile(b"").spliced([Splice(0, 0, "x\n")]) == b"x\n"


def test_refuses_a_text_that_the_encoding_has_no_bytes_for() -> None:
    source = SourceFile(b"# coding: ascii\n")
    with pytest.raises(RewriteError, match="ascii"):
        source.spliced([Splice(0, 0, "é")])


def test_refuses_an_encoding_that_gives_other_bytes_back() -> None:
    with pytest.raises(RewriteError, match="utf-7"):
        SourceFile(b"# coding: utf-7\n+AGE-\n")
