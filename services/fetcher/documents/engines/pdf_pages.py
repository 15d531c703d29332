"""Where the pages of a PDF begin in the Markdown that was made of it, by the letters that a page begins with."""

import unicodedata
from collections.abc import Sequence

from services.fetcher.documents.engines.pdf import without_running_heads

_LETTERS_SOUGHT = 40
_TRIES = 6


def page_starts(markdown: str, pages: Sequence[str]) -> tuple[int, ...]:
    """The characters at which the pages begin; a page whose beginning is not found begins with the one after it.

    Empty where most pages are not found: then no page should be named.
    """
    letters, places = _letters(markdown)
    found = list(_found(letters, [_letters(page)[0] for page in without_running_heads(list(pages))]))
    if sum(place is not None for place in found) * 2 < len(found):
        return ()
    starts: list[int] = []
    following = len(markdown)
    for place in reversed(found):
        following = places[place] if place is not None and place < len(places) else following
        starts.append(following)
    return (0, *reversed(starts[:-1]))


def _found(letters: str, pages: Sequence[str]) -> list[int | None]:
    """Where each page begins among the letters of the document, one after the other."""
    found: list[int | None] = []
    position = 0
    for page in pages:
        place = None
        for skipped in range(0, _TRIES * _LETTERS_SOUGHT, _LETTERS_SOUGHT):
            sought = page[skipped : skipped + _LETTERS_SOUGHT]
            at = letters.find(sought, position) if len(sought) == _LETTERS_SOUGHT else -1
            if at >= 0:
                place = max(position, at - skipped)
                position = at + _LETTERS_SOUGHT
                break
        found.append(place)
    return found


def _letters(text: str) -> tuple[str, list[int]]:
    """Letters and digits alone, ligatures as letters; and the place of each in the text."""
    pairs = [
        (letter, place)
        for place, character in enumerate(text)
        if character.isalnum()
        for letter in (character if character.isascii() else unicodedata.normalize("NFKC", character))
        if letter.isalnum()
    ]
    return "".join(letter for letter, _ in pairs), [place for _, place in pairs]
