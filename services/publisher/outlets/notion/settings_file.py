"""`[notion]` in `papersys.toml`: the owner's comments, order and other keys stay as they are."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from services.publisher.settings import Settings
from shared.errors import PapersysError, SettingsError
from shared.settings.settings import load_settings
from shared.settings.text import with_values


def write_notion(path: Path, values: Mapping[str, str | bool]) -> None:
    """Change a settings file, all of it or nothing; what was there before is kept as `papersys.toml~`.

    Raises SettingsError where it would not be usable afterwards, PapersysError where it cannot be written.
    """
    path = path.resolve()
    draft = path.with_name(f".{path.name}.new")
    try:
        text = with_values(path.read_text("utf-8-sig"), "notion", values)
        with draft.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        load_settings(Settings, draft, {})
        shutil.copymode(path, draft)
        shutil.copy2(path, path.with_name(f"{path.name}~"))
        draft.replace(path)
    except SettingsError as error:
        raise SettingsError(f"{str(error).replace(str(draft), str(path))} Nothing was changed.") from error
    except (OSError, ValueError) as error:
        raise PapersysError(f"{path} cannot be changed: {error}; it is as it was.") from error
    finally:
        draft.unlink(missing_ok=True)
