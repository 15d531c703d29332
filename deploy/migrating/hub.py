"""A Hugging Face dataset as a source: files are fetched one after the other, and tables removed when they are taken.

Downloads by `huggingface_hub`: it goes on with one that broke off, and sends a token (HF_TOKEN) to the hub alone.
"""

import contextlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import TypeVar

from deploy.migrating.manifest import sha256_of
from deploy.migrating.sources import Item
from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_names import hashed_name
from shared.text.safe.plain_text import one_line

_NAME = re.compile(r"(?P<name>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?", re.ASCII)
_WAITS_SECONDS = (1.0, 5.0, 20.0, 60.0)
_LONGEST_WAIT_SECONDS = 300.0
_REFUSED, _BUSY = (401, 403), (408, 429, 500, 502, 503, 504)

T = TypeVar("T")


class HubSource:
    """The files of one dataset at one commit."""

    def __init__(
        self,
        name: str,
        revision: str,
        data: DataFolder,
        endpoint: str | None = None,
        waits_seconds: tuple[float, ...] = _WAITS_SECONDS,
    ) -> None:
        """Asks the hub which commit a revision is. Raises PapersysError."""
        self._name, self._data, self._waits_seconds = name, data, waits_seconds
        try:
            from huggingface_hub import HfApi
            from huggingface_hub.utils.tqdm import disable_progress_bars
        except ImportError as error:
            raise PapersysError("Hugging Face datasets need the extra hub: pip install 'papersys[hub]'.") from error
        disable_progress_bars()
        self._endpoint = endpoint or os.environ.get("HF_ENDPOINT") or None
        self._api = HfApi(endpoint=self._endpoint, library_name="papersys")
        self._fetched = data.path("cache", "migrating", hashed_name(name))
        self._revision = self._asked(lambda: self._api.dataset_info(name, revision=revision).sha) or revision

    @classmethod
    def of(cls, text: str, data: DataFolder) -> "HubSource":
        """The source of OWNER/NAME or OWNER/NAME@REVISION. Raises PapersysError."""
        match = _NAME.fullmatch(text)
        if match is None:
            raise PapersysError(f"hf:{text} is not a dataset; write hf:OWNER/NAME or hf:OWNER/NAME@REVISION.")
        return cls(match["name"], match["revision"] or "main", data)

    @property
    def place(self) -> str:
        return f"hf:{self._name}"

    @property
    def origin(self) -> str:
        return self._name

    @property
    def revision(self) -> str:
        return self._revision

    def items(self) -> list[Item]:
        from huggingface_hub.hf_api import RepoFile

        listed = self._asked(
            lambda: list(
                self._api.list_repo_tree(self._name, recursive=True, revision=self._revision, repo_type="dataset")
            )
        )
        files = [entry for entry in listed if isinstance(entry, RepoFile) and not _is_hidden(entry.path)]
        items = [Item(file.path, file.size, sha256=file.lfs.sha256 if file.lfs else "") for file in files]
        if not items:
            raise PapersysError(f"The dataset {self._name} has no files.")
        return sorted(items, key=lambda item: item.name)

    @contextlib.contextmanager
    def opened(self, item: Item) -> Iterator[Path]:
        path = self._fetch(item)
        try:
            yield path
        finally:
            if item.is_table:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        shutil.rmtree(self._fetched, ignore_errors=True)

    def _fetch(self, item: Item) -> Path:
        """A file, checked by its SHA-256 where the hub names one. Raises PapersysError."""
        from huggingface_hub import hf_hub_download

        self._data.check_space(item.size)
        path = Path(
            self._asked(
                lambda: hf_hub_download(
                    self._name,
                    item.name,
                    repo_type="dataset",
                    revision=self._revision,
                    local_dir=self._fetched,
                    endpoint=self._endpoint,
                )
            )
        )
        if item.sha256 and sha256_of(path) != item.sha256:
            path.unlink()
            raise PapersysError(f"{item.name} arrived damaged: its SHA-256 is not what the hub says; try again.")
        return path

    def _asked(self, ask: Callable[[], T]) -> T:
        """What the hub answers; asked again where it is busy or away. Raises PapersysError, TemporaryFailure."""
        for wait in (*self._waits_seconds, None):
            try:
                return ask()
            except Exception as error:
                failure = _failure_of(error, self._name)
                if failure is None:
                    raise
                if wait is None or not isinstance(failure, TemporaryFailure):
                    raise failure from error
                time.sleep(min(max(wait, failure.retry_in_seconds or 0.0), _LONGEST_WAIT_SECONDS))
        raise AssertionError


def _failure_of(error: Exception, name: str) -> PapersysError | None:
    """What an error of huggingface_hub means for us; None for one that is no word of the hub or the network."""
    from huggingface_hub import errors

    if isinstance(error, errors.LocalEntryNotFoundError) and isinstance(error.__cause__, Exception):
        return _failure_of(error.__cause__, name) or _away(error)
    if isinstance(error, errors.GatedRepoError):
        return PapersysError(
            f"The dataset {name} is gated: accept its terms on its page, and set HF_TOKEN to a token of yours."
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return PapersysError(f"The dataset {name} has no such revision; check it on its page.")
    if isinstance(error, errors.RepositoryNotFoundError):
        return PapersysError(
            f"The hub has no dataset {name}, or it is private: check its name, and set HF_TOKEN to a token of yours."
        )
    if isinstance(error, errors.HfHubHTTPError):
        return _refusal(error.response.status_code, dict(error.response.headers), name, str(error))
    if isinstance(error, OSError) or type(error).__module__.partition(".")[0] in ("httpx", "httpx2", "httpcore"):
        return _away(error)
    return None


def _refusal(status: int, headers: dict[str, str], name: str, said: str) -> PapersysError:
    if status in _REFUSED:
        return PapersysError(f"The hub refused {name} ({status}): set HF_TOKEN to a token that may read it.")
    if status in _BUSY:
        asked = headers.get("retry-after", "")
        wait = float(asked) if asked.isascii() and asked.isdigit() else None
        return TemporaryFailure(f"The hub is busy (it answered {status}); try again later.", retry_in_seconds=wait)
    return PapersysError(f"The hub answered {status} for {name}: {one_line(said)[:200]}")


def _away(error: Exception) -> TemporaryFailure:
    return TemporaryFailure(f"The hub cannot be reached ({one_line(str(error))[:200] or type(error).__name__}).")


def _is_hidden(path: str) -> bool:
    """Whether a file is none of the data, or would leave the folder that it is fetched into."""
    parts = PurePosixPath(path).parts
    return path.startswith("/") or any(part.startswith(".") for part in parts)
