"""A day's page: its picks, links to the days before and after, and on the newest day a notice on the last harvest."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.publisher.finding.missed.missed_page import missed_news
from services.publisher.finding.new_to_you.novelty import in_order_of_news, with_novelty
from services.publisher.library.months import Month, month_of
from services.publisher.pages.cards import Card, build_cards
from services.publisher.pages.harvest_notice import Notice, current_notice
from services.publisher.pages.match_fold import Fold, fold
from services.publisher.paper.revisions.news import RevisionNews, unseen_news
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records, picks_of


@dataclass(frozen=True)
class DayPage:
    """One day, or none at all (`day` None) before the first selection."""

    day: date | None
    cards: list[Card]
    considered: int
    newer: date | None
    older: date | None
    is_newest: bool
    notice: Notice | None
    calendar: Month | None = None
    news: list[RevisionNews] = field(default_factory=list)
    missed: str = ""

    @property
    def fold(self) -> Fold:
        """What a weak day shows, and what it folds."""
        return fold(self.cards, is_today=self.is_newest)

    @property
    def summarised(self) -> int:
        return sum(card.summary is not None for card in self.cards)

    @property
    def state(self) -> str:
        """A fingerprint of all that the page shows but ratings: the page is replaced when it changes."""
        shown = [(card.paper_id, card.summary and card.summary.made_at, card.problem) for card in self.cards]
        return hashlib.sha256(repr((self.day, self.newer, self.notice, shown, self.news)).encode()).hexdigest()[:16]

    @property
    def is_moving(self) -> bool:
        """Whether the page is likely to change soon."""
        return bool(self.notice and self.notice.waiting) or any(card.is_being_summarised for card in self.cards)


def build_day(records: Records, ratings: Ratings, wanted: date | None, problems: Mapping[str, str]) -> DayPage | None:
    """The page of a day (`wanted` None: the newest); None where that day has no picks."""
    days = records.days()
    if wanted is not None and wanted not in days:
        return None
    day = wanted or (days[0] if days else None)
    index = days.index(day) if day else 0
    candidates = records.candidates(day) if day else []
    picks = picks_of(candidates)
    ids = [pick.paper_id for pick in picks]
    ranked = sum(candidate.rank is not None for candidate in candidates)
    cards = build_cards(records, ratings, ids, picks=picks, considered=ranked, problems=problems)
    return DayPage(
        day=day,
        cards=in_order_of_news(with_novelty(records, ratings, cards)),
        considered=len(candidates),
        newer=days[index - 1] if index > 0 else None,
        older=days[index + 1] if index + 1 < len(days) else None,
        is_newest=index == 0,
        notice=current_notice(records, days[0] if days else None) if index == 0 else None,
        calendar=month_of(day, days) if day else None,
        news=unseen_news(records, ratings) if index == 0 else [],
        missed=missed_news(records) if index == 0 else "",
    )
