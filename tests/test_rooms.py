import subprocess
import sys
from pathlib import Path

import migtui

REPOSITORY = Path(migtui.__file__).parents[1]


def test_the_rooms_call_only_whom_they_may() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [program, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout
