"""The page of papers that a person liked although their picks had missed them, a week at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.publisher.records.records import Records
from shared.contracts import now
from shared.paper_labels import paper_label
from shared.store.papers.metadata import Paper
from shared.store.people.missed import MeasuredClick, MissedPaper, MissedWeek, MissRatePeriod
from shared.text.wording.missed import (
    click_line,
    found_line,
    like_line,
    news_line,
    no_click_line,
    period_line,
    place_line,
    rate_lines,
    unseen_lines,
)

_NEWS_DAYS = timedelta(days=7)


@dataclass(frozen=True)
class MissedView:
    """A missed paper with its sentences; `papers` has the metadata of all papers that the page names."""

    missed: MissedPaper
    papers: Mapping[str, Paper]

    @property
    def title(self) -> str:
        paper = self.papers.get(self.missed.paper_id)
        return paper.title if paper else paper_label(self.missed.paper_id)

    @property
    def place(self) -> str:
        return f"{place_line(self.missed)} {found_line(self.missed)}"

    @property
    def unseen(self) -> list[str]:
        titles = {name: " ".join(paper.title.split()) for name, paper in self.papers.items()}
        return list(unseen_lines(self.missed, titles))

    @property
    def clicks(self) -> list["ClickView"]:
        return [
            ClickView(click, click_line(click), [(name, self._title(name)) for name in click.found])
            for click in self.missed.clicks
        ]

    @property
    def by_like(self) -> str:
        return like_line(self.missed.by_like) if self.missed.by_like else ""

    @property
    def no_click(self) -> str:
        return no_click_line(self.missed)

    def _title(self, name: str) -> str:
        return self.papers[name].title if name in self.papers else paper_label(name)


@dataclass(frozen=True)
class ClickView:
    """What a button begins, what it would have done, and what it would have found by id and title."""

    click: MeasuredClick
    effect: str
    found: list[tuple[str, str]]


@dataclass(frozen=True)
class WeekView:
    """A week with its papers."""

    week: MissedWeek
    papers: list[MissedView]

    @property
    def last_day(self) -> date:
        return (self.week.until - timedelta(seconds=1)).date()


@dataclass(frozen=True)
class MissedPage:
    """Weeks with missed papers, newest first; `rates` are the sentences on how much is missed."""

    weeks: list[WeekView]
    rates: list[str]
    periods: list[str]
    has_looked: bool


def build_missed(records: Records) -> MissedPage:
    """Reads what the ranker has stored; asks nobody."""
    weeks = records.missed_weeks()
    shown = [week for week in weeks if week.papers]
    papers = records.papers(_named(shown))
    newest = weeks[0] if weeks else None
    periods: tuple[MissRatePeriod, ...] = newest.rates.periods if newest else ()
    return MissedPage(
        weeks=[WeekView(week, [MissedView(paper, papers) for paper in week.papers]) for week in shown],
        rates=rate_lines(newest.rates) if newest else [],
        periods=[period_line(period) for period in periods[::-1]] if len(periods) > 1 else [],
        has_looked=newest is not None,
    )


def missed_news(records: Records) -> str:
    """One sentence in the week after something was found to be missed; else nothing."""
    week = records.newest_missed()
    if week is None or not week.papers or now() - week.made_at > _NEWS_DAYS:
        return ""
    return news_line(week)


def _named(weeks: list[MissedWeek]) -> set[str]:
    """All papers that weeks name."""
    papers = [paper for week in weeks for paper in week.papers]
    found = {name for paper in papers for click in paper.clicks for name in click.found}
    return found | {paper.paper_id for paper in papers} | {paper.nearest_like for paper in papers if paper.nearest_like}
