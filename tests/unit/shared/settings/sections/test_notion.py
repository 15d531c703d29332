"""The settings of Notion send the token nowhere in clear, and read it from its file each time."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.settings.sections.notion import NotionSettings


@pytest.mark.parametrize("address", ["http://notion.example.org", "ftp://x", "notion"])
def test_an_address_to_which_the_token_must_not_go_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match=r"notion\.base_url"):
        NotionSettings(base_url=address)


def test_a_new_token_in_the_file_counts_at_once(tmp_path: Path) -> None:
    path = tmp_path / "token"
    settings = NotionSettings(token_file=path)
    for token in ("first", "second"):
        path.write_text(f"{token}\n")
        assert settings.secret() == token
