"""The disk: several files written all together or not at all, a journal of it, and a lock."""
