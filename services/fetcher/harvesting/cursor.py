"""The cursor of a harvest: what it asks for, how far it has come, and what it has counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services.fetcher.arxiv.oai import UnreadableRecord


@dataclass(frozen=True)
class HarvestPlan:
    """What a harvest asks for. Days are OAI datestamps; no `until_date` means until now and counts as progress.

    With `ids` it asks for these papers one by one; the rest then only says where they were missed.
    """

    from_date: date
    until_date: date | None = None
    categories: tuple[str, ...] = ()
    limit: int | None = None
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageNote:
    """A page, and the token of the request that comes after it; None after the last."""

    set_index: int
    next_token: str | None
    new: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    newest: str = ""
    cross: int = 0
    cross_ids: tuple[str, ...] = ()
    days: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[UnreadableRecord, ...] = ()


@dataclass(frozen=True)
class FailedList:
    """A list that could not be read, and from which day on. One that failed for good is not asked for again."""

    name: str
    problem: str
    from_date: str
    is_final: bool


@dataclass
class Cursor:
    """A harvest under way. Ids keep the order in which they came, each with the day of its announcement where that is
    known; `token` None is the start of the set. Papers of days before `current_from` are a backfill.
    """

    run_id: str
    plan: HarvestPlan
    started_at: datetime
    set_index: int = 0
    token: str | None = None
    current_from: date | None = None
    new: dict[str, str] = field(default_factory=dict)
    revised: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    newest: date | None = None
    set_newest: date | None = None
    cross: int = 0
    cross_ids: set[str] = field(default_factory=set)
    unreadable: dict[str, UnreadableRecord] = field(default_factory=dict)
    failed: list[FailedList] = field(default_factory=list)
    earliest: date | None = None
    tokens: set[str] = field(default_factory=set)
    is_paged: bool = False
    restarts: int = 0
    idle_pages: int = 0
    days_earlier: int = 0
    pending_bytes: int = 0
    pending: dict[str, bytes] = field(default_factory=dict)

    @property
    def seen(self) -> int:
        """Papers that this run has counted."""
        return len(self.new) + len(self.revised) + len(self.known)

    @property
    def lost(self) -> dict[str, UnreadableRecord]:
        """Records that could not be read, and whose papers have not come otherwise."""
        return {name: record for name, record in self.unreadable.items() if not self.has_seen(name)}

    def has_seen(self, paper_id: str) -> bool:
        return paper_id in self.new or paper_id in self.revised or paper_id in self.known

    def first_sight(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Those that this run has not counted yet."""
        return tuple(paper_id for paper_id in ids if not self.has_seen(paper_id))

    def count_page(self, page: PageNote) -> None:
        """Count a page; the position stays before it until `advance`."""
        self.new.update((paper_id, page.days.get(paper_id, "")) for paper_id in page.new)
        self.revised.update((paper_id, page.days.get(paper_id, "")) for paper_id in page.revised)
        self.withdrawn.update(page.withdrawn)
        self.known.update(page.known)
        self.cross += page.cross
        self.cross_ids.update(page.cross_ids)
        self.unreadable.update((record.paper_id, record) for record in page.unreadable)
        newest = date.fromisoformat(page.newest) if page.newest else None
        self.newest = max(filter(None, (self.newest, newest)), default=None)

    def advance(self, page: PageNote) -> None:
        """Go to the request after a page."""
        self.turn(page.next_token, date.fromisoformat(page.newest) if page.newest else None)
        if page.new or page.revised or page.known:
            self.restarts = self.idle_pages = 0

    def turn(self, next_token: str | None, newest: date | None) -> None:
        """Go to the next page, or set, after a page whose newest record is of that day."""
        is_further = newest is not None and (self.set_newest is None or newest > self.set_newest)
        self.idle_pages = 0 if is_further else self.idle_pages + 1
        self.token = next_token
        self.is_paged = self.is_paged or next_token is not None
        self.set_newest = max(filter(None, (self.set_newest, newest)), default=None)
        self.days_earlier = 0
        if next_token is None:
            self.leave_list()
        else:
            self.tokens.add(next_token)

    def fail(self, failed: FailedList) -> None:
        """Leave the present list, which could not be read."""
        self.failed.append(failed)
        self.leave_list()

    def give_away(self, paper_ids: Iterable[str]) -> None:
        """Another harvest announces these papers that this one has stored."""
        for paper_id in paper_ids:
            if paper_id in self.new or paper_id in self.revised:
                self.new.pop(paper_id, None)
                self.revised.pop(paper_id, None)
                self.known.add(paper_id)

    def begin_at(self, earliest: date) -> None:
        """Ask from this day on: arXiv has nothing before it."""
        self.earliest = earliest

    def leave_list(self) -> None:
        """Go to the beginning of the next list."""
        self.set_index += 1
        self.token = self.set_newest = None
        self.tokens.clear()
        self.restarts = self.idle_pages = self.days_earlier = 0

    def restart_set(self) -> None:
        """Go on without the token, which has expired, leads in a circle, or is so old that papers may have moved
        meanwhile: lists are in order of their days, so all days before the newest one of the set are whole, and the
        list begins again at that one. What was counted stays counted."""
        self.forget_token()
        self.restarts += 1

    def forget_token(self) -> None:
        self.token = None
        self.tokens.clear()

    def ask_earlier(self) -> None:
        """Begin the set earlier: a request that arXiv has not kept an answer to."""
        self.days_earlier = 2 * self.days_earlier or 1

    @property
    def first_day(self) -> date:
        """The first day of the plan that arXiv can have papers of."""
        return max(self.plan.from_date, self.earliest or self.plan.from_date)

    @property
    def from_date(self) -> date:
        """The first day of the present set that may not be whole."""
        day = max(self.first_day, self.set_newest or self.first_day) - timedelta(days=self.days_earlier)
        return max(day, self.earliest or day)

    def cross_listed(self, paper_ids: Iterable[str]) -> int:
        """How many of these have their primary category elsewhere. Cursors of earlier versions have only a count."""
        return self.cross + sum(paper_id in self.cross_ids for paper_id in paper_ids)
