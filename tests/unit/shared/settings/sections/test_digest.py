"""Settings of the daily e-mail: what is refused, and from whom and to whom it goes."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from shared.errors import SettingsError
from shared.settings.sections.digest import DigestSettings
from shared.settings.settings import CommonSettings, load_settings


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"to": {"me": "nobody"}}, "is not an e-mail address"),
        ({"to": {"me": "a@b\r\nBcc: c@d"}}, "is not an e-mail address"),
        ({"to": {"me": "a@b,c@d"}}, "is not an e-mail address"),
        ({"to": {"me": "ä@example.org"}}, "is not an e-mail address"),
        ({"sender": "Ana <ana@example.org>"}, "is not an e-mail address"),
        ({"reader_address": "javascript:alert(1)"}, "is not the address of a page"),
        ({"reader_address": "papers.example.org"}, "is not the address of a page"),
        ({"timezone": "Berlin"}, "there is no time zone"),
        ({"smtp_host": "smtp.example.org", "smtp_user": "me", "security": "none"}, "would send the password in clear"),
    ],
)
def test_what_cannot_work_is_refused(facts: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        DigestSettings.model_validate(facts)


def test_without_a_server_nothing_goes_anywhere() -> None:
    assert DigestSettings(to={"me": "a@example.org"}).address_of("me") is None


def test_the_sender_is_the_user_of_the_server_where_none_is_named() -> None:
    assert DigestSettings(smtp_user="a@example.org").from_address() == "a@example.org"
    with pytest.raises(SettingsError, match=r"digest\.sender"):
        DigestSettings(smtp_user="papersys").from_address()


def test_it_is_read_from_file_and_environment(tmp_path: Path) -> None:
    path = tmp_path / "papersys.toml"
    path.write_text('[digest]\nsmtp_host = "localhost"\nto = { me = "a@example.org" }\nnot_before = 07:30:00\n')
    environment = {"PAPERSYS_DIGEST__TO__ANA": "ana@example.org", "PAPERSYS_DIGEST__SMTP_PASSWORD": "secret-of-mine"}
    settings = load_settings(CommonSettings, path, environment).digest
    assert settings.to == {"me": "a@example.org", "ana": "ana@example.org"}
    assert settings.password() == "secret-of-mine"
    assert "secret-of-mine" not in repr(settings)
    path.write_text('[digest]\nsmtp_password = "secret-of-mine"\n')
    with pytest.raises(SettingsError, match="is a secret"):
        load_settings(CommonSettings, path, {})
