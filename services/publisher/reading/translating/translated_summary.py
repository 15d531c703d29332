"""The abstract and the claims of a summary with their translations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.publisher.pages.cards import Card
from services.publisher.reading.translating.wishes import sentences_of
from shared.contracts import MOST_SENTENCES

ABSTRACT = "abstract"


@dataclass(frozen=True)
class Words:
    """A text of the page by its name there (`abstract`, or a field and a claim's number), and its sentences."""

    name: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class TranslatedWords:
    """Each sentence with its translation, empty where there is none."""

    name: str
    sentences: tuple[tuple[str, str], ...]

    @property
    def is_tex(self) -> bool:
        """Whether it is written as arXiv writes abstracts; claims are Markdown."""
        return self.name == ABSTRACT


def words_of(card: Card) -> list[Words]:
    """What a paper's page says of it: the claims as they stand in the summary, then the abstract."""
    fields = ([card.lead] if card.lead else []) + card.told
    claims = (
        (f"{field.name}-{number}", claim.text) for field in fields for number, claim in enumerate(field.claims, 1)
    )
    abstract = [(ABSTRACT, card.paper.abstract)] if card.paper and card.paper.abstract else []
    found = (Words(name, sentences_of(text)) for name, text in (*claims, *abstract))
    return [words for words in found if words.sentences]


def requests_of(found: Iterable[Words]) -> list[tuple[str, ...]]:
    """All sentences in order, as many at once as one request takes."""
    sentences = tuple(sentence for words in found for sentence in words.sentences)
    return [sentences[at : at + MOST_SENTENCES] for at in range(0, len(sentences), MOST_SENTENCES)]


def with_words(found: Sequence[Words], translations: Sequence[str]) -> list[TranslatedWords]:
    """`translations` are those of all sentences in order; what is missing at the end is empty."""
    rest = iter(translations)
    return [
        TranslatedWords(words.name, tuple((sentence, next(rest, "")) for sentence in words.sentences))
        for words in found
    ]
