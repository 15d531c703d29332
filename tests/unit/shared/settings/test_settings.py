"""Settings: a file, the environment over it, and errors that name the key."""

from pathlib import Path

import pytest

from shared.errors import SettingsError
from shared.settings.settings import BusSettings, CommonSettings, HttpSettings, load_settings


def write(folder: Path, text: str) -> Path:
    path = folder / "papersys.toml"
    path.write_text(text)
    return path


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, '[bus]\nport = 5000\nuser = "ann"\n')
    settings = load_settings(
        CommonSettings, path, {"PAPERSYS_BUS__PORT": "5001", "PAPERSYS_BUS__RETRY_DELAYS_SECONDS": "[1]"}
    )
    assert (settings.bus.port, settings.bus.user, settings.bus.retry_delays_seconds) == (5001, "ann", (1.0,))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[bus]\nprot = 5000\n", "unknown setting bus.prot; did you mean bus.port?"),
        ('[bus]\nport = "many"\n', "bus.port"),
        ("[bus\n", "not valid TOML"),
        ('[bus]\npassword = "hunter2"\n', "bus.password is a secret"),
        ("[embedding.models.minilm]\ndimensions = 3\n", "did you mean embedding.models.minilm.dimension?"),
    ],
)
def test_a_broken_file_is_refused_with_the_key_and_the_remedy(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError) as error:
        load_settings(CommonSettings, write(tmp_path, text), {})
    assert says in str(error.value)
    assert "hunter2" not in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="papersys init"):
        load_settings(CommonSettings, tmp_path / "nowhere.toml", {})


def test_the_data_folder_is_relative_to_the_settings_file(tmp_path: Path) -> None:
    settings = load_settings(CommonSettings, write(tmp_path, '[data]\npath = "mine"\n'), {})
    assert settings.data.path == tmp_path / "mine"


def test_the_password_comes_from_the_environment_or_a_file_and_is_never_printed(tmp_path: Path) -> None:
    settings = load_settings(CommonSettings, None, {"PAPERSYS_BUS__PASSWORD": "hunter2"})
    assert settings.bus.credentials() == ("papersys", "hunter2")
    assert "hunter2" not in repr(settings)
    (tmp_path / "password").write_text("from-file\n")
    assert BusSettings(password_file=tmp_path / "password").credentials() == ("papersys", "from-file")
    assert BusSettings().credentials() == (None, None)


def test_every_service_has_its_own_port() -> None:
    http = HttpSettings(first_port=9000)
    assert [http.port_of(name) for name in ("fetcher", "feedback")] == [9000, 9005]
