"""What happened since to the papers that an answer cites."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from services.publisher.reading.fulltext.finding import find_words
from services.publisher.records.records import Records
from shared.contracts import Citation
from shared.paper_ids import is_local
from shared.store.papers.metadata import Paper


@dataclass(frozen=True)
class CitedSince:
    """A cited paper that was withdrawn or revised; `gone` are the citations whose words its newer text lacks."""

    paper_id: str
    is_withdrawn: bool = False
    version: int | None = None
    gone: tuple[int, ...] = ()


def cited_since(records: Records, citations: Iterable[Citation]) -> dict[tuple[str, int], CitedSince]:
    """By paper and cited version; papers to which nothing happened, as far as is known here, are left out."""
    grouped: dict[tuple[str, int], list[Citation]] = {}
    for citation in citations:
        if not is_local(citation.paper_id) and not citation.researcher:
            grouped.setdefault((citation.paper_id, citation.version), []).append(citation)
    withdrawn = withdrawn_papers(records, {paper_id for paper_id, _ in grouped})
    found = {
        (paper_id, version): _since(records, paper_id, version, cited, is_withdrawn=paper_id in withdrawn)
        for (paper_id, version), cited in grouped.items()
    }
    return {key: since for key, since in found.items() if since is not None}


def withdrawn_papers(records: Records, paper_ids: Collection[str]) -> set[str]:
    """Those of the papers that their authors withdrew, as arXiv's metadata or its file say."""
    papers = records.papers(paper_ids)
    return {paper_id for paper_id in paper_ids if _is_withdrawn(records, paper_id, papers)}


def answers_on_withdrawn(records: Records) -> set[str]:
    """The traces of the user's answers that cite a withdrawn paper."""
    answers = records.citing_answers()
    withdrawn = withdrawn_papers(records, {paper_id for answer in answers for paper_id, _ in answer.papers})
    return {answer.trace_id for answer in answers if any(paper_id in withdrawn for paper_id, _ in answer.papers)}


def _is_withdrawn(records: Records, paper_id: str, papers: Mapping[str, Paper]) -> bool:
    paper = papers.get(paper_id)
    revision = records.revision(paper_id)
    return bool(paper and paper.withdrawn) or bool(revision and revision.withdrawn_at)


def _since(
    records: Records, paper_id: str, version: int, cited: Iterable[Citation], *, is_withdrawn: bool
) -> CitedSince | None:
    if is_withdrawn:
        return CitedSince(paper_id, is_withdrawn=True)
    revision = records.revision(paper_id)
    newer = revision.to_version if revision else None
    if newer is None or newer <= version:
        return None
    text = records.documents.markdown(paper_id, newer)
    gone = [one.number for one in cited if text is not None and not _stands(one, text)]
    return CitedSince(paper_id, version=newer, gone=tuple(gone))


def _stands(citation: Citation, text: str) -> bool:
    return citation.raw_excerpt in text or find_words(citation.raw_excerpt, text) is not None
