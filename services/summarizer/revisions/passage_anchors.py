"""Passages that a person quoted, sentence by sentence in a newer text, as safely as quotes of summaries are."""

from collections.abc import Iterator

from services.summarizer.revisions.anchors import Anchors
from services.summarizer.revisions.units import sections_of
from shared.contracts import AnchoredPassage, AnchorPassages
from shared.store.papers.documents import DocumentStore


def anchored_passages(documents: DocumentStore, request: AnchorPassages) -> list[AnchoredPassage]:
    """One for each passage of the request. Raises OSError where the text is not stored."""
    markdown = documents.markdown(request.paper_id, request.version)
    anchors = Anchors(markdown, documents.sections(request.paper_id, request.version) or [], "")
    return [anchored_passage(passage, anchors, markdown) for passage in request.passages]


def anchored_passage(passage: str, anchors: Anchors, markdown: str) -> AnchoredPassage:
    """A passage of several sentences stands only where each of them does, one after the other."""
    fate, text, start, end = anchors.look_up(passage)
    if fate != "gone":
        return AnchoredPassage(fate=fate, text=text, start=start, end=end)
    places = [anchors.look_up(sentence) for sentence in _sentences(passage)]
    known = [(start, end) for _, _, start, end in places if start is not None and end is not None]
    if len(places) < 2 or len(known) < len(places) or known != sorted(known):
        return AnchoredPassage(fate="gone")
    first, last = known[0][0], known[-1][1]
    if last - first > 2 * len(passage):
        return AnchoredPassage(fate="gone")
    return AnchoredPassage(fate="reworded", text=markdown[first:last], start=first, end=last)


def _sentences(passage: str) -> Iterator[str]:
    for section in sections_of(passage):
        yield from (unit.text for unit in section.units)
