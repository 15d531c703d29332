"""From a model's table to the recipe that its vectors are stored under."""

from services.embedder.backends.model_files import BUNDLED, bundled_revision
from services.embedder.papers.text import TEXT_RECIPE
from shared.settings.settings import ModelSettings
from shared.store.vectors.embeddings import Recipe

_BUNDLED_MODEL = "sentence-transformers/all-MiniLM-L6-v2"


def recipe_of(model: ModelSettings) -> Recipe:
    """What decides the vectors: not the backend, the device or the precision, which agree to a cosine of 0.999."""
    name, revision = model.name, model.revision
    if name == BUNDLED:
        name, revision = _BUNDLED_MODEL, bundled_revision()
    text = f"{TEXT_RECIPE}; after {model.passage_prompt!r}" if model.passage_prompt else TEXT_RECIPE
    return Recipe(name, revision, model.dimension, model.max_length, text=text)
