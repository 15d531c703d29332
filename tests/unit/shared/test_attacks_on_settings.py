"""Settings files and secrets that are broken, hostile, or open to others; none of them says what a secret is."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.publisher.settings import Settings as PublisherSettings
from shared.errors import SettingsError
from shared.service.privacy import close_to_others, keep_private
from shared.settings.secret_files import exposed_secrets, read_secret
from shared.settings.settings import BusSettings, CommonSettings, LlmSettings, load_settings


def load(tmp_path: Path, content: str | bytes, **environment: str) -> CommonSettings:
    path = tmp_path / "papersys.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_settings(PublisherSettings, path, environment)


@pytest.mark.parametrize(
    ("content", "environment"),
    [
        ("", {"PAPERSYS_BUS__PASSWORD": '["hunter2"]'}),
        ("", {"PAPERSYS_LLM__API_KEY": '{"x": "hunter2"}'}),
        ("", {"PAPERSYS_LLM__API_KEY__X": "hunter2"}),
        ("", {"PAPERSYS_PUBLISHER__TOKEN": '["hunter2"'}),
        ("", {"PAPERSYS_BUS__PASSWROD": "hunter2"}),
        ('[bus]\npasswrod = "hunter2"', {}),
        ('bus = "hunter2"', {}),
        ('[llm]\napi_key = ["hunter2"]', {}),
        ('llm = ["hunter2"]', {}),
        ('[bus]\nexternal_url = "nats://me:hunter2/x@host"', {}),
        ('[bus]\nexternal_url = ["nats://me:hunter2@host"]', {}),
        ('[bus]\nexternal_url = "nats://me:hunter2@[host"', {}),
        ("", {"PAPERSYS_BUS__EXTERNAL_URL": "nats://me:hunter2@host:port"}),
        ('[embedding]\nmodels = "hunter2"', {}),
        ('[embedding.models.x]\nbase_url = ["http://me:hunter2@x"]', {}),
    ],
)
def test_attack_10_no_error_says_what_a_secret_is(tmp_path: Path, content: str, environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as error:
        load(tmp_path, content, **environment)
    assert "hunter2" not in str(error.value)
    assert error.value.__cause__ is None or "hunter2" not in str(error.value.__cause__)


def test_attack_10_an_ordinary_wrong_value_is_still_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"bus\.port: .*\(found 'many'\)"):
        load(tmp_path, '[bus]\nport = "many"')


def test_attack_10_user_and_password_leave_the_address_of_the_bus() -> None:
    bus = BusSettings(external_url="nats://me:hun%40ter:2@host:4222")
    assert (bus.url, bus.credentials()) == ("nats://host:4222", ("me", "hun%40ter:2"))
    assert "hun" not in repr(bus)
    told = BusSettings(external_url="nats://me:old@host:4222", password=SecretStr("new"))
    assert (told.url, told.credentials()) == ("nats://host:4222", ("me", "new"))
    assert BusSettings(external_url="tls://[::1]:4222").url == "tls://[::1]:4222"


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe[\x00b\x00u\x00s\x00]\x00",
        b"[bus]\nuser = '\xff'",
        b"x = " + b"[" * 50_000,
        b"x = " + b"{a=" * 5_000,
        b"x = " + b"9" * 5_000,
        b"\x00" * 100,
        b"[bus]\nport = 1\n" + b"#" * 2_000_000,
        b'[data]\npath = "a\\u0000b"',
        b'[data]\npath = "~nobody-here/x"',
        b'[data]\npath = "' + b"x" * 200_000 + b'"\n[bus]\nport = "x"',
        b'[bus]\nuser = "\\ud800"',
        b"[bus]\nport = 1\nport = 2",
        b'[log]\nlevel = "\\u001b[31mred"',
    ],
)
def test_attack_12_a_corrupt_settings_file_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SettingsError) as error:
        load(tmp_path, content)
    assert "papersys.toml" in str(error.value)
    assert len(str(error.value)) < 1_000
    assert "\x1b" not in str(error.value)


def test_attack_12_a_settings_file_that_is_a_folder_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(CommonSettings, tmp_path, {})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"two\nlines", "more than one line"),
        (b"a\x1bb", "control characters"),
        (b"x" * 100_000, "is no secret"),
    ],
)
def test_attack_12_a_corrupt_file_with_a_secret_is_one_clear_error(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    for read in (
        lambda: BusSettings(password_file=path).credentials(),
        lambda: LlmSettings(api_key_file=path).key(),
        lambda: read_secret(path, "x"),
    ):
        with pytest.raises(SettingsError, match=says):
            read()


@pytest.mark.parametrize("name", ["nowhere", "", "a\x00b", "x" * 5_000, "~nobody-here/x"])
def test_attack_12_a_secret_that_is_nowhere_is_one_clear_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / name if not name.startswith("~") else Path(name)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_secret(path, "publisher.token_file")


def test_attack_10_secrets_that_others_can_read_are_warned_about(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("hunter2")
    secret.chmod(0o644)
    model = f'[embedding.models.x]\napi_key_file = "{secret}"\n[embedding.models.minilm]\n'
    settings = load(tmp_path, f'{model}[llm]\napi_key_file = "{secret}"\n[publisher]\ntoken_file = "{secret}"')
    warned = list(exposed_secrets(settings))
    assert [line.split()[0] for line in warned] == [
        "embedding.models.x.api_key_file",
        "llm.api_key_file",
        "publisher.token_file",
    ]
    assert "chmod 600" in warned[0]
    assert "hunter2" not in str(warned)
    secret.chmod(0o600)
    assert list(exposed_secrets(settings)) == []


@pytest.mark.usefixtures("umask")
def test_attack_10_secrets_that_others_can_read_are_told_of_at_start(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("hunter2")
    secret.chmod(0o640)
    settings = load(tmp_path, f'[data]\npath = "data"\n[llm]\napi_key_file = "{secret}"')
    assert [line.split()[0] for line in keep_private(settings)] == ["llm.api_key_file"]
    secret.chmod(0o600)
    assert keep_private(settings) == []


@pytest.fixture
def umask() -> Iterator[None]:
    """As it was before."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_attack_9_an_older_data_folder_is_closed_to_others_and_that_is_said(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "preferences").mkdir(parents=True)
    ratings, script = data / "preferences" / "events-2026.csv", data / "script"
    ratings.write_text("like")
    script.write_text("x")
    script.chmod(0o755)
    (data / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "outside").write_text("theirs")
    settings = CommonSettings.model_validate({"data": {"path": data}})
    assert "open to other users" in keep_private(settings)[0]
    assert [path.stat().st_mode & 0o777 for path in (data, ratings.parent, ratings, script)] == [
        0o700, 0o700, 0o600, 0o700,
    ]  # fmt: skip
    assert (tmp_path / "outside").stat().st_mode & 0o777 == 0o644
    assert keep_private(settings) == []
    fresh = data / "fresh"
    fresh.write_text("x")
    assert fresh.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("umask")
def test_attack_9_who_shares_on_purpose_keeps_sharing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    settings = CommonSettings.model_validate({"data": {"path": data, "shared": True}})
    assert keep_private(settings) == []
    (data / "fresh").write_text("x")
    assert [path.stat().st_mode & 0o777 for path in (data, data / "fresh")] == [0o755, 0o644]


def test_attack_9_a_killed_closing_goes_on_and_a_folder_that_is_nowhere_is_none(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "a").chmod(0o600)
    (tmp_path / "b").write_text("x")
    (tmp_path / "b").chmod(0o644)
    tmp_path.chmod(0o755)
    assert close_to_others(tmp_path) == 2
    assert close_to_others(tmp_path / "nowhere") == 0
