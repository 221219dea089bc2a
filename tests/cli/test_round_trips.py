import pytest

from tests.benchmarks.round_trips import round_trip
from tests.support.vendors import VENDORS


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_real_package_with_rows_in_every_table_comes_back(vendor: str) -> None:
    is_equal, found = round_trip(
        "django.contrib", vendor, ("auth", "0005_alter_user_last_login_null")
    )

    assert is_equal, found
    assert "7 migrations back to auth" in found
    assert "empty" not in found
