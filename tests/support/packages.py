"""Real packages, copied into a project so that their migrations are the project's own."""

import ast
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.support.projects import MANAGE, write

LEFT_OUT = shutil.ignore_patterns("__pycache__", "locale", "static", "static_src", "*.po", "*.mo")

SETTINGS = """\
from pathlib import Path

SECRET_KEY = "tests"
INSTALLED_APPS = {apps!r}
DATABASES = {{
    "default": {{
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(__file__).parent / "db.sqlite3",
    }}
}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
ROOT_URLCONF = "urls"
SITE_ID = 1
LANGUAGES = [("en", "English")]
LANGUAGE_CODE = "en"
TEMPLATES = [
    {{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {{
            "context_processors": [
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.request",
            ]
        }},
    }}
]
STATIC_URL = "static/"
WAGTAILADMIN_BASE_URL = "https://example.com"
CMS_CONFIRM_VERSION4 = True
MIDDLEWARE = {middleware!r}
"""


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package: its import name, and what settings it needs."""

    name: str
    installed: tuple[str, ...]
    middleware: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


CONTRIB = tuple(
    f"django.contrib.{name}"
    for name in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles", "sites")
)
MIDDLEWARE = tuple(
    f"django.contrib.{name}"
    for name in (
        "sessions.middleware.SessionMiddleware",
        "auth.middleware.AuthenticationMiddleware",
        "messages.middleware.MessageMiddleware",
    )
)
ALLAUTH = Package(
    "allauth",
    (
        *CONTRIB,
        *("allauth", "allauth.account", "allauth.socialaccount"),
        *("allauth.mfa", "allauth.usersessions"),
    ),
    (*MIDDLEWARE, "allauth.account.middleware.AccountMiddleware"),
)
TAGGIT = Package("taggit", (*CONTRIB, "taggit"), MIDDLEWARE)
WAGTAIL = Package(
    "wagtail",
    (
        *CONTRIB,
        *("wagtail.contrib.forms", "wagtail.contrib.redirects", "wagtail.embeds"),
        *("wagtail.sites", "wagtail.users", "wagtail.documents", "wagtail.images"),
        *("wagtail.search", "wagtail.admin", "wagtail", "modelcluster", "taggit"),
    ),
    MIDDLEWARE,
)


def write_project_of(root: Path, package: Package) -> Path:
    """A project that has a copy of an installed package, which shadows the installed one."""
    spec = find_spec(package.name)
    assert spec is not None
    assert spec.origin is not None
    shutil.copytree(Path(spec.origin).parent, root / package.name, ignore=LEFT_OUT)
    settings = SETTINGS.format(apps=list(package.installed), middleware=list(package.middleware))
    return write(root, {"manage.py": MANAGE, "settings.py": settings, "urls.py": URLS})


URLS = "urlpatterns = []\n"


def replace_dependency(path: Path, app_label: str, old: str, new: str) -> None:
    """Re-parent a migration file: its dependency on ``old`` becomes one on ``new``."""
    source = path.read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Tuple) and [getattr(item, "value", None) for item in node.elts] == [
            app_label,
            old,
        ]:
            segment = ast.get_source_segment(source, node)
            assert segment is not None
            path.write_text(source.replace(segment, repr((app_label, new))))
            return
    raise AssertionError(f"{path} does not depend on {app_label}.{old}")
