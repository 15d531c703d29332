"""Tables of webhooks: what each kind needs, where its secret comes from, and that nobody is shown it."""

from pathlib import Path
from typing import Any

import pytest

from services.publisher.settings import Settings
from shared.errors import SettingsError
from shared.settings.sections.webhooks import WebhookSettings
from shared.settings.settings import load_settings

SLACK = "https://hooks.slack.com/services/T0/B0/very-secret"


def loaded(tmp_path: Path, text: str, **environment: str) -> Settings:
    path = tmp_path / "papersys.toml"
    path.write_text(text)
    return load_settings(Settings, path, environment)


def test_an_address_comes_from_a_file_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "slack.url").write_text(f"{SLACK}\n")
    settings = loaded(tmp_path, '[webhooks.team]\nkind = "slack"\nurl_file = "slack.url"\n')
    assert settings.webhooks["team"].address("team") == SLACK
    assert "very-secret" not in repr(settings)


def test_an_address_comes_from_the_environment(tmp_path: Path) -> None:
    settings = loaded(tmp_path, '[webhooks.team]\nkind = "slack"\n', PAPERSYS_WEBHOOKS__TEAM__URL=SLACK)
    assert settings.webhooks["team"].address("team") == SLACK


def test_an_address_in_the_settings_file_is_refused_without_being_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PAPERSYS_WEBHOOKS__TEAM__URL") as raised:
        loaded(tmp_path, f'[webhooks.team]\nkind = "slack"\nurl = "{SLACK}"\n')
    assert "very-secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("http://hooks.example.org/very-secret", "use https"),
        ("ftp://hooks.example.org/very-secret", "holds no address"),
        ("https://[very-secret", "holds no address"),
        ("https://hooks.example.org:99999/very-secret", "holds no address"),
        ("", "is empty"),
    ],
)
def test_an_unusable_address_is_told_without_being_shown(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "slack.url").write_text(content)
    settings = loaded(tmp_path, '[webhooks.team]\nkind = "slack"\nurl_file = "slack.url"\n')
    with pytest.raises(SettingsError, match=says) as raised:
        settings.webhooks["team"].address("team")
    assert "very-secret" not in str(raised.value)
    assert "webhooks.team.url_file" in str(raised.value)


MATRIX = {"kind": "matrix", "homeserver": "https://matrix.org", "room": "!a:matrix.org", "token": "t"}


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"kind": "slack"}, "set url_file"),
        ({"kind": "teams", "url": SLACK}, "'slack', 'discord', 'matrix' or 'ntfy'"),
        ({"kind": "discord", "url": SLACK, "token": "t"}, "needs no token"),
        ({"kind": "slack", "url": SLACK, "hours": "8-19"}, "look like 08:00-19:00"),
        ({"kind": "slack", "url": SLACK, "hours": "08:00-24:30"}, "look like 08:00-19:00"),
        ({"kind": "slack", "url": SLACK, "timezone": "Berlin"}, "look like Europe/Berlin"),
        ({"kind": "slack", "url": SLACK, "threshold": 80}, "less than or equal to 1"),
        ({**MATRIX, "room": "#papers:matrix.org"}, "looks like !abc:example.org"),
        ({**MATRIX, "homeserver": "http://matrix.org"}, "use https"),
        ({**MATRIX, "token": None}, "needs homeserver, room and token_file"),
        ({**MATRIX, "url": SLACK}, "no webhook address"),
    ],
)
def test_a_table_that_cannot_work_says_what_it_lacks(facts: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        WebhookSettings.model_validate(facts)


def test_a_name_that_no_variable_could_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot name a webhook"):
        loaded(tmp_path, '[webhooks.My-Team]\nkind = "slack"\nurl_file = "slack.url"\n')
