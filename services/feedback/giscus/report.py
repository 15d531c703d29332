"""What a reading of the discussions found, in numbers and in words."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.feedback.giscus.votes import Counts
from shared.contracts import FeedbackLabel
from shared.text.safe.plain_text import shortened

_MOST_LISTED = 20


@dataclass
class Report:
    """`without_paper` are titles, `events` what was published (or would be), `problems` what GitHub left out."""

    started_at: datetime
    is_sweep: bool
    discussions: int = 0
    papers: set[str] = field(default_factory=set)
    without_paper: list[str] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    events: list[FeedbackLabel] = field(default_factory=list)
    waiting_votes: int = 0
    problems: list[str] = field(default_factory=list)
    unknown_accounts: list[str] = field(default_factory=list)
    is_whole: bool = True
    points: int = 0
    points_remaining: int | None = None
    requests: int = 0

    def note_problem(self, text: str) -> None:
        """Something is missing: the reading is not whole."""
        self.is_whole = False
        if text not in self.problems and len(self.problems) < _MOST_LISTED:
            self.problems.append(text)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        counts = self.counts
        return {
            "sweep": self.is_sweep,
            "whole": self.is_whole,
            "discussions": self.discussions,
            "papers": len(self.papers),
            "discussions_without_paper": self.without_paper[:_MOST_LISTED],
            "reactions": counts.reactions,
            "comments": counts.comments,
            "unclear_comments": counts.unclear_comments,
            "strangers": len(counts.strangers),
            "reactions_of_strangers": counts.strangers_reactions,
            "comments_of_strangers": counts.strangers_comments,
            "of_deleted_accounts": counts.of_deleted_accounts,
            "ratings": [
                {
                    "paper_id": event.paper_ids[0],
                    "label": event.label,
                    "actor": event.actor,
                    "at": str(event.occurred_at),
                }
                for event in self.events
            ],
            "ahead_of_the_clock": self.waiting_votes,
            "accounts_not_found": self.unknown_accounts,
            "problems": self.problems,
            "points": self.points,
            "points_remaining": self.points_remaining,
            "requests": self.requests,
        }

    def lines(self, *, is_dry_run: bool) -> list[str]:
        """For people."""
        extent = "All discussions" if self.is_sweep else "The discussions that changed last"
        text = [f"{extent} were read: {self.discussions}, about {_number(len(self.papers), 'paper')}."]
        text += self._lines_on_titles()
        text += self._lines_on_accounts()
        text.append(self._line_on_ratings(is_dry_run))
        if self.waiting_votes:
            lie = "lies" if self.waiting_votes == 1 else "lie"
            text.append(
                f"{self.waiting_votes} {lie} in the future of this machine's clock and must wait; is the clock right?"
            )
        text += [f"No account at GitHub is called {login}; check giscus.accounts." for login in self.unknown_accounts]
        text += [f"Incomplete: {problem}" for problem in self.problems]
        left = "" if self.points_remaining is None else f", {self.points_remaining:,} are left this hour"
        text.append(f"{_number(self.requests, 'request')} to GitHub, {_number(self.points, 'point')}{left}.")
        return text

    def _lines_on_titles(self) -> list[str]:
        if not self.without_paper:
            return []
        names = "; ".join(f"“{shortened(title, 60)}”" for title in self.without_paper[:3])
        return [f"{_number(len(self.without_paper), 'discussion')} with a title that is no paper's id: {names}."]

    def _lines_on_accounts(self) -> list[str]:
        counts = self.counts
        unclear = f", {counts.unclear_comments} of them unclear" if counts.unclear_comments else ""
        gone = f", and {counts.of_deleted_accounts} by deleted accounts" if counts.of_deleted_accounts else ""
        yours = _number(counts.reactions, "reaction"), _number(counts.comments, "comment")
        theirs = _number(counts.strangers_reactions, "reaction"), _number(counts.strangers_comments, "comment")
        accounts = _number(len(counts.strangers), "account")
        return [
            f"By your accounts: {yours[0]}, {yours[1]}{unclear}.",
            f"By strangers, not counted: {theirs[0]}, {theirs[1]} by {accounts}{gone}.",
        ]

    def _line_on_ratings(self, is_dry_run: bool) -> str:
        if not self.events:
            return "No new ratings."
        by_label = [
            f"{count} {name}"
            for label, name in (("like", "liked"), ("dislike", "disliked"), ("clear", "removed"))
            if (count := sum(event.label == label for event in self.events))
        ]
        return f"{'Would be taken' if is_dry_run else 'New ratings'}: {', '.join(by_label)}."


def _number(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
