"""Who asks arXiv."""

import pytest

from shared.settings.sections.contact import checked_contact


@pytest.mark.parametrize("text", ["", "me@example.org", "Ann <ann@uni.example.>", "https://example.org/me", "a@b"])
def test_an_address_or_a_page_is_a_contact_and_nothing_is_left_to_others(text: str) -> None:
    assert checked_contact(text) == text


@pytest.mark.parametrize("text", ["me", "me@", "me@example.org\r\nX: 1", "mé@example.org", "x" * 195 + "@b.com"])
def test_what_cannot_go_into_a_header_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no e-mail address"):
        checked_contact(text)
