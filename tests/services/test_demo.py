import os
import subprocess
import sys
from pathlib import Path

import pytest

from migtui.errors import MigtuiError
from migtui.services.demo import create_demo
from tests.support.repositories import git


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create_demo(tmp_path_factory.mktemp("demo"))


def manage(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-B", "manage.py", *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def reparent(root: Path, app_label: str, name: str, old: str, new: str) -> None:
    path = root / app_label / "migrations" / f"{name}.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_django_sees_conflicts_in_three_apps(demo: Path) -> None:
    complaint = manage(demo, "makemigrations", "--check").stderr
    assert "0002_category_slug, 0002_product_photo in catalog" in complaint
    assert "0002_phone_e164, 0002_phone_extensions in customers" in complaint
    leaves = "0003_order_gift_message, 0004_invoice_paid_orders, 0004_order_paid_at in orders"
    assert leaves in complaint


def test_models_and_migrations_agree_once_the_branches_are_ordered(tmp_path: Path) -> None:
    root = create_demo(tmp_path / "shop")
    reparent(root, "catalog", "0002_category_slug", "0001_initial", "0002_product_photo")
    reparent(root, "customers", "0002_phone_e164", "0001_initial", "0002_phone_extensions")
    reparent(root, "orders", "0003_invoice", "0002_line", "0003_order_gift_message")
    payments = "0003_rename_paid_order_is_paid"
    reparent(root, "orders", payments, "0002_line", "0004_invoice_paid_orders")
    check = manage(root, "makemigrations", "--check", "--dry-run")
    assert (check.returncode, check.stdout.strip()) == (0, "No changes detected")
    assert manage(root, "migrate").returncode == 0


def test_invoices_cannot_be_filled_after_payments_renamed_the_field(tmp_path: Path) -> None:
    root = create_demo(tmp_path / "shop")
    reparent(root, "catalog", "0002_category_slug", "0001_initial", "0002_product_photo")
    reparent(root, "customers", "0002_phone_e164", "0001_initial", "0002_phone_extensions")
    reparent(root, "orders", "0003_invoice", "0002_line", "0004_order_paid_at")
    reparent(root, "orders", "0003_order_gift_message", "0002_line", "0004_invoice_paid_orders")
    migrate = manage(root, "migrate", "orders")
    assert "Cannot resolve keyword 'paid' into field" in migrate.stderr


def test_history_has_branches_of_several_people_and_merges(demo: Path) -> None:
    assert git(demo, "status", "--porcelain") == ""
    assert git(demo, "branch", "--show-current").strip() == "spring-release"
    assert len(set(git(demo, "log", "--format=%an").split("\n"))) >= 5
    assert int(git(demo, "rev-list", "--count", "--merges", "HEAD")) == 7
    assert git(demo, "log", "--format=%s", "main..HEAD", "--merges").count("feature/") == 4


def test_history_is_the_same_everywhere(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = tmp_path / "hooks" / "pre-commit"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    (tmp_path / ".gitconfig").write_text(
        f"[user]\nname = Eve\n[commit]\ngpgSign = true\n[init]\ndefaultBranch = trunk\n"
        f"[core]\nhooksPath = {hook.parent}\nautocrlf = true\n[merge]\nff = only\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("GIT_DIR", str(demo / ".git"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Eve")
    other = create_demo(tmp_path / "shop")
    assert git(other, "rev-parse", "HEAD") == git(demo, "rev-parse", "HEAD")


def test_directory_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(MigtuiError, match="is not empty"):
        create_demo(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_file_in_place_of_the_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("")
    with pytest.raises(MigtuiError, match="can't be written to "):
        create_demo(tmp_path / "shop")


def test_missing_git_is_said(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from migtui.errors import GitError\n"
        "from migtui.services.demo import create_demo\n"
        "try: create_demo(Path(sys.argv[1]))\n"
        "except GitError as error: print(error.message)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "shop")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout == "The program git was not found.\n", run.stderr
