"""What decides the vectors, and what does not."""

from services.embedder.recipe import recipe_of
from shared.settings.settings import ModelSettings


def test_the_recipe_names_the_model_behind_bundled_and_not_how_it_is_run() -> None:
    recipe = recipe_of(ModelSettings())
    assert recipe.model == "sentence-transformers/all-MiniLM-L6-v2"
    assert recipe == recipe_of(ModelSettings(device="cpu", precision="float32", batch_size=7))
    assert recipe != recipe_of(ModelSettings(max_length=128))


def test_a_prompt_before_papers_makes_another_recipe() -> None:
    assert recipe_of(ModelSettings(passage_prompt="passage: ")) != recipe_of(ModelSettings())
    assert recipe_of(ModelSettings(query_prompt="query: ")) == recipe_of(ModelSettings())
