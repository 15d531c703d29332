"""What is known of a library: `state/zotero/<name>.json`, replaced whole after each step.

All but `said` and `written` could be read again. Items and collections are kept whether they count or not, because
another pattern in the settings may make them count.
"""

import logging
from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.contracts import Label
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

LOCK = "zotero"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Collection(_Frozen):
    """`parent` is the key of the collection around it, empty at the top."""

    name: str
    parent: str = ""


class KnownItem(_Frozen):
    """An item of the library, not in the bin, that is a paper of arXiv."""

    paper_id: str
    version: int
    collections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    added: AwareDatetime | None = None
    modified: AwareDatetime | None = None


class SaidRating(_Frozen):
    """What the library says of a paper as far as we have passed it on; `count` is how often that has changed."""

    label: Label
    weight: float = 1.0
    count: int = 1


class WrittenItem(_Frozen):
    """An item of ours. `written`: it is there; `present`: the person had the paper already; `removed`: taken away.

    `sent` and `stored` are hashes by field, of what we sent and of what Zotero made of it; `conflicts` names fields
    that both sides changed, each with the hash of what we would have written. `is_edited`: the person changed it since.
    """

    state: Literal["written", "present", "removed", "failed"] = "written"
    version: int = 0
    note_version: int = 0
    is_edited: bool = False
    sent: dict[str, str] = {}
    stored: dict[str, str] = {}
    tags: tuple[str, ...] = ()
    conflicts: dict[str, str] = {}
    problem: str = ""


class ZoteroState(_Frozen):
    """`version` is that of the library when it was read last; `since` the first day whose picks are written.

    `problem` says why rounds break off since `failed_at`; both are empty where the last one did not.
    """

    library: str = ""
    version: int = 0
    read_at: AwareDatetime | None = None
    collections: dict[str, Collection] = {}
    items: dict[str, KnownItem] = {}
    said: dict[str, SaidRating] = {}
    written: dict[str, WrittenItem] = {}
    since: date | None = None
    problem: str = ""
    failed_at: AwareDatetime | None = None


class StateFile:
    """One library's. The lock of `LOCK` makes whoever holds it the one that writes."""

    def __init__(self, data: DataFolder, name: str, library: str) -> None:
        self._data, self._library = data, library
        self._path = data.path("state", "zotero", f"{name}.json")

    def read(self) -> ZoteroState:
        """A fresh one for another library, or where the file cannot be read: what is in Zotero is found there again."""
        try:
            state = ZoteroState.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return ZoteroState(library=self._library)
        except (OSError, ValidationError) as error:
            log.warning("%s cannot be read: %s", self._path, error, extra={"action": "zotero_state_unreadable"})
            return ZoteroState(library=self._library)
        return state if state.library == self._library else ZoteroState(library=self._library)

    def write(self, state: ZoteroState) -> None:
        """Raises TemporaryFailure."""
        self._data.write_text(self._path, state.model_dump_json(exclude_defaults=True) + "\n")
