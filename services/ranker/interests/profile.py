"""A user's interests: gathers the evidence, finds the facets, stores preferences about them."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from services.ranker.facets.pauses import changed, uncounted_likes
from services.ranker.interests.continuity import SAME_FACET, continued, shared_papers
from services.ranker.interests.directions import FacetDirection, direction_of, pause_in_words
from services.ranker.interests.evidence import Evidence, Item, SummaryText, split_abstract
from services.ranker.interests.facets import FEWEST_LIKES, Facet, find_facets
from services.ranker.interests.populations import FEWEST_READ_LIKES, FEWEST_READ_OTHERS, read_likes
from services.ranker.interests.saved_facets import SavedFacets
from shared.contracts import (
    ChangeFacet,
    ChangeFacetReply,
    InterestFacet,
    InterestsReply,
    SetFacetPreference,
    SetFacetPreferenceReply,
)
from shared.errors import PermanentFailure
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.people.facet_preferences import FacetPreferenceStore, StoredFacetPreference
from shared.store.people.preferences import RatingStore
from shared.store.summaries import Summary, SummaryStore
from shared.store.tagging.tags import TagIndex, TagStore
from shared.store.vectors.embeddings import Matrix, VectorStore

SAMPLE = 3_000
_MOST_LIKES = 2_000
_MOST_READ = 3_000
_GREW = 500


@dataclass(frozen=True)
class InterestStores:
    """What interests are found from, and where preferences are kept."""

    vectors: VectorStore
    metadata: MetadataStore
    ratings: RatingStore
    summaries: SummaryStore
    tags: TagStore
    preferences: FacetPreferenceStore


class InterestProfile:
    """Reads everything; writes only preferences. Blocks; safe to use from several threads, with stores of its own."""

    def __init__(
        self,
        stores: InterestStores,
        clock: Callable[[], datetime],
        saved: SavedFacets | None = None,
        about_signals: Callable[[str], str] = lambda user: "",
    ) -> None:
        self._about_signals = about_signals
        self._vectors, self._metadata, self._ratings = stores.vectors, stores.metadata, stores.ratings
        self._summaries, self._tags, self._preferences = stores.summaries, stores.tags, stores.preferences
        self._clock, self._saved = clock, saved
        self._turn = threading.Lock()
        self._known: dict[str, tuple[tuple[object, ...], InterestsReply]] = {}
        self._directions: dict[str, tuple[tuple[object, ...], list[FacetDirection]]] = {}

    def current(self, user: str) -> InterestsReply:
        """The user's facets and preferences; computed again where ratings, summaries or many vectors came."""
        with self._turn:
            grown = self._vectors.count() // _GREW
            read = (self._summaries.fingerprint(), self._tags.stamps())
            stamp = (self._ratings.fingerprint(user), grown, read, self._vectors.recipe)
            cached = self._known.get(user)
            if cached is None or cached[0] != stamp:
                cached = self._known[user] = (stamp, self._saved_or_computed(user, stamp))
            reply = _with_preferences(cached[1], self._preferences.all(user), self._clock())
            return reply.model_copy(update={"signals": self._about_signals(user)})

    def set_preference(self, request: SetFacetPreference) -> SetFacetPreferenceReply:
        """Boost or mute a facet, named by key or name, or neither. Raises PermanentFailure for an unknown one."""
        stored = self._stored_about(request.user, request.key)
        self._preferences.put(stored.model_copy(update={"preference": request.preference, "set_at": self._clock()}))
        return SetFacetPreferenceReply(key=stored.key, name=stored.name, preference=request.preference)

    def change(self, request: ChangeFacet) -> ChangeFacetReply:
        """Pause, resume or reset a facet, named by key or name. Raises PermanentFailure for an unknown one, and for a
        pause that would be over."""
        moment = self._clock()
        stored = changed(self._stored_about(request.user, request.key), request, moment)
        self._preferences.put(stored)
        return ChangeFacetReply(
            key=stored.key,
            name=stored.name,
            paused=stored.is_paused(moment),
            paused_until=stored.paused_until,
            reset_at=stored.reset_at,
            likes=len(uncounted_likes([stored], self._ratings.current(request.user), moment)),
        )

    def _stored_about(self, user: str, facet_named: str) -> StoredFacetPreference:
        """What is stored of a facet, with its papers of today. While some of its likes do not count, none of those that
        it had before is left out."""
        facets = self.current(user).facets
        stored = self._preferences.all(user)
        wanted = facet_named.casefold()
        chosen = next((facet for facet in facets if wanted in (facet.key, facet.name.casefold())), None)
        named = next((facet for facet in stored if wanted in (facet.key, facet.name.casefold())), None)
        if chosen is None and named is None:
            names = "; ".join(f"{facet.key} ({facet.name})" for facet in facets) or "none yet"
            raise PermanentFailure(f"There is no facet {facet_named!r}; there are: {names}.")
        earlier = named or _preference_about(chosen, stored) if chosen else named
        if earlier is None or chosen is None:
            return earlier or StoredFacetPreference(
                user=user,
                key=chosen.key if chosen else facet_named,
                name=chosen.name if chosen else facet_named,
                preference="clear",
                paper_ids=chosen.paper_ids if chosen else (),
                set_at=self._clock(),
            )
        is_left_out = earlier.is_paused(self._clock()) or earlier.reset_at is not None
        papers = dict.fromkeys((*(earlier.paper_ids if is_left_out else ()), *chosen.paper_ids))
        return earlier.model_copy(update={"name": chosen.name, "paper_ids": tuple(papers)})

    def directions(self, user: str) -> list[FacetDirection]:
        """What the user's preferences mean for scores; empty where there are none."""
        preferences = self._preferences.all(user)
        if not preferences:
            return []
        with self._turn:
            moment = self._clock()
            paused = tuple(stored.is_paused(moment) for stored in preferences)
            stamp = (self._preferences.fingerprint(), self._vectors.count() // _GREW, paused)
            cached = self._directions.get(user)
            if cached is None or cached[0] != stamp:
                cached = self._directions[user] = (stamp, self._directed(preferences, moment))
            return cached[1]

    def _directed(self, preferences: Sequence[StoredFacetPreference], moment: datetime) -> list[FacetDirection]:
        papers = {paper_id for preference in preferences for paper_id in preference.paper_ids}
        sample = self._vectors.get(self._sampled(papers)).matrix
        members = [(self._vectors.get(stored.paper_ids).matrix, stored) for stored in preferences]
        return [
            direction_of(matrix, sample, stored.preference, stored.name, pause_in_words(stored, moment))
            for matrix, stored in members
            if len(matrix) and len(sample)
        ]

    def _saved_or_computed(self, user: str, stamp: tuple[object, ...]) -> InterestsReply:
        saved = self._saved.get(user, stamp) if self._saved else None
        earlier = self._saved.newest(user) if self._saved else None
        reply = saved or self._computed(user, earlier.facets if earlier else ())
        if self._saved and saved is None:
            self._saved.put(user, stamp, reply)
        return reply

    def _computed(self, user: str, earlier: Sequence[InterestFacet]) -> InterestsReply:
        evidence = self._evidence(user)
        found = continued(find_facets(evidence), evidence, earlier)
        facets = tuple(_as_message(facet, evidence) for facet in found)
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
        index = self._tags.index()
        items: list[Item] = []
        rows: list[Matrix] = []
        months = {name: f"{ratings[name].occurred_at:%Y-%m}" for name in likes.ids}
        count = 0
        for paper_id, vector in [*zip(*likes, strict=True), *zip(*sample, strict=True)]:
            if paper_id in papers:
                items.append(_item(papers[paper_id], months.get(paper_id, ""), summaries.get(paper_id), index))
                rows.append(vector)
                count += paper_id in months
        matrix = np.array(rows, dtype=np.float32) if rows else np.empty((0, 0), np.float32)
        return Evidence(items, matrix, count, self._read(set(liked), index))

    def _read(self, liked: set[str], index: TagIndex) -> list[Item]:
        """The papers that have a summary and are not liked, those summarised last."""
        others = [summary for summary in self._summaries.all() if summary.paper_id not in liked]
        newest = sorted(others, key=lambda summary: summary.made_at)[-_MOST_READ:]
        summaries = {summary.paper_id: summary for summary in newest}
        papers = self._metadata.get(summaries)
        return [_item(papers[name], "", summary, index) for name, summary in summaries.items() if name in papers]

    def _sampled(self, without: set[str]) -> list[str]:
        """Papers drawn evenly from all with a vector, the same ones until many more have come."""
        by_year = [ids for year in self._vectors.years() if (ids := self._vectors.ids(year))]
        total = sum(map(len, by_year))
        rng = np.random.default_rng(total // _GREW)
        drawn = np.sort(rng.choice(total, min(total, SAMPLE + len(without)), replace=False)).tolist() if total else []
        chosen = _at(by_year, drawn)
        left = [paper_id for paper_id in chosen if paper_id not in without]
        return left if len(left) <= SAMPLE else [left[row] for row in np.sort(rng.permutation(len(left))[:SAMPLE])]


def _item(paper: Paper, month: str, summary: Summary | None, index: TagIndex) -> Item:
    problem, method = split_abstract(paper.abstract)
    return Item(
        paper_id=paper.paper_id,
        title=paper.title,
        abstract=paper.abstract,
        category=paper.primary_category,
        month=month,
        problem=problem,
        method=method,
        summary=_summary_text(summary, index) if summary else None,
    )


def _summary_text(summary: Summary, index: TagIndex) -> SummaryText:
    fields = {value.name: value.text for value in summary.fields}
    shown = index.shown(summary.tags, summary.raw_tags)
    tags = tuple(index.tags[slug].label if slug in index.tags else slug for slug in shown)
    return SummaryText(fields.get("problem", ""), fields.get("method", ""), tags)


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
            "paper_ids": tuple(evidence.items[row].paper_id for row in facet.rows),
            "share": facet.share,
            "lift": lift,
            "lift_low": low,
            "lift_high": high,
            "lift_within": facet.lift_within,
            "p_value": facet.p_value,
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


def _with_preferences(
    reply: InterestsReply, preferences: Sequence[StoredFacetPreference], moment: datetime
) -> InterestsReply:
    facets = []
    for facet in reply.facets:
        stored = _preference_about(facet, preferences)
        if stored is not None:
            is_paused = stored.is_paused(moment)
            update = {
                "preference": stored.preference,
                "key": stored.key,
                "paused": is_paused,
                "paused_until": stored.paused_until if is_paused else None,
                "reset_at": stored.reset_at,
            }
            facet = facet.model_copy(update=update)
        facets.append(facet)
    return reply.model_copy(update={"facets": tuple(facets)})


def _preference_about(
    facet: InterestFacet, preferences: Sequence[StoredFacetPreference]
) -> StoredFacetPreference | None:
    """The preference whose papers are this facet's too."""
    papers = set(facet.paper_ids)
    shares = [(shared_papers(papers, stored.paper_ids), stored) for stored in preferences]
    share, best = max(shares, key=lambda pair: pair[0], default=(0.0, None))
    return best if share >= SAME_FACET else None


def _why_unread(evidence: Evidence, read: int) -> str:
    """Why summaries were not used, where there are too few; empty where likes are too few anyway."""
    enough = read >= FEWEST_READ_LIKES and len(evidence.read) >= FEWEST_READ_OTHERS
    if enough or evidence.likes < FEWEST_LIKES:
        return ""
    return (
        f"Summaries not used: {read} of your likes and {len(evidence.read)} other papers have one; "
        f"{FEWEST_READ_LIKES} and {FEWEST_READ_OTHERS} are needed."
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
        f"Nothing in your {evidence.likes} likes is significantly more common than in {evidence.others} papers "
        "drawn at random. More likes may show something."
    )
