"""What picks missed, week by week: `state/missed/<user>/<YYYY-Www>.json`, a file a week. Written by the ranker."""

import logging
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.contracts import CandidateOutcome
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_names import file_name

log = logging.getLogger(__name__)

ClickKind = Literal["author", "phrase", "boost", "like"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Click(_Part):
    """Something that one click begins: to follow an author or words, or to boost a facet (`value` is its key).

    The `like` of a paper (`value` is its id) has been given; it stands for a seed, too.
    """

    kind: ClickKind
    value: str
    label: str


class MeasuredClick(Click):
    """A click as it would have changed the picks of past days.

    `found` are other papers that the user likes and was not shown; `gained` how many papers would have been picked
    beside the missed one, in place of as many others. `likes_before` and `likes_after` are likes among `picks` picks of
    `days` days, the missed paper itself not counted; `dislikes_more` is how many more dislikes there would be.
    `p_value`: how often a click that means nothing would match as many liked papers, times the clicks that were tried.
    """

    found: tuple[str, ...]
    gained: int
    days: int
    picks: int
    likes_before: int
    likes_after: int
    dislikes_more: int = 0
    p_value: float = 1.0


class MissedPaper(_Part):
    """A liked paper that was not picked, and what the ranking did not see in it.

    It stood at `rank` of `candidates` on `day`, when `picks` were picked. `nearer` is the share of that day's papers
    that were nearer to something liked by then than this one was to `nearest_like`; None where nothing was liked.
    `new_words` and `new_authors` are in none of the papers liked by then; `facet` is the nearest interest, with how far
    the paper belongs to it, from 0 to 1. `clicks` are those worth offering of so many `tried`;
    `by_like` is what the like of the paper does by itself, None where that is not known or there are no others.
    """

    paper_id: str
    day: date
    rank: int
    candidates: int
    picks: int
    outcome: CandidateOutcome
    found_by: str
    rated_at: AwareDatetime
    likes_then: int = 0
    nearest_like: str = ""
    nearer: float | None = None
    new_words: tuple[str, ...] = ()
    new_authors: tuple[str, ...] = ()
    known_authors: tuple[str, ...] = ()
    facet: str = ""
    membership: float = 0.0
    tried: int = 0
    clicks: tuple[MeasuredClick, ...] = ()
    by_like: MeasuredClick | None = None


class MissRatePeriod(_Part):
    """The blind checks of some weeks; `rate` is the share of rejected papers that would be liked (95 % interval).

    `missed_share` is the share of all papers to be liked that was not shown. None where nothing was rated.
    """

    first: date
    last: date
    drawn: int
    answered: int
    liked: int
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    missed_share: float | None = None
    missed_low: float | None = None
    missed_high: float | None = None


class MissRates(_Part):
    """All blind checks together, by periods (oldest first), and whether the rate changed (p-value of Fisher's test)."""

    together: MissRatePeriod | None = None
    periods: tuple[MissRatePeriod, ...] = ()
    change: Literal["", "higher", "lower", "none"] = ""
    p_value: float | None = None


class MissedWeek(_Part):
    """What was found to be missed from a moment to another (`until` ends the week), the newest first.

    `more` papers were missed too and are not looked into.
    """

    user: str
    week: str
    since: AwareDatetime
    until: AwareDatetime
    made_at: AwareDatetime
    papers: tuple[MissedPaper, ...] = ()
    more: int = 0
    days: int = 0
    rates: MissRates = MissRates()


class MissedStore:
    """The weeks of all users. A file that cannot be read is named in the log and passed over."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def put(self, week: MissedWeek) -> None:
        """Store a week in place of what was stored of it."""
        path = self._folder(week.user) / f"{week.week}.json"
        with self._data.lock("missed"):
            self._data.write_text(path, week.model_dump_json(indent=1) + "\n")

    def newest(self, user: str) -> MissedWeek | None:
        """The newest week that can be read; None where there is none."""
        return next((week for path in self._paths(user) if (week := _read(path)) is not None), None)

    def of(self, user: str, most: int = 26) -> list[MissedWeek]:
        """A user's weeks, the newest first."""
        return [week for path in self._paths(user)[:most] if (week := _read(path)) is not None]

    def everybody(self) -> list[MissedWeek]:
        """The weeks of all users that can be read, by user and week."""
        paths = sorted(self._data.path("state", "missed").glob("*/????-W??.json"))
        return [week for path in paths if (week := _read(path)) is not None]

    def _paths(self, user: str) -> list[Path]:
        return sorted(self._folder(user).glob("????-W??.json"), reverse=True)

    def _folder(self, user: str) -> Path:
        return self._data.path("state", "missed", file_name(user))


def _read(path: Path) -> MissedWeek | None:
    try:
        return MissedWeek.model_validate_json(path.read_text("utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        log.error("%s cannot be read and is left out: %s", path, error, extra={"action": "missed_unreadable"})
        return None
