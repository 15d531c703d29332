"""A model's window: how much of a paper goes into one call, so that questions, answers and a repair fit beside it."""

from typing import NamedTuple

from shared.settings.sections.language_models import LanguageModelSettings

_PROMPT_TOKENS = 900
_ANSWER_TOKENS = 1_500
_FEWEST, _CHARS_A_TOKEN = 600, 4


class Window(NamedTuple):
    """`text` is the most tokens of a paper's text in one call."""

    text: int


def window_of(model: LanguageModelSettings | None, max_input_chars: int) -> Window:
    """The window of a model; a repair holds the prompt, the text, two answers and what was wrong."""
    most = max_input_chars // _CHARS_A_TOKEN
    context = model.context_tokens if model else None
    if context is None:
        return Window(most)
    return Window(max(_FEWEST, min(most, context - 2 * _PROMPT_TOKENS - 2 * _ANSWER_TOKENS)))
