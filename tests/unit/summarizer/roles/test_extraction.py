"""The fields of a summary without a language model."""

from services.summarizer.roles.extraction import extract
from services.summarizer.settings import FieldSettings
from services.summarizer.text.passages import Passage
from services.summarizer.vectors import Encoder
from shared.contracts import Encode, EncodeReply
from shared.store.papers.summaries import FieldValue
from tests.support.bus.in_memory import FakeBus

NAMES = (
    "one_sentence_summary",
    "problem",
    "method",
    "experiment",
    "result",
    "limitations",
    "further_thoughts",
    "institutions",
)
FIELDS = tuple(FieldSettings(name=name, instruction="What is it?") for name in NAMES)
PAPER = (
    Passage(
        "Abstract",
        "External sorting is done on all computers that have disks. However, sorting very large files remains slow. We "
        "propose a merge tree that keeps its runs in memory. Experiments show that it is twice as fast as the usual "
        "merge sort.",
    ),
    Passage("Text", "Merge trees. A. Author, University of Oslo"),
    Passage("1 Introduction", "The problem is old, and it has been studied by many people for a long time."),
    Passage("4 Experiments", "We evaluated it on 12 data sets of 300 runs each. It is drawn in Figure 2."),
    Passage(
        "5 Limitations", "Our tree does not support records that are larger than a page. It rained in all of June."
    ),
    Passage(
        "6 Conclusion", "Merge trees make cheap disks fast enough for sorting. We thank our colleagues for coffee."
    ),
)


async def texts_of(passages: tuple[Passage, ...], fields: tuple[FieldSettings, ...] = FIELDS) -> dict[str, str]:
    values = await extract(passages, fields, Encoder(FakeBus()))
    assert [value.name for value in values] == [field.name for field in fields]
    return {value.name: value.text for value in values}


async def test_each_field_gets_the_one_sentence_that_states_it() -> None:
    assert await texts_of(PAPER) == {
        "one_sentence_summary": "Merge trees make cheap disks fast enough for sorting.",
        "problem": "However, sorting very large files remains slow.",
        "method": "We propose a merge tree that keeps its runs in memory.",
        "experiment": "We evaluated it on 12 data sets of 300 runs each.",
        "result": "Experiments show that it is twice as fast as the usual merge sort.",
        "limitations": "Our tree does not support records that are larger than a page.",
        "further_thoughts": "",
        "institutions": "University of Oslo",
    }


async def test_every_claim_is_the_papers_own_sentence_and_none_serves_twice() -> None:
    values = await extract(PAPER, FIELDS, Encoder(FakeBus()))
    claims = [claim for value in values for claim in value.claims]
    whole = {passage.section: passage.text for passage in PAPER}
    assert all(claim.text == claim.quote and claim.quote in whole[claim.section] and claim.found for claim in claims)
    assert len({claim.quote for claim in claims}) == len(claims)


async def test_of_an_abstract_alone_the_task_makes_the_summary_and_what_is_not_said_stays_empty() -> None:
    texts = await texts_of(PAPER[:1])
    assert texts["one_sentence_summary"] == "External sorting is done on all computers that have disks."
    assert texts["limitations"] == texts["institutions"] == ""


async def test_an_abstract_that_says_little_is_helped_by_the_body() -> None:
    paper = (
        Passage("Abstract", "In this talk we review sorting."),
        Passage(
            "Introduction", "However, fast disks are urgently needed. In this paper we propose to use trees of runs."
        ),
        Passage("Summary", "We have shown that trees reduce the number of passes to 3. Disks are nice."),
    )
    texts = await texts_of(paper)
    assert texts["one_sentence_summary"] == "In this talk we review sorting."
    assert texts["problem"] == "However, fast disks are urgently needed."
    assert texts["method"] == "In this paper we propose to use trees of runs."
    assert texts["result"] == "We have shown that trees reduce the number of passes to 3."


async def test_keywords_and_classes_are_no_statements() -> None:
    abstract = (
        "We sort files by trees of runs. Keywords: sorting, trees, disks and runs. PACS numbers: 03.65.Ta, 71.10.Ca."
    )
    texts = await texts_of((Passage("Abstract", abstract),))
    assert not any("Keywords" in text or "PACS" in text for text in texts.values())


async def test_a_limit_that_an_abstract_states_is_no_result() -> None:
    abstract = (
        "Sorting is slow on disks. We propose a merge tree of runs. It is twice as fast as merge sort. "
        "The accuracy deteriorates for biased keys."
    )
    texts = await texts_of((Passage("Abstract", abstract),))
    assert texts["limitations"] == "The accuracy deteriorates for biased keys."
    assert texts["result"] == "It is twice as fast as merge sort."


async def test_without_text_every_field_is_empty() -> None:
    assert set((await texts_of(())).values()) == {""}


async def test_a_field_of_ones_own_is_answered_by_meaning_and_with_another_sentence() -> None:
    bus = FakeBus()
    bus.answers[Encode] = by_topic("disk", "tree")
    fields = (*FIELDS[1:3], FieldSettings(name="disks", instruction="Which disk is it about?"))
    values = await extract(PAPER, fields, Encoder(bus))
    assert values[-1].text == "External sorting is done on all computers that have disks."


async def test_the_embedder_is_not_asked_for_the_default_fields() -> None:
    bus = FakeBus()
    bus.answers[Encode] = by_topic("disk")
    await extract(PAPER, FIELDS, Encoder(bus))
    assert not [request for request in bus.asked if isinstance(request, Encode)]


async def test_without_the_embedder_a_field_of_ones_own_is_answered_by_cue_words() -> None:
    colours = FieldSettings(name="tests", instruction="What was tested?", cues=("data set",))
    asked: tuple[FieldValue, ...] = await extract(PAPER, (colours,), Encoder(FakeBus()))
    assert asked[0].text == "We evaluated it on 12 data sets of 300 runs each."


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
