"""The exceptions that migtui expects, each with the exit code it ends a command with.

    MigtuiError                 1   what was asked could not be done
    ├── UsageError              2   wrong usage
    │   ├── ConfigError         2   [tool.migtui] holds something that it can't
    │   ├── ProjectError        2   no usable project or settings
    │   └── NotFoundError       2   no such app, migration, leaf
    ├── ResolutionError         1   the resolution is not possible, or did not verify
    ├── RewriteError            1   a file can't be edited safely
    ├── StorageError            1   the disk, the journal or the lock said no
    │   └── StaleFileError      1   a file is not what it was when the preview was made
    ├── DatabaseError           1   a database was not changed, or not as was asked
    ├── EngineError             1   the engine failed
    │   ├── EngineStartError    2   no usable settings; everything static goes on working
    │   ├── EngineTimeoutError  1   no answer in time
    │   ├── EngineCrashError    1   the child process ended without an answer
    │   └── EngineCancelledError 1  the developer did not want to wait
    └── GitError                1   git said no

Anything else that is raised is a defect of migtui and ends in a traceback.
"""


class MigtuiError(Exception):
    """An expected failure.

    Args:
        message: What was found and where, one sentence.
        help: What to do about it, or nothing.
        detail: Longer text behind it, such as a traceback of the project's own code.
    """

    exit_code = 1

    def __init__(self, message: str, *, help: str = "", detail: str = "") -> None:  # noqa: A002
        super().__init__(message)
        self.message = message
        self.help = help
        self.detail = detail


class UsageError(MigtuiError):
    """migtui was asked for something that makes no sense."""

    exit_code = 2


class ConfigError(UsageError):
    """[tool.migtui] holds an unknown key or a value of the wrong kind."""


class ProjectError(UsageError):
    """There is no project here, or its settings can't be used."""


class NotFoundError(UsageError):
    """An app, a migration or a leaf that was named does not exist."""


class ResolutionError(MigtuiError):
    """A resolution is not possible, or what it would write did not verify."""


class RewriteError(MigtuiError):
    """A file holds what was asked for in a form that can't be edited safely."""


class StorageError(MigtuiError):
    """Reading or writing the project, the journal or the lock failed."""


class StaleFileError(StorageError):
    """A file is not what it was when the preview was made."""


class DatabaseError(MigtuiError):
    """A database was not changed, or not in the way that was asked; the message says which."""


class EngineError(MigtuiError):
    """The engine could not answer."""


class EngineStartError(EngineError):
    """Django could not be set up with the project's settings."""

    exit_code = 2


class EngineTimeoutError(EngineError):
    """The engine did not answer in time and was stopped."""


class EngineCrashError(EngineError):
    """The engine's process ended without an answer."""


class EngineCancelledError(EngineError):
    """What the engine was doing was cancelled."""


class GitError(MigtuiError):
    """git, or the repository, could not answer."""
