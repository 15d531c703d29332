"""What the ranker is asked about what rises: concepts that grow in a user's fields, and just outside them."""

from datetime import date

from shared.contracts.base import DEFAULT_USER, Message, Reply, Request
from shared.paper_ids import PaperId


class RisingPeriod(Message):
    """Four weeks: the first day, and how many groups of authors first published papers on a concept in them."""

    begins: date
    groups: int


class RisingConcept(Message):
    """A concept that more and more groups of authors write about, by the first publication of their papers.

    `weeks` are the newest ones, with `papers` by `groups` groups of authors; `groups_before` wrote in the
    `weeks_before` weeks before. `growth` is how many times more often than before, given what was published at all in
    the same categories; None where there was none before. `least` is its lower end (97.5 %, for the choice among all
    concepts tested), `p_value` is adjusted for them. `inside`: it rises in the user's own fields, else just outside.

    `earliest` are the first papers on it that are stored, `nearest` the new ones that are nearest to the user's likes.
    `also` are further phrases of the same papers.
    """

    name: str
    also: tuple[str, ...] = ()
    inside: bool = True
    weeks: int
    papers: int
    groups: int
    weeks_before: int
    groups_before: int
    growth: float | None
    least: float
    p_value: float
    periods: tuple[RisingPeriod, ...] = ()
    earliest: tuple[PaperId, ...] = ()
    nearest: tuple[PaperId, ...] = ()

    @property
    def sentence(self) -> str:
        """What grew, as people read it."""
        papers = "1 paper" if self.papers == 1 else f"{self.papers} papers"
        now = f"{papers} by {self.groups} independent author groups in the last {self.weeks} weeks"
        if self.growth is None:
            return f"{now}, none in the {self.weeks_before} weeks before"
        groups = "1 group" if self.groups_before == 1 else f"{self.groups_before} groups"
        times = f"{self.growth:.0f}" if self.growth >= 3 else f"{self.growth:.1f}"
        return f"{now}; {groups} in the {self.weeks_before} weeks before (about {times} times as often now)"

    @property
    def significance(self) -> str:
        """How sure the growth is, as people read it."""
        bound = next((bound for bound in (0.001, 0.01) if self.p_value < bound), 0.025)
        return f"at least {self.least:.1f} times as often (97.5 %); adjusted p < {bound}"


class RisingReply(Reply):
    """What rises, the surest first, among so many papers `inside` the user's fields and just `outside` them.

    Of first versions up to the day `as_of`, the newest stored, and the `weeks` before. While `is_looking` a newer look
    is under way. `note` says why nothing is shown.
    """

    concepts: tuple[RisingConcept, ...] = ()
    as_of: date | None = None
    weeks: int = 0
    likes: int = 0
    inside: int = 0
    outside: int = 0
    is_looking: bool = False
    note: str = ""


class Rising(Request[RisingReply]):
    """What rises for a user, as it was last found; found anew every week, and at once with `again`."""

    subject = "ranker.rising"
    deadline_seconds = 120.0
    user: str = DEFAULT_USER
    again: bool = False
