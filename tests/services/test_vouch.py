"""What a developer says of code that can't be read, in a comment or in the configuration."""

from pathlib import Path

import pytest

from migtui.config import load_config
from migtui.core.verdict import Kind
from migtui.errors import ConfigError
from tests.support.branches import explain_blog, write_conflict
from tests.support.projects import write

TAG = "migrations.CreateModel('Tag', [('id', models.BigAutoField(primary_key=True))])"
POST = "migrations.CreateModel('Post', [('title', models.CharField(max_length=9))])"
HIDDEN = """
from somewhere import Custom, hidden
"""
ADDING = "migrations.AddField('post', 'views', models.IntegerField(null=True))"


def kind(root: Path, operation: str, vouch: str = "") -> Kind:
    """The verdict on an operation beside a new field of Post."""
    write_conflict(root, operation, ADDING, base=(POST, TAG), header=HIDDEN)
    write(root, {"pyproject.toml": f"[tool.migtui.touches]\n{vouch}\n"})
    return explain_blog(root).verdict.kind


@pytest.mark.parametrize(
    "operation",
    [
        "migrations.RunPython(hidden)",
        "migrations.RunSQL(hidden)",
        "Custom()",
        "*hidden()",
        "migrations.SeparateDatabaseAndState(database_operations=[migrations.RunPython(hidden)])",
    ],
)
def test_a_word_in_the_configuration_is_taken(tmp_path: Path, operation: str) -> None:
    assert kind(tmp_path, operation) is Kind.OPAQUE
    assert kind(tmp_path, operation, '"blog.0002_a" = ["blog.tag"]') is Kind.INDEPENDENT
    assert kind(tmp_path, operation, 'blog.0002_a = ["blog.Tag"]') is Kind.INDEPENDENT
    assert kind(tmp_path, operation, '"blog.0002_a" = []') is Kind.INDEPENDENT
    assert kind(tmp_path, operation, '"blog.0002_a" = ["blog.post"]') is Kind.OPAQUE
    assert kind(tmp_path, operation, '"blog.0002_z" = ["blog.tag"]') is Kind.OPAQUE


@pytest.mark.parametrize("operation", ["Custom()", "*hidden()"])
def test_a_comment_is_taken_for_operations_of_any_class(tmp_path: Path, operation: str) -> None:
    assert kind(tmp_path, f"# migtui: touches blog.tag\n        {operation}") is Kind.INDEPENDENT
    assert kind(tmp_path, f"# migtui: touches blog.post\n        {operation}") is Kind.OPAQUE


@pytest.mark.parametrize(
    "text",
    [
        'touches = ["blog.post"]',
        'touches = {"blog.0002_a" = "blog.post"}',
        'touches = {"blog.0002_a" = ["post"]}',
        'touches = {"0002_a" = ["blog.post"]}',
    ],
)
def test_a_word_that_is_spelled_wrong_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"pyproject.toml": f"[tool.migtui]\n{text}\n"})
    with pytest.raises(ConfigError, match=r"^touches in ") as error:
        load_config(tmp_path)
    assert error.value.help is not None
    assert '"blog.0005_fill" = ["blog.post"]' in error.value.help
