"""The data folder as a dataset at Hugging Face: one commit a sync, with what changed alone."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.syncing.plan import SyncPlan
from shared.errors import PapersysError, TemporaryFailure
from shared.store.keeping.findings import counted
from shared.text.safe.plain_text import shortened

_AGAIN = (408, 409, 412, 429, 500, 502, 503, 504)


class HubDataset:
    """A dataset, by its `owner/name`; made private where there is none."""

    name, takes_vectors = "hub", True

    def __init__(self, dataset: str, token: str, address: str) -> None:
        try:
            from huggingface_hub import HfApi
            from huggingface_hub.utils.tqdm import disable_progress_bars
        except ImportError as error:
            raise PapersysError(
                "sync.hub_dataset needs huggingface_hub; install it with: pip install 'papersys[hub]'."
            ) from error
        disable_progress_bars()  # papersys shows its own, and only on a terminal
        self._api = HfApi(endpoint=address.rstrip("/"), token=token)
        self._dataset = dataset
        self._head: str | None = None
        self.where = f"the dataset {dataset}"

    def contents(self, *, dry_run: bool) -> Mapping[str, str]:
        from huggingface_hub.errors import RepositoryNotFoundError
        from huggingface_hub.hf_api import RepoFile

        with self._explained():
            try:
                self._head = self._api.repo_info(self._dataset, repo_type="dataset").sha
            except RepositoryNotFoundError:
                return {}
            files = self._api.list_repo_tree(self._dataset, repo_type="dataset", recursive=True, revision=self._head)
            return {
                each.path: each.lfs.sha256 if each.lfs else each.blob_id for each in files if isinstance(each, RepoFile)
            }

    def write(self, plan: SyncPlan, files: Mapping[str, Path]) -> None:
        """The commit names the one before; where somebody committed in between, the hub refuses it."""
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        added = [CommitOperationAdd(path_in_repo=name, path_or_fileobj=files[name]) for name in plan.put]
        removed = [CommitOperationDelete(path_in_repo=name) for name in plan.remove]
        with self._explained():
            if self._head is None:
                self._api.create_repo(self._dataset, repo_type="dataset", private=True, exist_ok=True)
            self._api.create_commit(
                self._dataset,
                [*added, *removed],
                repo_type="dataset",
                commit_message=f"papersys: {counted(len(added), 'file')} written, {len(removed)} removed",
                parent_commit=self._head,
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Errors of the hub in words that say what to do, without the token."""
        from huggingface_hub.errors import HfHubHTTPError

        away: tuple[type[Exception], ...] = (*_transport_errors(), OSError)
        try:
            yield
        except HfHubHTTPError as error:
            status = error.response.status_code if error.response is not None else 0
            raise _failure(self.where, status, shortened(str(error.server_message or error), 200)) from None
        except away as error:
            raise TemporaryFailure(
                f"The hub cannot be reached ({shortened(str(error), 200)}); {self.where} stays as it was; sync later."
            ) from None


def _transport_errors() -> tuple[type[Exception], ...]:
    """Of the library that huggingface_hub speaks through: httpx2, before its version 2 httpx."""
    loaded = (sys.modules[name] for name in ("httpx2", "httpx") if name in sys.modules)
    return tuple(module.HTTPError for module in loaded)


def _failure(where: str, status: int, says: str) -> PapersysError:
    if status in (401, 403):
        return PapersysError(f"The hub refuses the token for {where} ({status}: {says}); set one that may write it.")
    if status in (409, 412):
        return TemporaryFailure(f"Somebody else wrote to {where} meanwhile, so nothing was changed; sync again.")
    if status in _AGAIN or status == 0:
        return TemporaryFailure(f"The hub is busy or away ({status}: {says}); sync {where} again later.")
    return PapersysError(f"The hub refuses to take {where} ({status}: {says}).")
