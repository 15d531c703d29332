"""Maps on request: the last one at once, and a new one drawn beside it where papers or ratings came."""

import asyncio
import hashlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from services.ranker.map.chosen_papers import chosen_papers
from services.ranker.map.colouring import interests_of
from services.ranker.map.projection import project
from services.ranker.map.saved_maps import SavedMap, SavedMaps
from shared.contracts import InterestsReply, MapInterest, MapKind, MapPaper, PaperMap, PaperMapReply
from shared.store.people.preferences import RatingStore
from shared.store.selections import Candidate, SelectionStore
from shared.store.vectors.embeddings import Matrix, VectorStore

log = logging.getLogger(__name__)

_RECIPE = 1
"""To be raised when maps are drawn in another way."""
_DAYS = 14
_FEWEST = 3


@dataclass(frozen=True)
class MapStores:
    """What maps are drawn from; `saved` are the papers a user saved for later, the newest last."""

    vectors: VectorStore
    ratings: RatingStore
    selections: SelectionStore
    saved: Callable[[str], Sequence[str]] = lambda user: ()


class PaperMaps:
    """Reads everything; writes only its own drawings. With stores of its own: no day's work waits for a map."""

    def __init__(self, stores: MapStores, maps: SavedMaps, interests: Callable[[str], InterestsReply]) -> None:
        self._stores, self._maps, self._interests = stores, maps, interests
        self._reading, self._drawing = threading.Lock(), threading.Lock()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._failed: dict[str, str] = {}

    async def current(self, request: PaperMap) -> PaperMapReply:
        """The map as it was drawn last; a newer one is begun where it is due, and `is_drawing` says so."""
        user = request.user
        kinds, stamp = await asyncio.to_thread(self._wanted, user)
        saved = await asyncio.to_thread(self._maps.get, user)
        is_due = saved.stamp != stamp and self._failed.get(user) != stamp
        if is_due and len(kinds) >= _FEWEST and user not in self._tasks:
            task = asyncio.create_task(asyncio.to_thread(self._draw_or_log, user, tuple(kinds), stamp))
            self._tasks[user] = task
            task.add_done_callback(lambda done: self._tasks.pop(user, None))
        return reply_of(saved, kinds, is_drawing=user in self._tasks)

    def draw(self, user: str, paper_ids: Sequence[str], stamp: str) -> SavedMap:
        """Draw a map and save it. Blocks for seconds."""
        with self._drawing:
            with self._reading:
                vectors = self._stores.vectors.get(paper_ids)
            saved = self._earlier(user)
            ids = tuple(vectors.ids)
            places = saved.places if set(ids) == set(saved.drawn) else _moved(saved, ids, vectors.matrix)
            found = self._interests(user).facets if ids else ()
            row_of = {paper_id: row for row, paper_id in enumerate(ids)}
            members = [
                np.array([row_of[name] for name in facet.paper_ids if name in row_of], dtype=np.intp) for facet in found
            ]
            chosen = interests_of(vectors.matrix, members)
            drawn = SavedMap(
                stamp=stamp,
                space=self._space(),
                places=places,
                drawn=ids,
                interests=tuple(MapInterest(key=facet.key, name=facet.name) for facet in found),
                interest_of={name: int(number) for name, number in zip(ids, chosen, strict=True) if number >= 0},
            )
            self._maps.put(user, drawn)
            return drawn

    def _draw_or_log(self, user: str, paper_ids: Sequence[str], stamp: str) -> None:
        try:
            self.draw(user, paper_ids, stamp)
        except Exception:
            self._failed[user] = stamp  # the next rating or day is the next try
            log.exception("A map could not be drawn.", extra={"action": "map_failed", "user": user})

    def _wanted(self, user: str) -> tuple[dict[str, MapKind], str]:
        with self._reading:
            ratings = self._stores.ratings.current(user)
            kinds = chosen_papers(ratings, self._stores.saved(user), self._days(user))
            has = self._stores.vectors.has(kinds)
        kinds = {paper_id: kind for paper_id, kind in kinds.items() if paper_id in has}
        labels = sorted(f"{paper_id} {rating.label}" for paper_id, rating in ratings.items())
        text = "\n".join([str(_RECIPE), self._space(), *sorted(kinds), "", *labels])
        return kinds, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()

    def _days(self, user: str) -> Iterator[list[Candidate]]:
        selections = self._stores.selections.of(user)
        for day in islice(selections.days(), _DAYS):
            yield selections.day(day)

    def _earlier(self, user: str) -> SavedMap:
        """The last map; none where its places come from vectors of another model."""
        saved = self._maps.get(user)
        return saved if saved.space == self._space() else SavedMap()

    def _space(self) -> str:
        return str(self._stores.vectors.recipe)


def _moved(saved: SavedMap, ids: Sequence[str], matrix: Matrix) -> dict[str, tuple[float, float]]:
    """The places of all papers, those of the map drawn anew, near their earlier ones."""
    unknown = (np.nan, np.nan)
    earlier = np.array([saved.places.get(name, unknown) for name in ids], dtype=np.float64).reshape(-1, 2)
    new = project(matrix, earlier) if ids else earlier
    others = {name: place for name, place in saved.places.items() if name not in set(ids)}
    return {**others, **{name: (float(x), float(y)) for name, (x, y) in zip(ids, new, strict=True)}}


def reply_of(saved: SavedMap, kinds: Mapping[str, MapKind], *, is_drawing: bool) -> PaperMapReply:
    """The papers of a drawing that are still wanted, with x and y from 0 to 1 in one scale for both."""
    names = [name for name in saved.drawn if name in kinds and name in saved.places]
    note = "" if kinds else "Nothing to draw yet: a map needs papers that were picked, rated or saved."
    if not names:
        return PaperMapReply(is_drawing=is_drawing, note=note)
    places = np.array([saved.places[name] for name in names])
    low, span = places.min(axis=0), float(np.ptp(places, axis=0).max()) or 1.0
    scaled = (places - low) / span + (1 - np.ptp(places, axis=0) / span) / 2
    papers = tuple(
        MapPaper(
            paper_id=name,
            x=round(float(x), 4),
            y=round(float(y), 4),
            kind=kinds[name],
            interest=saved.interest_of.get(name, -1),
        )
        for name, (x, y) in zip(names, scaled, strict=True)
    )
    return PaperMapReply(papers=papers, interests=saved.interests, is_drawing=is_drawing, note=note)
