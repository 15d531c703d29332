"""The papers linked to one, as the bus and the command line tell them."""

from collections.abc import Iterable, Mapping

from shared.contracts import Related, RelatedPaper, RelatedReply
from shared.relations import SeenLink, seen_from
from shared.store.files.data_folder import DataFolder
from shared.store.papers.links import LinkStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.summaries import SummaryStore


class RelatedPapers:
    """Links with the titles of the papers at their other end."""

    def __init__(self, links: LinkStore, summaries: SummaryStore, metadata: MetadataStore) -> None:
        self._links = links
        self._summaries = summaries
        self._metadata = metadata

    @classmethod
    def of(cls, data: DataFolder) -> "RelatedPapers":
        """From the files of a data folder."""
        return cls(LinkStore(data), SummaryStore(data), MetadataStore(data))

    def answer(self, request: Related) -> RelatedReply:
        """Surest links first; each paper once and only if it was read, unless everything is asked."""
        seen = seen_from(request.paper_id, self._links.of(request.paper_id))
        read = set(self._summaries.get_many({link.other_id for link in seen}))
        if not request.everything:
            seen = _once_a_paper(link for link in seen if link.other_id in read)
        seen = seen[: request.limit]
        papers = self._metadata.get({link.other_id for link in seen})
        return RelatedReply(papers=tuple(_told(link, papers, is_read=link.other_id in read) for link in seen))


def _once_a_paper(links: Iterable[SeenLink]) -> list[SeenLink]:
    best: dict[str, SeenLink] = {}
    for link in links:
        best.setdefault(link.other_id, link)
    return list(best.values())


def _told(link: SeenLink, papers: Mapping[str, Paper], *, is_read: bool) -> RelatedPaper:
    title = " ".join(papers[link.other_id].title.split()) if link.other_id in papers else ""
    return RelatedPaper(
        paper_id=link.other_id,
        type=link.words if link.direction == "incoming" else link.relation,
        score=link.score,
        evidence=link.evidence,
        relation=link.relation,
        direction=link.direction,
        confidence=link.confidence,
        quote=link.quote.text if link.quote else "",
        other_quote=link.other_quote.text if link.other_quote else "",
        title=title,
        is_read=is_read,
    )
