"""Keywords of an older system as tags of the canonical index: its tree, and those that it gave to papers.

A keyword that means a tag of the index is an alias of it; what means none becomes a tag, which waits where one paper
alone has it. Keywords that mean the same are brought together first, so that no two become two tags.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from services.summarizer.tags.generic_words import fits_any_paper
from services.summarizer.tags.matching.clustering import Encode, best_name, cluster
from services.summarizer.tags.nearest import Meaning, TagMatcher
from services.summarizer.tags.seed_tags import seed_tags
from shared.category_facets import categories_named
from shared.store.files.data_folder import DataFolder
from shared.store.tagging.tag_decisions import TagDecision
from shared.store.tagging.tag_index import Tag, TagIndex, index_of
from shared.store.tagging.tags import TagStore, new_slug

_LEAST_COSINE = 0.7
_WHY = "keyword of an older system"


def take_keywords(
    data: DataFolder,
    tree: Sequence[tuple[str, str]],
    keywords: Mapping[str, Sequence[str]],
    encode: Encode,
    at: datetime,
    *,
    dry_run: bool = False,
) -> tuple[list[str], dict[str, bool]]:
    """Take over a tree (pairs of a keyword and the topic above it), then the keywords of papers (by id).

    Returns the keywords of the tree that are no tags (they fit any paper, name a category or were rejected), and for
    each keyword of papers that is a tag whether it counts already. The same again changes nothing. Raises
    TemporaryFailure.
    """
    index = _Index(data, at, dry_run=dry_run)
    names = list(dict.fromkeys(name for name, _ in tree if _may_be_tag(name, index.now)))
    if names:
        placing = _Placing(index.now, dict.fromkeys(names), encode, at, how="user")
        for name in names:
            placing.place(name, waits=False, paper_id=None)
        index.add(placing.decisions)
        index.add(_parents(tree, index.now, at))
    slugs = _tag_papers(index, keywords, encode, at)
    counts = {phrase: slug in index.now.canonical_tags for phrase, slug in slugs.items()}
    return [name for name in dict(tree) if index.now.canonical(name) is None], counts


def _tag_papers(
    index: "_Index", keywords: Mapping[str, Sequence[str]], encode: Encode, at: datetime
) -> Mapping[str, str]:
    papers: dict[str, list[str]] = defaultdict(list)
    for paper_id, phrases in keywords.items():
        for phrase in dict.fromkeys(phrases):
            if _may_be_tag(phrase, index.now):
                papers[phrase].append(paper_id)
    placing = _Placing(index.now, {phrase: len(ids) for phrase, ids in papers.items()}, encode, at, how="new")
    for phrase, ids in papers.items():
        for paper_id in ids:
            placing.place(phrase, waits=True, paper_id=paper_id)
    index.add(placing.decisions)
    return placing.slugs


class _Index:
    """The index of tags as decisions are added; in a dry run in memory alone."""

    def __init__(self, data: DataFolder, at: datetime, *, dry_run: bool) -> None:
        self._tags, self._dry_run = TagStore(data), dry_run
        self._decisions = self._tags.decisions()
        self.now = self._tags.index()
        self._seeds: list[Tag] = []
        if not any(tag.made_by == "seed" for tag in self.now.tags.values()):
            self._seeds = seed_tags(at)
            self.now = index_of(self._decisions, self._seeds) if dry_run else self._tags.add(self._seeds)

    def add(self, decisions: Sequence[TagDecision]) -> None:
        if not self._dry_run:
            self.now = self._tags.add((), decisions)
            return
        self._decisions += decisions
        self.now = index_of(self._decisions, self._seeds)


class _Placing:
    """Decides where keywords belong. `counts` is how many papers have each."""

    def __init__(
        self, index: TagIndex, counts: Mapping[str, int | None], encode: Encode, at: datetime, *, how: str
    ) -> None:
        self._index, self._at, self._how = index, at, how
        self.slugs: dict[str, str] = {}
        self.decisions: list[TagDecision] = []
        self._new: dict[str, set[str]] = {}
        self._accepted: set[str] = set()
        phrases = list(counts)
        self._meanings = _meanings(index, phrases, encode) if phrases else {}
        self._names = _names(phrases, Counter({phrase: count or 1 for phrase, count in counts.items()}), encode)

    def place(self, phrase: str, *, waits: bool, paper_id: str | None) -> None:
        """A keyword, of a paper or of none."""
        meaning = self._meaning(phrase)
        if meaning.slug is None:
            self._place_new(phrase, waits=waits, paper_id=paper_id)
            return
        self.slugs[phrase] = meaning.slug
        self._decide("map", meaning.slug, phrase, paper_id, how=meaning.how, score=meaning.score, why=meaning.why)
        self._accept_second(meaning.slug, paper_id)

    def _meaning(self, phrase: str) -> Meaning:
        """What the keyword means, or another one of the same meaning."""
        alike = (self._meanings[other] for other in (phrase, self._names[phrase]))
        return next((meaning for meaning in alike if meaning.slug is not None), Meaning())

    def _place_new(self, phrase: str, *, waits: bool, paper_id: str | None) -> None:
        name = self._names[phrase]
        slug = self.slugs.get(name) or new_slug(name, self._index.tags, self._new)
        if not slug:
            return
        self.slugs[name] = self.slugs[phrase] = slug
        if slug not in self._new:
            self._new[slug] = set()
            self._decide("propose" if waits else "create", slug, name, paper_id, how=self._how, why=_WHY)
        if paper_id or phrase != name:
            self._decide("map", slug, phrase, paper_id, how=self._how, why=_WHY)
        self._accept_second(slug, paper_id)

    def _accept_second(self, slug: str, paper_id: str | None) -> None:
        """A tag that waits counts from its second paper on."""
        tag = self._index.tags.get(slug)
        if paper_id is None or slug in self._accepted or (tag is not None and tag.status != "waiting"):
            return
        papers = self._new.setdefault(slug, set(tag.papers) if tag is not None else set())
        papers.add(paper_id)
        if len(papers) > 1:
            self._accepted.add(slug)
            self._decide("accept", slug, "", paper_id, how="second paper", why=f"also in {min(papers - {paper_id})}")

    def _decide(self, action: str, slug: str, phrase: str, paper_id: str | None, **facts: object) -> None:
        made = {"action": action, "slug": slug, "phrase": phrase, "paper_id": paper_id, "made_at": self._at, **facts}
        self.decisions.append(TagDecision.model_validate(made))


def _meanings(index: TagIndex, phrases: Sequence[str], encode: Encode) -> dict[str, Meaning]:
    standing = [tag for tag in index.tags.values() if tag.status in ("canonical", "waiting")]
    vectors = encode([*phrases, *(tag.label for tag in standing)])
    of_tags = {tag.slug: vectors[len(phrases) + row] for row, tag in enumerate(standing)}
    matcher = TagMatcher(index, of_tags)
    return {phrase: matcher.meaning(phrase, vectors[row], _LEAST_COSINE) for row, phrase in enumerate(phrases)}


def _names(phrases: Sequence[str], counts: Counter[str], encode: Encode) -> dict[str, str]:
    """For each keyword the best name of those that mean the same."""
    groups: dict[int, Counter[str]] = defaultdict(Counter)
    numbers = cluster(phrases, encode) if phrases else []
    for phrase, number in zip(phrases, numbers, strict=True):
        groups[number][phrase] = counts[phrase]
    best = {number: best_name(names) for number, names in groups.items()}
    return {phrase: best[number] for phrase, number in zip(phrases, numbers, strict=True)}


def _parents(keywords: Sequence[tuple[str, str]], index: TagIndex, at: datetime) -> list[TagDecision]:
    """What files a keyword under its topic, where that is not so already and would make no circle."""
    made: dict[tuple[str, str], TagDecision] = {}
    above = {slug: set(tag.parents) for slug, tag in index.tags.items()}
    for name, parent in keywords:
        slug, into = index.canonical(name), index.canonical(parent) if parent else None
        if slug is None or into is None or into in above[slug] or slug in _all_above(into, above) | {into}:
            continue
        above[slug].add(into)
        facts = {"action": "parent", "slug": slug, "into": into, "how": "user", "why": _WHY, "made_at": at}
        made[slug, into] = TagDecision.model_validate(facts)
    return list(made.values())


def _all_above(slug: str, above: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [slug]
    while waiting:
        fresh = above.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found


def _may_be_tag(phrase: str, index: TagIndex) -> bool:
    return not (fits_any_paper(phrase) or categories_named(phrase) or index.is_rejected(phrase))
