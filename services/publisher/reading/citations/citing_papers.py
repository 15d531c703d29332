"""Who cites a paper among what a person read, and in which words."""

import re
from dataclasses import dataclass

from services.publisher.pages.components import Components
from services.publisher.reading.citations.bibliographies import Bibliographies, Bibliography
from services.publisher.reading.citations.standings import Standing, standings_of
from services.publisher.reading.citations.titles import TitleIndex
from services.publisher.records.records import Records
from shared.paper_labels import paper_label
from shared.store.papers.metadata import Paper

_READ = ("liked", "saved", "read", "disliked")
_MOST_SHOWN = 20
_LONGEST_SENTENCE = 600
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]?\s+(?=[A-Z$\"“(\[])")


@dataclass(frozen=True)
class CitingPaper:
    """A paper that cites another; `sentence` stands at characters `start` to `end` of its text, or is empty."""

    paper_id: str
    title: str
    standing: Standing
    version: int | None = None
    sentence: str = ""
    start: int = 0
    end: int = 0


def citing_papers(mine: Components, bibliographies: Bibliographies, paper: Paper) -> list[CitingPaper]:
    """The papers that cite this one among those that the person liked, saved, read or disliked, in this order."""
    standings = standings_of(mine.ratings)
    linked = {link.paper_id for link in mine.records.links(paper.paper_id) if link.type == "cites"}
    title = TitleIndex([paper])
    numbers: dict[str, tuple[Bibliography | None, str]] = {}
    for other in standings:
        key = _key_in(bibliographies.of(other), paper.paper_id, title) if other != paper.paper_id else None
        if key is not None:
            numbers[other] = (bibliographies.of(other), key)
        elif other in linked and other != paper.paper_id:
            numbers[other] = (None, "")
    papers = mine.records.papers(numbers)
    ordered = sorted(numbers, key=lambda other: (_READ.index(standings[other]), other))
    return [
        _citing(mine.records, papers.get(other), other, standings[other], *numbers[other])
        for other in ordered[:_MOST_SHOWN]
    ]


def _key_in(bibliography: Bibliography | None, paper_id: str, title: TitleIndex) -> str | None:
    """What a text cites a paper by; None where it does not, empty where the key is not known."""
    for entry in bibliography.entries if bibliography else ():
        if entry.arxiv_id == paper_id or (entry.arxiv_id is None and title.find(entry.words)):
            return entry.key
    return None


def _citing(
    records: Records, paper: Paper | None, paper_id: str, standing: Standing, listed: Bibliography | None, key: str
) -> CitingPaper:
    name = paper.title if paper and paper.title else paper_label(paper_id)
    markdown = records.documents.markdown(paper_id, listed.version) if listed and key else None
    place = citing_sentence(markdown, key) if markdown else None
    if listed is None or markdown is None or place is None:
        return CitingPaper(paper_id, name, standing)
    return CitingPaper(paper_id, name, standing, listed.version, markdown[slice(*place)], *place)


def citing_sentence(markdown: str, key: str) -> tuple[int, int] | None:
    """Where the first sentence stands that cites by a key; None where there is none, or it is no sentence."""
    found = re.search(rf"@\{{?{re.escape(key)}(?![\w-])", markdown)
    if found is None:
        return None
    start = markdown.rfind("\n\n", 0, found.start()) + 2 if "\n\n" in markdown[: found.start()] else 0
    end = markdown.find("\n\n", found.end())
    paragraph_end = end if end >= 0 else len(markdown)
    for gap in _SENTENCE_END.finditer(markdown, start, paragraph_end):
        if gap.end() <= found.start():
            start = gap.end()
        elif gap.start() >= found.end():
            paragraph_end = gap.start()
            break
    return (start, paragraph_end) if paragraph_end - start <= _LONGEST_SENTENCE else None
