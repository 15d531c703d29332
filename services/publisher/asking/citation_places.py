"""Where the words of a citation stand now: a text may have been converted again since the answer was made."""

from dataclasses import dataclass

from services.publisher.pages.templating import paper_path, text_path
from services.publisher.reading.fulltext.finding import find_words
from services.publisher.records.records import Records
from shared.contracts import Citation
from shared.paper_ids import is_local


@dataclass(frozen=True)
class CitationPlace:
    """The page that shows the words, and whether they are found there; without an address nothing is stored here."""

    address: str = ""
    is_found: bool = True


def place_of(records: Records, citation: Citation) -> CitationPlace:
    """The words in the version that was cited, by their place, else by their letters; else in the abstract."""
    markdown = records.documents.markdown(citation.paper_id, citation.version)
    found = _found(markdown, citation) if markdown is not None else None
    if found is not None:
        return CitationPlace(text_path(citation.paper_id, *found, citation.version))
    paper = None if is_local(citation.paper_id) else records.papers([citation.paper_id]).get(citation.paper_id)
    if paper is not None and _stands_in(paper.abstract, citation.raw_excerpt):
        return CitationPlace(f"{paper_path(citation.paper_id)}#abstract")
    if markdown is not None:
        return CitationPlace(text_path(citation.paper_id, version=citation.version), is_found=False)
    return CitationPlace(paper_path(citation.paper_id) if paper is not None else "", is_found=False)


def _stands_in(abstract: str, words: str) -> bool:
    return bool(words) and (" ".join(words.split()) in " ".join(abstract.split()) or bool(find_words(words, abstract)))


def _found(markdown: str, citation: Citation) -> tuple[int, int] | None:
    start, end, words = citation.start, citation.end, citation.raw_excerpt
    if start is not None and end is not None and markdown[start:end] == words:
        return start, end
    exact = markdown.find(words)
    return (exact, exact + len(words)) if words and exact >= 0 else find_words(words, markdown)
