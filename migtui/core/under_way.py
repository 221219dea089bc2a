"""How git says in its directory what it is in the middle of."""

STATES = {
    # A rebase keeps CHERRY_PICK_HEAD as well, so it comes first.
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
}
"""What git is in the middle of, by the file or directory that is there meanwhile."""
