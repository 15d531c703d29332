"""What the user follows and what lately matches it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from services.publisher.pages.components import Components
from services.publisher.records.records import Records
from services.publisher.records.tag_slugs import tag_slug
from shared.categories import name_of
from shared.contracts import Followed, FollowMatches, Label
from shared.errors import RequestFailed
from shared.paper_ids import by_age
from shared.store.papers.metadata import Paper
from shared.store.people.follows import Follow, follow_key

SPANS = (7, 30, 90)
_DEFAULT_DAYS = 30
_PAPERS_SHOWN = 5


@dataclass(frozen=True)
class FollowedThing:
    """A follow with its newest papers, of `total` in these days (`at_least`: or more); `problem`: why it has none."""

    follow: Follow
    papers: list[Paper]
    labels: Mapping[str, Label]
    total: int = 0
    at_least: bool = False
    problem: str = ""

    @property
    def name(self) -> str:
        """What people read, with the name of a category behind its code."""
        if self.follow.kind == "category":
            return f"{self.follow.value} · {name_of(self.follow.value)}"
        return self.follow.name

    @property
    def address(self) -> str:
        """Where all that matches is found."""
        return address_of(self.follow)


@dataclass(frozen=True)
class FollowsPage:
    """All follows, the newest first; `problem` says why no papers are shown."""

    things: list[FollowedThing]
    days: int
    problem: str = ""
    note: str = ""


async def build_follows(components: Components, days: int) -> FollowsPage:
    """Asks the ranker. `components` are those of the person who asks."""
    follows = await asyncio.to_thread(components.records.follows)
    if not follows:
        return FollowsPage([], days)
    try:
        reply = await components.bus.ask(Followed(days=days, limit=_PAPERS_SHOWN, user=components.user))
    except RequestFailed as error:
        things = [FollowedThing(follow, [], {}) for follow in reversed(follows)]
        return FollowsPage(things, days, f"What matches cannot be shown right now: {error} See the status page.")
    matches = {follow_key(match.kind, match.value): match for match in reply.matches}
    things = await asyncio.to_thread(_things, components, follows[::-1], matches)
    return FollowsPage(things, days, note=reply.note)


def read_span(text: str) -> int:
    """How many days to look back; 30 where the text is none of the spans."""
    return next((days for days in SPANS if text == str(days)), _DEFAULT_DAYS)


def address_of(follow: Follow) -> str:
    """The page of all that matches a follow, newest first."""
    if follow.kind == "tag":
        return f"/tag/{quote(tag_slug(follow.value))}"
    words = follow.value.replace('"', " ")
    queries = {"author": f'author:"{words}"', "phrase": f'"{words}"', "category": f"cat:{words}"}
    return f"/search?{urlencode({'q': queries.get(follow.kind, follow.value), 'order': 'date'})}"


def _things(
    components: Components, follows: Sequence[Follow], matches: Mapping[str, FollowMatches]
) -> list[FollowedThing]:
    records = components.records
    found = {follow.key: _matches_of(follow, matches, records) for follow in follows}
    ids = {paper_id for match in found.values() for paper_id in match.paper_ids}
    papers, labels = records.papers(ids), components.ratings.labels(ids)
    return [
        FollowedThing(
            follow,
            [papers[paper_id] for paper_id in found[follow.key].paper_ids if paper_id in papers],
            labels,
            found[follow.key].total,
            found[follow.key].at_least,
            found[follow.key].problem,
        )
        for follow in follows
    ]


def _matches_of(follow: Follow, matches: Mapping[str, FollowMatches], records: Records) -> FollowMatches:
    """What the ranker found; of a tag also the papers whose summaries have it."""
    match = matches.get(follow.key, FollowMatches(kind=follow.kind, value=follow.value))
    if follow.kind != "tag":
        return match
    _, tagged = records.tags.papers(tag_slug(follow.value))
    newest = sorted({*match.paper_ids, *tagged[:_PAPERS_SHOWN]}, key=by_age, reverse=True)[:_PAPERS_SHOWN]
    return match.model_copy(update={"paper_ids": tuple(newest), "total": max(match.total, len(newest))})
