"""Which papersys wrote a data folder: `papersys.json` in it, written by the launcher.

The number `layout` counts changes that an older papersys could not read; versions of one layout share folders both
ways. A folder without the file is of layout 0: everything before 0.1.0, and every folder that is new.
"""

import json
import uuid
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.contracts import now
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.version import papersys_version

FILE_NAME = "papersys.json"
LAYOUT = 1
"""What this papersys writes; `deploy.data_versions.migrations` has the way there from each earlier one."""


class MigrationRecord(BaseModel):
    """A migration that was run, and where the copy lies that was made before it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    layout: int
    name: str
    at: AwareDatetime
    copy_before: str = ""


class FolderVersion(BaseModel):
    """`folder_id` stays for the life of a folder, through restores too: backups of several folders are told apart."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    layout: int = Field(ge=0)
    written_by: str
    folder_id: str = Field(default_factory=lambda: uuid.uuid4().hex, pattern=r"^[0-9a-f]{32}$")
    created_at: AwareDatetime = Field(default_factory=now)
    migrations: tuple[MigrationRecord, ...] = ()


class NewerFolder(PapersysError):
    """A data folder that a later papersys wrote."""


def read_folder_version(root: Path) -> FolderVersion | None:
    """None where the folder has no such file. Raises NewerFolder, or PapersysError for a file that cannot be read."""
    path = root / FILE_NAME
    try:
        content = json.loads(path.read_bytes())
        _refuse_newer(content, root)
        return FolderVersion.model_validate(content)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError, ValidationError) as error:
        raise PapersysError(
            f"{path} cannot be read ({_first_line(error)}), so it is not known which papersys wrote this folder. "
            "Restore the file from a backup; if no later papersys was ever used here, delete it, and it is made again."
        ) from error


def check_folder_version(root: Path) -> None:
    """Raises PapersysError where this papersys must not touch the folder."""
    read_folder_version(root)


def write_folder_version(data: DataFolder, version: FolderVersion) -> None:
    """Replace the file, where it changes."""
    data.write_text(data.path(FILE_NAME), version.model_dump_json(indent=1) + "\n")


def stamped(version: FolderVersion) -> FolderVersion:
    """The version of a folder that this papersys writes from now on."""
    return version.model_copy(update={"written_by": papersys_version()})


def _refuse_newer(content: object, root: Path) -> None:
    """Looks at two fields alone: of a later form nothing else is known."""
    if not isinstance(content, dict) or not isinstance(content.get("layout"), int):
        raise ValueError("it has no layout")
    if content["layout"] > LAYOUT:
        written_by = str(content.get("written_by", "a later version"))[:40]
        raise NewerFolder(
            f"The data folder {root} was written by papersys {written_by} (layout {content['layout']}); this is "
            f"papersys {papersys_version()}, which reads layouts up to {LAYOUT}. Nothing was changed. Install papersys "
            f"{written_by} or later, or restore a backup that was made before that one was first started "
            "(`papersys backup list`)."
        )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
