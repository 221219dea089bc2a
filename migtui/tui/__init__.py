"""The terminal interface; ``run`` starts it."""

import os
from pathlib import Path


def run(
    directory: Path,
    *,
    settings: str | None = None,
    python: str | None = None,
    no_color: bool = False,
) -> int:
    """Show a project in the terminal until the developer quits.

    Args:
        directory: Where the developer stands.
        settings: A settings module, before that of the configuration.
        python: An interpreter for the engine, before that of the configuration.
        no_color: Whether everything is shown in shades of grey.

    Returns:
        The exit code.

    Raises:
        ProjectError: There is no project here.
        ConfigError: ``[tool.migtui]`` is not right, which is found before the screen starts.
    """
    from migtui.config import load_config  # noqa: PLC0415
    from migtui.tui.app import MigtuiApp  # noqa: PLC0415 - Textual costs half a second

    if no_color:
        os.environ["NO_COLOR"] = "1"
    app = MigtuiApp(directory, load_config(directory), settings=settings, python=python)
    error = app.run()
    if error is not None:
        raise error
    return app.return_code or 0
