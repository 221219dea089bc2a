"""A list of backups, as text and as JSON."""

from collections.abc import Iterable
from dataclasses import asdict

from migtui.core.backups import Manifest
from migtui.core.safe_text import safe_line
from migtui.reports.document import print_document


def backups_text(manifests: Iterable[Manifest]) -> str:
    """One backup a line, the newest first, and what it is of below."""
    lines: list[str] = []
    for manifest in reversed([*manifests]):
        commit = manifest.origin.git_sha
        branch = f" ({manifest.origin.git_branch})" if manifest.origin.git_branch else ""
        at = f", commit {commit[:12]}{branch}" if commit else ""
        last = f", last {'.'.join(manifest.applied[-1])}" if manifest.applied else ""
        lines += [
            f"{manifest.id}  {manifest.created}  {manifest.size:,} bytes",
            f"    {manifest.place.vendor} {manifest.server_version}: {manifest.place}",
            f"    {len(manifest.applied)} migrations applied{last}{at}",
            *([f"    verified: {'; '.join(manifest.verified)}"] if manifest.verified else []),
        ]
    return "".join(f"{safe_line(line)}\n" for line in lines)


def backups_json(directory: str, manifests: Iterable[Manifest]) -> str:
    """The manifests, oldest first."""
    listed = [asdict(manifest) for manifest in manifests]
    return print_document({"directory": directory, "backups": listed})
