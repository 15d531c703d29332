"""A day's page: its picks, the days beside it, and in words what is going on where there is nothing to read yet."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.publisher.pages.cards import Card, build_cards
from services.publisher.ratings import Ratings
from services.publisher.records import Library, picks_of
from shared.store.runs import HarvestRun


@dataclass(frozen=True)
class Situation:
    """What the machine is doing. `waiting` asks the page to look again; `wrong` marks what needs a person."""

    text: str
    waiting: bool = False
    wrong: bool = False


@dataclass(frozen=True)
class DayPage:
    """One day, or none at all (`day` None) before the first selection."""

    day: date | None
    cards: list[Card]
    considered: int
    newer: date | None
    older: date | None
    is_newest: bool
    situation: Situation | None

    @property
    def read(self) -> int:
        return sum(card.summary is not None for card in self.cards)

    @property
    def state(self) -> str:
        """Changes when the page has something else to say, apart from ratings."""
        seen = [(card.paper_id, card.summary and card.summary.made_at, card.problem) for card in self.cards]
        return hashlib.sha256(repr((self.day, self.newer, self.situation, seen)).encode()).hexdigest()[:16]

    @property
    def is_moving(self) -> bool:
        """Whether the page may soon say more."""
        return bool(self.situation and self.situation.waiting) or any(card.is_being_read for card in self.cards)


def build_day(
    library: Library, ratings: Ratings, wanted: date | None, problems: dict[str, str] | None = None
) -> DayPage | None:
    """The page of a day (None: the newest there is); None where that day has no selection."""
    days = library.days()
    if wanted is not None and wanted not in days:
        return None
    day = wanted or (days[0] if days else None)
    place = days.index(day) if day else 0
    candidates = library.candidates(day) if day else []
    picks = picks_of(candidates)
    ids = [pick.paper_id for pick in picks]
    return DayPage(
        day=day,
        cards=build_cards(
            library,
            ratings,
            ids,
            picks=picks,
            considered=sum(one.rank is not None for one in candidates),
            problems=problems,
        ),
        considered=len(candidates),
        newer=days[place - 1] if place > 0 else None,
        older=days[place + 1] if place + 1 < len(days) else None,
        is_newest=place == 0,
        situation=_now(library, days[0] if days else None) if place == 0 else None,
    )


def _now(library: Library, newest: date | None) -> Situation | None:
    run = library.latest_run()
    selected_runs = library.runs_of(run.day) if run and run.day else []
    found = situation(run, newest, selected_runs)
    if run is None or found is None or not found.waiting or not run.candidates:
        return found
    embedded = library.embedded((*run.new_ids[run.past_new :], *run.revised_ids[run.past_revised :]))
    return replace(found, text=f"{found.text} {embedded} of {run.candidates} embedded so far.")


def situation(run: HarvestRun | None, newest: date | None, selected_runs: list[str]) -> Situation | None:
    """What to say of the last harvest, given the newest day with picks and the runs selected on the run's own day."""
    if run is None:
        return Situation(
            "Nothing has been harvested yet. The first harvest starts by itself; `papersys fetch` starts one now.",
            waiting=True,
        )
    if run.state == "running":
        return Situation(f"A harvest has been running since {clock(run.started_at)}.", waiting=True)
    if run.state == "failed":
        why = run.problem or run.outcome or "no reason was noted"
        return Situation(f"The harvest of {clock(run.started_at)} failed: {why}", waiting=True, wrong=True)
    said = run.outcome or f"{run.size} new papers"
    when = clock(run.finished_at or run.started_at)
    if not run.candidates:
        return Situation(f"Last harvest, {when}: {said}", waiting=newest is None)
    if run.run_id in selected_runs:
        return None
    if newest is not None and run.day is not None and run.day <= newest:
        return Situation(
            f"{_papers(run.candidates)} came after the selection of {run.day} and will compete in the next one."
        )
    whose = f"of {run.day}" if run.day else "of the last harvest"
    papers = f"{_papers(run.candidates)} {whose} {'is' if run.candidates == 1 else 'are'}"
    return Situation(f"{papers} being embedded and compared with what you liked.", waiting=True)


def clock(moment: datetime) -> str:
    """A time for people."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _papers(count: int) -> str:
    return "1 paper" if count == 1 else f"{count} papers"
