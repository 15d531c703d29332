"""A form leads back to a page of this reader, whatever it says."""

import pytest

from services.publisher.access.local_path import local_path


@pytest.mark.parametrize(
    "text", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb", ""]
)
def test_no_address_leads_elsewhere(text: str) -> None:
    assert local_path(text) == "/"


def test_an_own_path_is_kept() -> None:
    assert local_path("/tags#changes") == "/tags#changes"
