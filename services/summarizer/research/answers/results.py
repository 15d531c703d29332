"""The result of a question: sentences that stand with their citations, what is missing, and what it all took."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from services.summarizer.evidence.plain_answers import plain_answer
from services.summarizer.research.answers.forms import LONGEST_SENTENCE
from services.summarizer.research.loop.question import Evidence, Said
from services.summarizer.text.passages import one_line
from shared.contracts import AnswerSentence, Citation, Disagreement
from shared.paper_labels import page_address

_LONGEST_EXTRACT = 900


class Citations:
    """The evidence that is cited, numbered in the order of its first use."""

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        self._evidence = {each.number: each for each in evidence}
        self._numbers: dict[int, int] = {}

    def numbers_of(self, said: Said) -> tuple[int, ...]:
        sources = [number for number in said.sources if number in self._evidence]
        return tuple(self._numbers.setdefault(number, len(self._numbers) + 1) for number in dict.fromkeys(sources))

    def all(self) -> tuple[Citation, ...]:
        return tuple(_citation(number, self._evidence[source]) for source, number in self._numbers.items())


def sentences_of(kept: Sequence[Said], citations: Citations, *, extracted: bool) -> tuple[AnswerSentence, ...]:
    """The sentences as they are shown, without addresses."""
    longest = _LONGEST_EXTRACT if extracted else LONGEST_SENTENCE
    pairs = [(plain_answer(said.text, longest), citations.numbers_of(said)) for said in kept]
    return tuple(AnswerSentence(text=text, citations=numbers) for text, numbers in pairs if text and numbers)


def disagreements_of(told: Sequence[Said], citations: Citations) -> tuple[Disagreement, ...]:
    return tuple(
        Disagreement(text=plain_answer(said.text, 2 * LONGEST_SENTENCE), citations=citations.numbers_of(said))
        for said in told
    )


def written_answer(sentences: Sequence[AnswerSentence]) -> str:
    """One paragraph of a model's sentences with the numbers of their citations."""
    return " ".join(map(_with_numbers, sentences))


def extracted_answer(sentences: Sequence[AnswerSentence], citations: Mapping[int, Citation]) -> str:
    """The papers' own sentences as a list under each paper's title."""
    blocks = []
    for paper_id, group in groupby(sentences, key=lambda each: citations[each.citations[0]].paper_id):
        listed = list(group)
        title = plain_answer(citations[listed[0].citations[0]].title, LONGEST_SENTENCE) or paper_id
        blocks.append("\n".join([f"{title} ({paper_id}):", *(f"- {_with_numbers(each)}" for each in listed)]))
    return "\n\n".join(blocks)


def declined_answer(papers: int | None) -> str:
    """What is said where nothing answers."""
    if papers == 0:
        return "There are no papers to ask: none of yours fits this corpus."
    among = "the papers that were asked" if papers is None else "the paper" if papers == 1 else f"the {papers} papers"
    return f"Not in these papers: nothing that was found in {among} answers this question."


def url_of(paper_id: str, version: int) -> str:
    return page_address(paper_id, version=version) or f"{paper_id}v{version}"


def _with_numbers(sentence: AnswerSentence) -> str:
    return f"{sentence.text} {''.join(f'[{number}]' for number in sentence.citations)}"


def _citation(number: int, evidence: Evidence) -> Citation:
    titles = [title for title in map(one_line, evidence.titles) if title]
    page = f"page {evidence.page}" if evidence.page else ""
    return Citation(
        number=number,
        paper_id=evidence.paper_id,
        version=evidence.version,
        title=one_line(evidence.paper_title),
        url=url_of(evidence.paper_id, evidence.version),
        locator=", ".join(part for part in (" › ".join(titles), page) if part) or "Text",
        raw_excerpt=evidence.raw,
        section=titles[-1] if titles else "",
        page=evidence.page,
        chunk_id=evidence.chunk_id,
        start=evidence.start,
        end=evidence.end,
    )
