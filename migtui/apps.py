"""What Django makes of ``migtui`` in INSTALLED_APPS, which is never required."""

from django.apps import AppConfig
from django.core import checks

from migtui.management.checks import TAG, check_migrations


class MigtuiConfig(AppConfig):  # type: ignore[misc, unused-ignore]
    """Adds ``manage.py migtui`` and system checks; there are no models and no migrations."""

    name = "migtui"
    verbose_name = "migtui"

    def ready(self) -> None:
        """Register the checks."""
        checks.register(check_migrations, TAG)
