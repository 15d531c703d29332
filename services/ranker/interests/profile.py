"""A user's interests: gathers the evidence, finds the facets, keeps the wishes about them."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np

from services.ranker.interests.directions import FacetDirection, direction_of
from services.ranker.interests.evidence import Evidence, Item, Said, split_abstract
from services.ranker.interests.facets import FEWEST_LIKES, Facet, find_facets
from services.ranker.interests.populations import FEWEST_READ_LIKES, FEWEST_READ_OTHERS, read_likes
from services.ranker.interests.saved_facets import KeptInterests
from shared.contracts import FacetWish, FacetWishReply, InterestFacet, InterestsReply, Wish
from shared.errors import PermanentFailure
from shared.store.facet_preferences import FacetWishStore, StoredWish
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.preferences import RatingStore
from shared.store.summaries import Summary, SummaryStore
from shared.store.tags import TagStore
from shared.store.vectors.embeddings import Matrix, VectorStore

SAMPLE = 3_000
_MOST_LIKES = 2_000
_MOST_READ = 3_000
_SHOWN_PAPERS = 100
_SAME_FACET = 0.5
_GREW = 500


class InterestProfile:
    """Reads everything; writes only wishes. Blocks; safe to use from several threads, with stores of its own."""

    def __init__(
        self,
        vectors: VectorStore,
        metadata: MetadataStore,
        ratings: RatingStore,
        summaries: SummaryStore,
        tags: TagStore,
        wishes: FacetWishStore,
        clock: Callable[[], datetime],
        kept: KeptInterests | None = None,
    ) -> None:
        self._kept = kept
        self._vectors, self._metadata, self._ratings = vectors, metadata, ratings
        self._summaries, self._tags, self._wishes, self._clock = summaries, tags, wishes, clock
        self._turn = threading.Lock()
        self._known: dict[str, tuple[tuple[object, ...], InterestsReply]] = {}
        self._directions: dict[str, tuple[tuple[object, ...], list[FacetDirection]]] = {}

    def current(self, user: str) -> InterestsReply:
        """The user's facets with their wishes; found again where ratings, summaries or many vectors came."""
        with self._turn:
            grown = self._vectors.count() // _GREW
            stamp = (self._ratings.fingerprint(), grown, self._summaries.fingerprint(), self._vectors.recipe)
            known = self._known.get(user)
            if known is None or known[0] != stamp:
                known = self._known[user] = (stamp, self._kept_or_found(user, stamp))
            return _with_wishes(known[1], self._wishes.all(user))

    def wish(self, request: FacetWish) -> FacetWishReply:
        """Store a wish about a facet, by its key or its name. Raises PermanentFailure where there is none such."""
        facets = self.current(request.user).facets
        said = request.key.casefold()
        chosen = next((one for one in facets if said in (one.key, one.name.casefold())), None)
        standing = next((one for one in self._wishes.all(request.user) if said in (one.key, one.name.casefold())), None)
        if chosen is None and standing is None:
            known = "; ".join(f"{one.key} ({one.name})" for one in facets) or "none yet"
            raise PermanentFailure(f"There is no facet {request.key!r}; there are: {known}.")
        earlier = standing or _wish_about(chosen, self._wishes.all(request.user)) if chosen else standing
        key = earlier.key if earlier else chosen.key if chosen else request.key
        name = chosen.name if chosen else earlier.name if earlier else request.key
        paper_ids = chosen.paper_ids if chosen else earlier.paper_ids if earlier else ()
        self._wishes.put(
            StoredWish(
                user=request.user, key=key, name=name, wish=request.wish, paper_ids=paper_ids, said_at=self._clock()
            )
        )
        return FacetWishReply(key=key, name=name, wish=request.wish)

    def directions(self, user: str) -> list[FacetDirection]:
        """What the user's wishes mean for scores; empty where there are none."""
        wishes = self._wishes.all(user)
        if not wishes:
            return []
        with self._turn:
            stamp = (self._wishes.fingerprint(), self._vectors.count() // _GREW)
            known = self._directions.get(user)
            if known is None or known[0] != stamp:
                known = self._directions[user] = (stamp, self._directed(wishes))
            return known[1]

    def _directed(self, wishes: Sequence[StoredWish]) -> list[FacetDirection]:
        papers = {paper_id for one in wishes for paper_id in one.paper_ids}
        sample = self._vectors.get(self._sampled(papers)).matrix
        members = [(self._vectors.get(one.paper_ids).matrix, one) for one in wishes]
        return [
            direction_of(matrix, sample, one.wish, one.name) for matrix, one in members if len(matrix) and len(sample)
        ]

    def _kept_or_found(self, user: str, stamp: tuple[object, ...]) -> InterestsReply:
        kept = self._kept.get(user, stamp) if self._kept else None
        found = kept or self._found(user)
        if self._kept and kept is None:
            self._kept.put(user, stamp, found)
        return found

    def _found(self, user: str) -> InterestsReply:
        evidence = self._evidence(user)
        facets = tuple(_as_message(one, evidence) for one in find_facets(evidence))
        read = len(read_likes(evidence))
        notes = ["" if facets else _why_none(evidence), _why_unread(evidence, read)]
        return InterestsReply(
            facets=facets,
            likes=evidence.likes,
            sample=evidence.others,
            note=" ".join(filter(None, notes)),
            read_likes=read,
            read_others=len(evidence.read),
        )

    def _evidence(self, user: str) -> Evidence:
        ratings = self._ratings.current(user)
        liked = [name for name, rating in ratings.items() if rating.label == "like"][-_MOST_LIKES:]
        likes = self._vectors.get(liked)
        sample = self._vectors.get(self._sampled(set(ratings)) if len(likes.ids) >= FEWEST_LIKES else ())
        papers = self._metadata.get([*likes.ids, *sample.ids])
        summaries = self._summaries.get_many(likes.ids)
        labels = {slug: tag.label for slug, tag in self._tags.index().tags.items()}
        items: list[Item] = []
        rows: list[Matrix] = []
        months = {name: f"{ratings[name].occurred_at:%Y-%m}" for name in likes.ids}
        known = 0
        for paper_id, vector in [*zip(*likes, strict=True), *zip(*sample, strict=True)]:
            if paper_id in papers:
                items.append(_item(papers[paper_id], months.get(paper_id, ""), summaries.get(paper_id), labels))
                rows.append(vector)
                known += paper_id in months
        matrix = np.array(rows, dtype=np.float32) if rows else np.empty((0, 0), np.float32)
        return Evidence(items, matrix, known, self._read(set(liked), labels))

    def _read(self, liked: set[str], labels: Mapping[str, str]) -> list[Item]:
        """The papers that have a summary and are not liked, the latest read."""
        others = sorted(
            (one for one in self._summaries.all() if one.paper_id not in liked), key=lambda one: one.made_at
        )
        summaries = {one.paper_id: one for one in others[-_MOST_READ:]}
        papers = self._metadata.get(summaries)
        return [_item(papers[name], "", summary, labels) for name, summary in summaries.items() if name in papers]

    def _sampled(self, without: set[str]) -> list[str]:
        """Papers drawn evenly from all with a vector, the same ones until many more have come."""
        by_year = [ids for year in self._vectors.years() if (ids := self._vectors.ids(year))]
        total = sum(map(len, by_year))
        rng = np.random.default_rng(total // _GREW)
        drawn = np.sort(rng.choice(total, min(total, SAMPLE + len(without)), replace=False)).tolist() if total else []
        chosen = _at(by_year, drawn)
        left = [one for one in chosen if one not in without]
        return left if len(left) <= SAMPLE else [left[row] for row in np.sort(rng.permutation(len(left))[:SAMPLE])]


def _item(paper: Paper, month: str, summary: Summary | None, labels: Mapping[str, str]) -> Item:
    problem, method = split_abstract(paper.abstract)
    return Item(
        paper_id=paper.paper_id,
        title=paper.title,
        abstract=paper.abstract,
        category=paper.primary_category,
        month=month,
        problem=problem,
        method=method,
        said=_said(summary, labels) if summary else None,
    )


def _said(summary: Summary, labels: Mapping[str, str]) -> Said:
    fields = {value.name: value.text for value in summary.fields}
    tags = tuple(labels.get(tag, tag) for tag in summary.tags)
    return Said(fields.get("problem", ""), fields.get("method", ""), tags)


def _at(lists: Sequence[Sequence[str]], positions: Iterable[int]) -> list[str]:
    """The entries at sorted positions of several lists end to end."""
    chosen: list[str] = []
    start, number = 0, 0
    for position in positions:
        while position - start >= len(lists[number]):
            start += len(lists[number])
            number += 1
        chosen.append(lists[number][position - start])
    return chosen


def _as_message(facet: Facet, evidence: Evidence) -> InterestFacet:
    lift, low, high = facet.lift
    return InterestFacet.model_validate(
        {
            "key": facet.key,
            "name": facet.name,
            "paper_ids": tuple(evidence.items[row].paper_id for row in facet.rows)[-_SHOWN_PAPERS:],
            "share": facet.share,
            "lift": lift,
            "lift_low": low,
            "lift_high": high,
            "lift_within": facet.lift_within,
            "doubt": facet.doubt,
            "categories": facet.categories,
            "crosses": facet.crosses,
            "named_by": facet.named_by,
            "side": facet.side,
            "problem": facet.problem,
            "method": facet.method,
            "tags": facet.tags,
            "trend": facet.trend,
            "direction": facet.direction,
            "found_in": facet.found_in,
            "against": facet.against,
        }
    )


def _with_wishes(reply: InterestsReply, wishes: Sequence[StoredWish]) -> InterestsReply:
    facets = []
    for facet in reply.facets:
        known = _wish_about(facet, wishes)
        wish: Wish = known.wish if known else "clear"
        facets.append(facet.model_copy(update={"wish": wish, "key": known.key if known else facet.key}))
    return reply.model_copy(update={"facets": tuple(facets)})


def _wish_about(facet: InterestFacet, wishes: Sequence[StoredWish]) -> StoredWish | None:
    """The wish whose papers are this facet's too."""
    papers = set(facet.paper_ids)
    shares = [(len(papers & set(one.paper_ids)) / max(1, min(len(papers), len(one.paper_ids))), one) for one in wishes]
    share, best = max(shares, key=lambda pair: pair[0], default=(0.0, None))
    return best if share >= _SAME_FACET else None


def _why_unread(evidence: Evidence, read: int) -> str:
    """Why summaries found nothing, where there are too few; nothing is said of it where likes are too few anyway."""
    enough = read >= FEWEST_READ_LIKES and len(evidence.read) >= FEWEST_READ_OTHERS
    if enough or evidence.likes < FEWEST_LIKES:
        return ""
    return (
        f"Tags and fields of summaries were not asked: {read} of your likes and {len(evidence.read)} other papers "
        f"were read; {FEWEST_READ_LIKES} and {FEWEST_READ_OTHERS} are needed."
    )


def _why_none(evidence: Evidence) -> str:
    if evidence.likes < FEWEST_LIKES:
        papers = "1 paper that has a vector" if evidence.likes == 1 else f"{evidence.likes} papers that have a vector"
        return (
            f"Not enough yet: you like {papers}, and interests need {FEWEST_LIKES}. Like more papers, then look again."
        )
    if evidence.others < 10 * FEWEST_LIKES:
        return f"Not enough papers to compare your {evidence.likes} likes with: only {evidence.others} have a vector."
    return (
        f"Nothing in your {evidence.likes} likes stands out for certain against {evidence.others} papers "
        "drawn at random. More likes may show it."
    )
