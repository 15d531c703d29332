"""What the ranker is asked about interests: the facets of what a user likes, and which are to be boosted or muted."""

from typing import Any, Literal

from pydantic import AwareDatetime, Field, computed_field, model_validator

from shared.contracts.base import DEFAULT_USER, Message, Reply, Request
from shared.contracts.old_names import with_new_names
from shared.paper_ids import PaperId

FacetPreference = Literal["boost", "mute", "clear"]
FacetAction = Literal["pause", "resume", "reset", "undo_reset"]
_NEW_NAMES = {"wish": "preference", "doubt": "p_value"}


class InterestFacet(Message):
    """Something a user likes more of than chance explains. `lift` is how many times more, with an interval (95 %)
    that accounts for the choice of this facet among all concepts tested; `lift_within` compares with papers of the same
    categories; `p_value` is adjusted: how often random likes have any concept that is as unlikely.

    `found_in` says what it was found by, and `against` what likes were compared with: what `arxiv` offers, or what was
    `read` and not liked.

    `crosses`: it spans fields and no category covers it; `named_by` is the category that largely does.
    `side` says where its words stand: in the papers' `problem`, their `method`, or `both`.

    While it is `paused`, its likes of before do not count for picks; that ends by itself at `paused_until` (None: when
    the user says so). Since `reset_at`, those of before that moment do not count.
    """

    key: str
    name: str
    paper_ids: tuple[PaperId, ...]
    share: float
    lift: float
    lift_low: float
    lift_high: float
    lift_within: float
    p_value: float
    categories: tuple[tuple[str, int], ...] = ()
    crosses: bool = False
    named_by: str = ""
    side: Literal["problem", "method", "both"] = "both"
    problem: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    trend: tuple[tuple[str, float], ...] = ()
    direction: Literal["rising", "steady", "falling"] = "steady"
    preference: FacetPreference = "clear"
    found_in: tuple[str, ...] = ()
    against: Literal["arxiv", "read"] = "arxiv"
    paused: bool = False
    paused_until: AwareDatetime | None = None
    reset_at: AwareDatetime | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_old_names(cls, content: Any) -> Any:
        return with_new_names(content, _NEW_NAMES)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def doubt(self) -> float:
        """The p-value under its old name, for programs that read it."""
        return self.p_value

    @computed_field  # type: ignore[prop-decorator]
    @property
    def wish(self) -> FacetPreference:
        """The preference under its old name, for programs that read it."""
        return self.preference

    @property
    def frequency(self) -> str:
        """How much more of it there is among likes, as people read it: `about 4 times more than by chance (2 to 9)`."""
        lift, low, high = map(_rounded, (self.lift, self.lift_low, self.lift_high))
        return f"about {lift} times more than by chance ({low} to {high})"

    @property
    def significance(self) -> str:
        """The p-value as people read it, and where the facet was found."""
        bound = next((bound for bound in (0.001, 0.01) if self.p_value < bound), 0.025)
        found = f"; found by {', '.join(self.found_in)}" if self.found_in else ""
        where = " among summarised papers" if self.against == "read" else ""
        return f"p < {bound} against random likes{found}{where}"


def _rounded(lift: float) -> str:
    """Whole from 2 on; with a digit more below, where it tells more from less."""
    return f"{lift:.0f}" if lift >= 2 else f"{lift:.1f}"


class InterestsReply(Reply):
    """Facets, smallest p-value first, found from so many `likes` against so many papers drawn at random (`sample`).

    Summaries were compared too: those of `read_likes` likes with those of `read_others` other papers. `note` says why
    there are no facets, or why summaries were not compared; `signals` whether saves, skips and opens change the picks.
    """

    facets: tuple[InterestFacet, ...] = ()
    likes: int = 0
    sample: int = 0
    note: str = ""
    read_likes: int = 0
    read_others: int = 0
    signals: str = ""


class Interests(Request[InterestsReply]):
    """What a user likes, as facets."""

    subject = "ranker.interests"
    deadline_seconds = 120.0
    user: str = DEFAULT_USER


class SetFacetPreferenceReply(Reply):
    """The facet that the preference is about."""

    key: str
    name: str
    preference: FacetPreference

    @model_validator(mode="before")
    @classmethod
    def _read_old_names(cls, content: Any) -> Any:
        return with_new_names(content, _NEW_NAMES)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def wish(self) -> FacetPreference:
        """The preference under its old name, for programs that read it."""
        return self.preference


class SetFacetPreference(Request[SetFacetPreferenceReply]):
    """Show more of a facet (`boost`), less of it (`mute`), or neither (`clear`)."""

    subject = "ranker.facet_preference"
    deadline_seconds = 120.0
    key: str = Field(min_length=1, max_length=100)
    preference: FacetPreference
    user: str = DEFAULT_USER

    @model_validator(mode="before")
    @classmethod
    def _read_old_names(cls, content: Any) -> Any:
        return with_new_names(content, _NEW_NAMES)


class FacetWish(SetFacetPreference):
    """The same under its old subject, for programs that send it."""

    subject = "ranker.facet_wish"


class ChangeFacetReply(Reply):
    """The facet, and how it stands now; `likes` is how many of its likes do not count."""

    key: str
    name: str
    paused: bool = False
    paused_until: AwareDatetime | None = None
    reset_at: AwareDatetime | None = None
    likes: int = 0


class ChangeFacet(Request[ChangeFacetReply]):
    """Pause a facet until a moment (None: until it is resumed), resume it, reset what it learned, or undo that."""

    subject = "ranker.facet_change"
    deadline_seconds = 120.0
    key: str = Field(min_length=1, max_length=100)
    action: FacetAction
    until: AwareDatetime | None = None
    user: str = DEFAULT_USER
