"""The stored models, for the command line: in its own process, with or without a running system."""

from collections.abc import Sequence
from dataclasses import replace

from services.ranker.learning.taste import Taste
from services.ranker.models.comparison import Comparison, compare
from services.ranker.models.files import ModelFiles, ModelRecord
from services.ranker.settings import Settings
from shared.contracts import DEFAULT_USER
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.vectors.joined_vectors import open_joined


def models(settings: Settings, user: str = DEFAULT_USER) -> list[ModelRecord]:
    """The stored models, newest first; the fact `pinned` says of the one in use whether the user chose it."""
    files = ModelFiles(_data(settings))
    pinned = files.pinned(user)
    return [
        replace(record, facts={**record.facts, "pinned": pinned and record.state == "in use"})
        for record in files.list(user)
    ]


def use_model(settings: Settings, model_id: str | None, user: str = DEFAULT_USER) -> ModelRecord:
    """Switch to a stored model until told otherwise; None: the newest is used again. Raises PapersysError."""
    files = ModelFiles(_data(settings))
    return files.use(user, None if model_id is None else whole_id(files.list(user), model_id))


def compare_models(settings: Settings, older: str, newer: str | None = None, user: str = DEFAULT_USER) -> Comparison:
    """Two stored models (`newer` None: the one in use) on ratings that the older one lacks. Raises PapersysError."""
    files = ModelFiles(_data(settings), only_reads=True)
    kept = files.list(user)
    first = _loaded(settings, files, user, whole_id(kept, older))
    return compare(first, _loaded(settings, files, user, None if newer is None else whole_id(kept, newer)))


def _loaded(settings: Settings, files: ModelFiles, user: str, model_id: str | None) -> Taste:
    taste = files.load(user, _dimension(settings), model_id)
    if taste is None:
        raise PapersysError(f"The model {model_id} cannot be used." if model_id else "No model is in use yet.")
    return taste


def whole_id(kept: Sequence[ModelRecord], text: str) -> str:
    """The id of a stored model from its start. Raises PapersysError where no model has it, or more than one."""
    ids = [record.model_id for record in kept if record.model_id.startswith(text)] if text else []
    if text in ids or len(ids) == 1:
        return text if text in ids else ids[0]
    if ids:
        raise PapersysError(f"{len(ids)} models start with {text}: {', '.join(ids)}. Give more characters of the id.")
    raise PapersysError(f"There is no model {text!r}; `papersys model list` shows the stored ones.")


def _data(settings: Settings) -> DataFolder:
    return DataFolder(settings.data.path, settings.data.min_free_mb)


def _dimension(settings: Settings) -> int:
    tables = settings.embedding.joined
    return open_joined(_data(settings), list(tables)).dimension or sum(table.dimension for table in tables.values())
