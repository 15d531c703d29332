"""What a paper's own page says of its last new version: changes, quotes that are gone, passages quoted in the note."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.publisher.paper.versions import Versions
from services.publisher.reading.fulltext.finding import find_words
from services.publisher.records.records import Records
from shared.store.papers.revisions import Revision
from shared.store.summaries import Summary
from shared.text.revision_words import counted, quotes_line

_QUOTED = re.compile(r"(?:^[ \t]{0,3}>[^\n]*\n?)+", re.M)
_MARK = re.compile(r"^[ \t]{0,3}>[ \t]?", re.M)
_SHOWN_CHANGES = 12


@dataclass(frozen=True)
class GoneClaim:
    """A claim of the summary of which a quote is gone; `number` counts from 1 in its field, as its anchor does."""

    field: str
    number: int
    text: str


@dataclass(frozen=True)
class NotedPassage:
    """Words that the person's note quotes; without a place they do not stand in the newer text."""

    text: str
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
        text = " ".join(_MARK.sub("", match[0]).split())
        if find_words(text, before):
            yield NotedPassage(text, *(find_words(text, after) or (None, None)))
