"""What in a paper looks like orders to a model that reads it."""

from collections.abc import Iterable

from services.summarizer.text.passages import Passage


def oddities_of(texts: Iterable[Passage]) -> tuple[str, ...]:
    """Sentences about what looks like orders to a model; `texts` are sections as they are stored."""
    return ()
