"""What a paper's own page says of its last new version: changes, quotes that are gone, passages quoted in the note."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from services.publisher.paper.versions import Versions
from services.publisher.reading.fulltext.finding import find_words
from services.publisher.records.records import Records
from shared.bus.bus import Bus
from shared.contracts import AnchoredPassage, AnchorPassages
from shared.errors import RequestFailed
from shared.store.papers.revisions import Revision
from shared.store.papers.summaries import Summary
from shared.text.wording.revisions import counted, quotes_line

_QUOTED = re.compile(r"(?:^[ \t]{0,3}>[^\n]*\n?)+", re.M)
_MARK = re.compile(r"^[ \t]{0,3}>[ \t]?", re.M)
_FROM = re.compile(r"\n\s*— [^\n]*\s*\Z")
"""The line below a passage that says where it stands."""
_SHOWN_CHANGES = 12
_MOST_PASSAGES, _MOST_CHARACTERS = 50, 8_000


@dataclass(frozen=True)
class GoneClaim:
    """A claim of the summary of which a quote is gone; `number` counts from 1 in its field, as its anchor does."""

    field: str
    number: int
    text: str


@dataclass(frozen=True)
class NotedPassage:
    """Words that the person's note quotes; without a place they do not stand in the newer text.

    `now` are the words that they became, where they differ.
    """

    text: str
    now: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class PaperRevision:
    """`is_behind`: the summary is of an older version, so what became of its quotes matters. `has_both`: both texts
    are stored, and can be laid side by side."""

    revision: Revision
    is_behind: bool
    has_both: bool
    claims: tuple[GoneClaim, ...]
    passages: tuple[NotedPassage, ...]

    @property
    def compared(self) -> str:
        """What changed, in a sentence."""
        if self.revision.problem:
            return self.revision.problem
        changes = counted(self.revision.counts) or "nothing that it says has changed"
        return f"Compared with v{self.revision.from_version}: {changes}."

    @property
    def quotes(self) -> str:
        return quotes_line(self.revision.quotes) if self.is_behind else ""

    @property
    def most_changes(self) -> int:
        """So many changes are shown of a section."""
        return _SHOWN_CHANGES

    @property
    def gone(self) -> frozenset[tuple[str, int]]:
        """The claims of which a quote is gone, each as its field and its number from 1."""
        return frozenset((claim.field, claim.number) for claim in self.claims)


def paper_revision(
    records: Records, paper_id: str, summary: Summary | None, versions: Versions, note: str
) -> PaperRevision | None:
    """None where no new version was looked at, and nothing was withdrawn."""
    revision = records.revision(paper_id)
    if revision is None or revision.found_at is None:
        return None
    is_behind = versions.summarised is not None and versions.summarised < (revision.to_version or 0)
    stored = records.documents.text_versions(paper_id)
    return PaperRevision(
        revision=revision,
        is_behind=is_behind,
        has_both=revision.from_version in stored and revision.to_version in stored,
        claims=tuple(_gone_claims(revision, summary)) if summary and is_behind else (),
        passages=tuple(_passages(records, revision, note)),
    )


def _gone_claims(revision: Revision, summary: Summary) -> Iterator[GoneClaim]:
    fields = {field.name: field.claims for field in summary.fields}
    for field, claim in dict.fromkeys((quote.field, quote.claim) for quote in revision.gone):
        claims = fields.get(field, ())
        if claim < len(claims):
            yield GoneClaim(field, claim + 1, claims[claim].text)


def _passages(records: Records, revision: Revision, note: str) -> Iterator[NotedPassage]:
    """Passages of the note that stand in the older text, looked up in the newer one."""
    if revision.from_version is None or revision.to_version is None or ">" not in note:
        return
    before = records.documents.markdown(revision.paper_id, revision.from_version)
    after = records.documents.markdown(revision.paper_id, revision.to_version)
    if before is None or after is None:
        return
    for match in _QUOTED.finditer(note):
        text = " ".join(_FROM.sub("", _MARK.sub("", match[0])).split())
        if find_words(text, before):
            start, end = find_words(text, after) or (None, None)
            yield NotedPassage(text, start=start, end=end)


async def with_reworded(page: PaperRevision | None, bus: Bus) -> PaperRevision | None:
    """The passages that do not stand there word by word, as the sentences that they became.

    They are looked up as quotes of summaries are. Where nobody answers, they count as gone.
    """
    gone = [passage for passage in page.passages if passage.start is None][:_MOST_PASSAGES] if page else []
    if page is None or not gone or page.revision.to_version is None:
        return page
    texts = tuple(passage.text[:_MOST_CHARACTERS] for passage in gone)
    try:
        reply = await bus.ask(
            AnchorPassages(paper_id=page.revision.paper_id, version=page.revision.to_version, passages=texts)
        )
    except RequestFailed:
        return page
    became = dict(zip(gone, reply.passages, strict=False))
    return replace(page, passages=tuple(_as_found(passage, became.get(passage)) for passage in page.passages))


def _as_found(passage: NotedPassage, found: AnchoredPassage | None) -> NotedPassage:
    if found is None or found.start is None:
        return passage
    return NotedPassage(passage.text, found.text if found.fate == "reworded" else "", found.start, found.end)
