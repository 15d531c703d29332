"""A sentence found in a text by its letters and digits alone: spaces, formulas' spelling and emphasis may differ."""

_FEWEST = 12


def find_words(words: str, text: str) -> tuple[int, int] | None:
    """Where these words stand, from their first character to after their last; None where they do not, or are few."""
    wanted, _ = _letters(words)
    if len(wanted) < _FEWEST:
        return None
    there, places = _letters(text)
    found = there.find(wanted)
    return (places[found], places[found + len(wanted) - 1] + 1) if found >= 0 else None


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, in lower case, and the place of each."""
    letters = [(char.lower()[0], place) for place, char in enumerate(text) if char.isalnum()]
    return "".join(char for char, _ in letters), [place for _, place in letters]
