"""``max_migration.txt``: one line with an app's leaf, which django-linear-migrations keeps.

https://github.com/adamchainz/django-linear-migrations
"""

MAX_MIGRATION = "max_migration.txt"


def name_leaf(content: bytes, leaf: str) -> bytes:
    """The file's content with this leaf; conflict markers and what stands between them go.

    Args:
        content: What the file holds.
        leaf: Name of the migration.
    """
    newline = b"\r\n" if b"\r\n" in content else b"\n"
    return leaf.encode() + newline
