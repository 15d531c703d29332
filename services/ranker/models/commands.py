"""What the command line asks about the models, in its own process: no running system is needed."""

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
    """The kept models, newest first; the fact `pinned` says of the one in use whether somebody chose it."""
    files = ModelFiles(_data(settings))
    pinned = files.pinned(user)
    return [replace(one, facts={**one.facts, "pinned": pinned and one.state == "in use"}) for one in files.list(user)]


def use_model(settings: Settings, model_id: str | None, user: str = DEFAULT_USER) -> ModelRecord:
    """Go back to a kept model, until told otherwise; None: the newest takes over again. Raises PapersysError."""
    files = ModelFiles(_data(settings))
    return files.use(user, None if model_id is None else whole_id(files.list(user), model_id))


def compare_models(settings: Settings, older: str, newer: str | None = None, user: str = DEFAULT_USER) -> Comparison:
    """Two kept models (`newer` None: the one in use) on the ratings that the older one lacks. Raises PapersysError."""
    files = ModelFiles(_data(settings), only_reads=True)
    kept = files.list(user)
    first = _loaded(settings, files, user, whole_id(kept, older))
    return compare(first, _loaded(settings, files, user, None if newer is None else whole_id(kept, newer)))


def _loaded(settings: Settings, files: ModelFiles, user: str, model_id: str | None) -> Taste:
    found = files.load(user, _dimension(settings), model_id)
    if found is None:
        raise PapersysError(f"The model {model_id} cannot be used." if model_id else "No model is in use yet.")
    return found


def whole_id(kept: Sequence[ModelRecord], text: str) -> str:
    """The id of a kept model by its beginning. Raises PapersysError where that is nobody's, or more than one's."""
    found = [one.model_id for one in kept if one.model_id.startswith(text)] if text else []
    if text in found or len(found) == 1:
        return text if text in found else found[0]
    if found:
        raise PapersysError(f"{len(found)} models begin with {text}: {', '.join(found)}. Give more of one.")
    raise PapersysError(f"There is no model {text!r}; `papersys model list` shows those that are kept.")


def _data(settings: Settings) -> DataFolder:
    return DataFolder(settings.data.path, settings.data.min_free_mb)


def _dimension(settings: Settings) -> int:
    tables = settings.embedding.joined
    return open_joined(_data(settings), list(tables)).dimension or sum(one.dimension for one in tables.values())
