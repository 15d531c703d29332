"""The nightly sweep over the index: which tags to merge, split, file under a broader one, or retire.

It proposes; only what is sure is carried out, and only where the settings say so. What a decision in force says
already, or somebody undid, is never proposed again, so a second sweep of the same index finds nothing new.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.summarizer.tags.generic_words import fits_any_paper
from services.summarizer.tags.matching.clustering import Encode
from services.summarizer.tags.matching.guards import must_differ
from services.summarizer.tags.nearest import TagMatcher
from services.summarizer.vectors import Matrix
from shared.category_facets import categories_named
from shared.store.files.jsonlines import dump_line
from shared.store.tagging.tag_decisions import TagDecision, TagProposal
from shared.store.tagging.tag_index import Tag, TagIndex
from shared.store.tagging.tags import TagStore
from shared.text.tag_words import tag_words

_LEAST_COSINE = 0.75
_SURE_MARGIN = 0.02
_FEWEST_SPLIT, _LEAST_ALIAS_COSINE = 2, 0.35
_RETIRED_AFTER = timedelta(days=365)


@dataclass(frozen=True)
class Swept:
    """What a sweep proposes now, and how much of it was carried out."""

    proposals: list[TagProposal]
    applied: int


class Sweeper:
    """Reads the index, and writes `tags/proposals.jsonl`: the proposals that stand after the last sweep."""

    def __init__(self, tags: TagStore, clock: Callable[[], datetime]) -> None:
        self._tags = tags
        self._clock = clock

    def sweep(self, encode: Encode, *, apply_sure: bool = False) -> Swept:
        """`encode` gives a unit row a text (n x d). Raises TemporaryFailure."""
        index = self._tags.index()
        proposals = propose(index, self._tags.decisions(), encode, self._clock())
        applied = self._apply([one for one in proposals if one.sure]) if apply_sure else 0
        self._tags.write_proposals("".join(map(dump_line, proposals)))
        return Swept(proposals, applied)

    def _apply(self, proposals: Sequence[TagProposal]) -> int:
        decisions = [_decision(one) for one in proposals if one.what in ("merge", "parent", "retire")]
        if decisions:
            self._tags.add((), decisions)
        return len(decisions)


def propose(index: TagIndex, decisions: Sequence[TagDecision], encode: Encode, at: datetime) -> list[TagProposal]:
    """All proposals, merges first. Pairs that were ever merged, filed or kept apart are left alone."""
    tags = {slug: tag for slug, tag in index.tags.items() if tag.status in ("canonical", "waiting") and tag.papers}
    decided = {frozenset((one.slug, one.into)) for one in decisions if one.action in ("merge", "parent", "keep_apart")}
    woken = {one.slug for one in decisions if one.action == "accept" and one.how == "user"}
    labels = [tag.label for tag in tags.values()]
    found: dict[tuple[str, str, str, str], TagProposal] = {}
    if labels:
        rows = encode(labels)
        vectors = {slug: rows[row] for row, slug in enumerate(tags)}
        for proposal in (*_merges(TagMatcher(index, vectors), tags, vectors, at), *_parents(tags, at)):
            if frozenset((proposal.slug, proposal.into)) not in decided:
                found.setdefault(proposal.key, proposal)
        for proposal in (*_splits(tags, vectors, encode, at), *_retirements(tags, woken, at)):
            found.setdefault(proposal.key, proposal)
    return list(found.values())


def _merges(
    matcher: TagMatcher, tags: dict[str, Tag], vectors: dict[str, Matrix], at: datetime
) -> Iterator[TagProposal]:
    for slug, tag in tags.items():
        for other, needed in matcher.near(slug, vectors[slug], _LEAST_COSINE):
            source, target = sorted((tag, tags[other.slug]), key=_by_use) if other.slug in tags else (tag, tag)
            if source is target or source.slug != slug or other.cosine < needed - _SURE_MARGIN:
                continue
            sure = other.cosine >= needed + _SURE_MARGIN
            why = f"near in meaning and spelling, {other.cosine:.2f}"
            yield TagProposal(
                what="merge",
                slug=source.slug,
                into=target.slug,
                score=round(other.cosine, 4),
                sure=sure,
                why=why,
                made_at=at,
            )


def _parents(tags: dict[str, Tag], at: datetime) -> Iterator[TagProposal]:
    """`graph neural network` belongs under `neural network`: a tag whose last words are another tag."""
    by_words = {tag_words(tag.label): slug for slug, tag in tags.items()}
    for slug, tag in tags.items():
        words = tag_words(tag.label)
        for start in range(1, len(words)):
            parent = by_words.get(words[start:])
            if parent and parent != slug and parent not in tag.parents and len(tags[parent].papers) >= len(tag.papers):
                yield TagProposal(
                    what="parent", slug=slug, into=parent, why="a kind of it, by its last words", made_at=at
                )
                break


def _splits(tags: dict[str, Tag], vectors: dict[str, Matrix], encode: Encode, at: datetime) -> Iterator[TagProposal]:
    """Aliases that mean something else than their tag: a number or an opposite differs, or the vectors are far."""
    pairs = [
        (slug, alias) for slug, tag in tags.items() for alias in tag.aliases if len(tag_words(alias)) >= _FEWEST_SPLIT
    ]
    if not pairs:
        return
    for (slug, alias), row in zip(pairs, encode([alias for _, alias in pairs]), strict=True):
        cosine = float(vectors[slug] @ row)
        differs = must_differ(tag_words(tags[slug].label), tag_words(alias)) and len(tag_words(tags[slug].label)) > 1
        if differs or cosine < _LEAST_ALIAS_COSINE:
            yield TagProposal(
                what="split", slug=slug, phrase=alias, score=round(cosine, 4), why="it means something else", made_at=at
            )


def _retirements(tags: dict[str, Tag], woken: set[str], at: datetime) -> Iterator[TagProposal]:
    for slug, tag in tags.items():
        if slug in woken:
            continue
        if fits_any_paper(tag.label) or categories_named(tag.label):
            why = "it fits any paper" if fits_any_paper(tag.label) else "it is a category"
            yield TagProposal(what="retire", slug=slug, sure=True, why=why, made_at=at)
        elif tag.status == "waiting" and at - tag.made_at > _RETIRED_AFTER:
            yield TagProposal(what="retire", slug=slug, sure=True, why="no second paper in a year", made_at=at)


def _decision(proposal: TagProposal) -> TagDecision:
    facts = proposal.model_dump(include={"slug", "into", "score", "why", "made_at"})
    return TagDecision.model_validate({**facts, "action": proposal.what, "how": "sweep"})


def _by_use(tag: Tag) -> tuple[int, bool, float, str]:
    """Of two, the one to be merged comes first: fewer papers, waiting, younger."""
    return len(tag.papers), tag.status == "canonical", -tag.made_at.timestamp(), tag.slug
