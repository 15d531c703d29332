"""Extraction without a model."""

from services.summarizer.agent.extraction import choose, extract, shortlist
from services.summarizer.fields import LIMITATIONS, METHOD, PROBLEM, RESULT, FieldSettings
from services.summarizer.text.passages import Passage
from services.summarizer.text.sentences import sentences_of, split_sentences
from services.summarizer.vectors import Encoder
from shared.contracts import Encode, EncodeReply
from shared.errors import RequestFailed
from tests.support.bus import FakeBus

FIELDS = (PROBLEM, METHOD, RESULT, LIMITATIONS)
PAPER = (
    Passage(
        "Abstract",
        "Sorting very large files remains slow on cheap disks. We propose a merge tree that keeps its runs in memory. "
        "Experiments show that it is twice as fast as the usual merge sort.",
    ),
    Passage(
        "3 Method", "We use a tree of tournament nodes, each holding the head of one run. It is drawn in Figure 2."
    ),
    Passage(
        "5 Limitations", "Our tree does not support records that are larger than a page. It rained all week in June."
    ),
)


def quotes_by_field() -> dict[str, list[str]]:
    chosen = choose(sentences_of(PAPER), FIELDS, 2, None)
    return {field.name: [claim.quote for claim in field.claims] for field in chosen}


def test_each_field_gets_sentences_that_answer_it_in_reading_order() -> None:
    quotes = quotes_by_field()
    assert quotes["problem"] == ["Sorting very large files remains slow on cheap disks."]
    assert quotes["method"] == [
        "We propose a merge tree that keeps its runs in memory.",
        "We use a tree of tournament nodes, each holding the head of one run.",
    ]
    assert quotes["result"] == ["Experiments show that it is twice as fast as the usual merge sort."]
    assert quotes["limitations"] == ["Our tree does not support records that are larger than a page."]


def test_every_claim_is_the_papers_own_sentence_and_none_serves_twice() -> None:
    claims = [claim for field in choose(sentences_of(PAPER), FIELDS, 3, None) for claim in field.claims]
    texts = {passage.section: passage.text for passage in PAPER}
    assert all(claim.text == claim.quote and claim.quote in texts[claim.section] and claim.found for claim in claims)
    assert len({claim.quote for claim in claims}) == len(claims)


def test_a_field_about_which_the_paper_says_nothing_stays_empty() -> None:
    (field,) = choose(sentences_of(PAPER[:1]), (LIMITATIONS,), 2, None)
    assert field.claims == ()


async def test_a_field_with_a_question_only_is_answered_by_meaning() -> None:
    bus = FakeBus()
    bus.answers[Encode] = by_topic("disk", "tree")
    asked = FieldSettings(name="disks", instruction="Which disk is it about?")
    (field,) = await extract(PAPER, (asked,), Encoder(bus))
    assert [claim.quote for claim in field.claims] == ["Sorting very large files remains slow on cheap disks."]


async def test_without_the_embedder_cue_words_decide() -> None:
    fields = await extract(PAPER, FIELDS, Encoder(FakeBus()))
    assert fields == choose(sentences_of(PAPER), FIELDS, 1, None)


async def test_no_more_than_64_texts_are_asked_for_at_once() -> None:
    bus = FakeBus()
    bus.answers[Encode] = by_topic("disk")
    vectors = await Encoder(bus).encode([f"text {n}" for n in range(150)])
    assert vectors is not None
    assert vectors.shape[0] == 150
    assert [len(request.texts) for request in bus.asked if isinstance(request, Encode)] == [64, 64, 22]


def test_a_long_paper_is_cut_to_a_shortlist_that_keeps_the_abstract() -> None:
    long = Passage("Text", " ".join(f"The value of run number {n} stays in the same small range." for n in range(400)))
    short = shortlist(sentences_of((*PAPER, long)), FIELDS)
    assert len(short) == 120
    assert [sentence.section for sentence in short[:3]] == ["Abstract"] * 3


def test_abbreviations_and_initials_end_no_sentence() -> None:
    text = "This holds, e.g. Theorem 2 of J. Smith et al. (2020). See Fig. 3 for it. It costs 2.5 s."
    assert split_sentences(text) == [
        "This holds, e.g. Theorem 2 of J. Smith et al. (2020).",
        "See Fig. 3 for it.",
        "It costs 2.5 s.",
    ]


def by_topic(*words: str) -> object:
    """An embedder whose vectors have a direction for each of these words, and one for everything else."""

    def encode(request: Encode) -> EncodeReply:
        vectors = []
        for text in request.texts:
            found = [float(word in text.casefold()) for word in words]
            vectors.append((*found, 0.0) if any(found) else (*found, 1.0))
        return EncodeReply(model="topics", vectors=tuple(_unit(vector) for vector in vectors))

    return encode


def _unit(vector: tuple[float, ...]) -> tuple[float, ...]:
    length = sum(value * value for value in vector) ** 0.5
    return tuple(value / length for value in vector)


async def test_an_embedder_that_is_starting_again_is_waited_for() -> None:
    bus = FakeBus()
    failures = [RequestFailed("Nobody answers.", code="unavailable", retryable=True)] * 2

    def answer(request: Encode) -> EncodeReply:
        if failures:
            raise failures.pop()
        return EncodeReply(model="m", vectors=((1.0, 0.0),))

    bus.answers[Encode] = answer
    assert await Encoder(bus, (0.0, 0.0)).encode(["text"]) is not None
    failures.append(RequestFailed("Nobody answers.", code="unavailable", retryable=True))
    assert await Encoder(bus).encode(["text"]) is None
