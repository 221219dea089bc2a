"""Several questions to git at once, as the screen asks them."""

import subprocess
import sys

from tests.support.command_line import environment

SCRIPT = """\
import sys, threading
from migtui.vcs.program import git_at, run

failed = []

def ask():
    try:
        run(git_at("."), "version")
    except BaseException as error:
        failed.append(error)

def ask_while_the_other_one_imports():
    while not hasattr(sys.modules.get("git.cmd"), "Git"):
        pass
    ask()

threads = [threading.Thread(target=ask_while_the_other_one_imports), threading.Thread(target=ask)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(failed)
"""


def test_git_can_be_asked_by_several_threads_from_the_first_question_on() -> None:
    process = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert process.stdout == "[]\n"
