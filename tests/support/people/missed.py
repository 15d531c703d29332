"""A week of missed papers, as the ranker stores it."""

from datetime import date, datetime, timedelta

from shared.contracts import now
from shared.store.people.missed import MeasuredClick, MissedPaper, MissedWeek, MissRatePeriod, MissRates
from tests.support.folders.seed import FAR, GRAPHS, PROTEINS

CLICK = MeasuredClick(
    kind="phrase",
    value="quantum walks",
    label="quantum walks",
    found=(PROTEINS,),
    gained=3,
    days=60,
    picks=600,
    likes_before=41,
    likes_after=42,
    p_value=0.002,
)
MISSED = MissedPaper(
    paper_id=GRAPHS,
    day=date(2026, 11, 2),
    rank=212,
    candidates=391,
    picks=10,
    outcome="below_quota",
    found_by="in the reader, by search, a link or a citation",
    rated_at=now() - timedelta(days=2),
    likes_then=43,
    nearest_like=FAR,
    nearer=0.38,
    new_words=("quantum walks", "mixing time"),
    new_authors=("Ada Walker",),
    facet="sparse graphs",
    membership=0.1,
    tried=7,
    clicks=(CLICK,),
)
CHECKED = MissRatePeriod(
    first=date(2026, 9, 7),
    last=date(2026, 11, 2),
    drawn=18,
    answered=16,
    liked=1,
    rate=0.06,
    low=0.002,
    high=0.3,
    missed_share=0.4,
    missed_low=0.02,
    missed_high=0.8,
)


def missed_week(*papers: MissedPaper, user: str = "me", until: datetime | None = None, **facts: object) -> MissedWeek:
    """The week that ended yesterday."""
    end = until or now() - timedelta(days=1)
    year, week, _ = (end - timedelta(days=1)).isocalendar()
    known = {
        "user": user,
        "week": f"{year}-W{week:02d}",
        "since": end - timedelta(days=7),
        "until": end,
        "made_at": end,
    }
    rates = MissRates(together=CHECKED, periods=(CHECKED, CHECKED), change="none", p_value=0.6)
    return MissedWeek.model_validate({"papers": papers, "rates": rates, **known, **facts})
