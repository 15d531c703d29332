"""Reads discussions and publishes what they say: those that changed last, or all of them."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.feedback.giscus.accounts import AllowedAccounts
from services.feedback.giscus.github.client import GitHub
from services.feedback.giscus.github.discussions import Discussion, DiscussionPage, Discussions
from services.feedback.giscus.github.repository import find_accounts, find_category
from services.feedback.giscus.label_events import Place, is_taken_back, label_events
from services.feedback.giscus.paper_titles import paper_of
from services.feedback.giscus.report import Report
from services.feedback.giscus.state import GiscusState, Reading, StateFile
from services.feedback.giscus.votes import Counts, Votes, votes_of
from shared.contracts import CLOCK_DIFFERENCE, FeedbackLabel, now
from shared.settings.sections.giscus import GiscusSettings
from shared.store.people.preferences import Rating, RatingStore

Publish = Callable[[FeedbackLabel], Awaitable[None]]

_SWEEP_AGAIN = timedelta(hours=1)
"""After a full reading that was not whole."""


@dataclass
class _Session:
    """One reading: what it reads from, and what it fills."""

    discussions: Discussions
    accounts: AllowedAccounts
    state: GiscusState
    report: Report
    publish: Publish


class ReactionReader:
    """One repository's discussions. `read` may be stopped at any point and begun again."""

    def __init__(
        self,
        settings: GiscusSettings,
        github: GitHub,
        ratings: RatingStore,
        state_file: StateFile,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._settings, self._github, self._ratings = settings, github, ratings
        self._state_file, self._clock = state_file, clock
        self._ratings_read_at: tuple[int, str] | None = None
        self._ratings_by_paper: dict[str, list[Rating]] = {}

    async def read(self, publish: Publish, *, everything: bool | None = None, is_dry_run: bool = False) -> Report:
        """Read what is due, or `everything`; the state is saved after all was published, and not in a dry run.

        Raises PermanentFailure, TemporaryFailure and SettingsError; what was published stands.
        """
        points, requests = self._github.points.spent, self._github.points.requests
        session = await self._open(publish, everything)
        state, report = session.state, session.report
        newest = state.changed_up_to
        async for page in session.discussions.pages("created" if report.is_sweep else "changed"):
            await self._take_page(session, page)
            changes = [discussion.head.updated_at for discussion in page.discussions]
            newest = max([*changes, *([newest] if newest else [])], default=None)
            if not report.is_sweep and self._is_enough(report, changes, state.changed_up_to):
                break
        report.points = self._github.points.spent - points
        report.requests = self._github.points.requests - requests
        report.points_remaining = self._github.points.remaining
        state.changed_up_to = newest if report.is_whole else state.changed_up_to
        if not is_dry_run:
            await asyncio.to_thread(self._save, session)
        return report

    async def _open(self, publish: Publish, everything: bool | None) -> _Session:
        state = await asyncio.to_thread(self._state_file.load)
        started_at = self._clock()
        report = Report(started_at, state.is_sweep_due(started_at) if everything is None else everything)
        accounts, report.unknown_accounts = await find_accounts(self._github, self._settings, state.account_ids)
        state.category_id = await find_category(self._github, self._settings, state.category_id)
        discussions = Discussions(self._github, self._settings, state.category_id)
        return _Session(discussions, accounts, state, report, publish)

    async def _take_page(self, session: _Session, page: DiscussionPage) -> None:
        report = session.report
        if not page.is_whole or page.problems:
            report.note_problem("; ".join(page.problems) or "GitHub left discussions out")
        for discussion in page.discussions:
            report.discussions += 1
            paper_id = paper_of(discussion.head.title)
            if paper_id is None:
                report.without_paper.append(discussion.head.title)
                continue
            report.papers.add(paper_id)
            await self._take(session, discussion, Place(discussion.head.id, paper_id, self._settings.user))

    async def _take(self, session: _Session, discussion: Discussion, place: Place) -> None:
        """Publish what a discussion says that was not said yet."""
        await self._read_comments(session, discussion, place)
        votes = votes_of(discussion, session.accounts, self._settings.meanings, session.report.counts)
        present = self._clock()
        session.report.waiting_votes += sum(vote.at > present + CLOCK_DIFFERENCE for vote in votes.votes)
        ratings = await asyncio.to_thread(self._ratings_of, place.paper_id)
        for event in label_events(place, votes, ratings, present, CLOCK_DIFFERENCE):
            await session.publish(event)
            session.report.events.append(event)

    async def _read_comments(self, session: _Session, discussion: Discussion, place: Place) -> None:
        """Where there are new ones, in a full reading, and to see what is left where a reaction was taken back."""
        standing = (discussion.head.updated_at, discussion.comment_count or 0)
        is_known = session.state.comments_read.get(place.key) == standing
        if discussion.comment_count != 0 and (
            session.report.is_sweep or not is_known or await self._is_taken_back(session, discussion, place)
        ):
            await session.discussions.read_comments(discussion)
        if discussion.comments_are_whole:
            session.state.comments_read[place.key] = standing
        if not discussion.is_whole or (discussion.comments is not None and not discussion.comments_are_whole):
            session.report.note_problem(f"GitHub left out reactions or comments about {place.paper_id}")

    async def _is_taken_back(self, session: _Session, discussion: Discussion, place: Place) -> bool:
        votes: Votes = votes_of(discussion, session.accounts, self._settings.meanings, Counts())
        return is_taken_back(place, votes, await asyncio.to_thread(self._ratings_of, place.paper_id))

    def _ratings_of(self, paper_id: str) -> list[Rating]:
        """All that was said of a paper, oldest first, as of the last answer of GitHub: the wait for it may be long."""
        question = self._github.points.requests
        if self._ratings_read_at is None or self._ratings_read_at[0] != question:
            stamp = self._ratings.fingerprint()
            if self._ratings_read_at is None or self._ratings_read_at[1] != stamp:
                self._ratings_by_paper = _by_paper(self._ratings.all(self._settings.user))
            self._ratings_read_at = (question, stamp)
        return self._ratings_by_paper.get(paper_id, [])

    def _is_enough(self, report: Report, changes: Sequence[datetime], changed_up_to: datetime | None) -> bool:
        """Whether everything that changed since the last reading was read, and the discussions that changed last."""
        if changed_up_to is None or not changes:
            return False
        return report.discussions >= self._settings.recent_discussions and min(changes) < changed_up_to

    def _save(self, session: _Session) -> None:
        state, report = session.state, session.report
        state.account_ids |= session.accounts.ids
        if report.is_sweep:
            again = timedelta(hours=self._settings.sweep_hours)
            state.next_sweep_at = report.started_at + (again if report.is_whole else min(again, _SWEEP_AGAIN))
        state.last = Reading(
            at=report.started_at,
            is_sweep=report.is_sweep,
            discussions=report.discussions,
            ratings=len(report.events),
            strangers=len(report.counts.strangers),
            points=report.points,
            points_remaining=report.points_remaining,
        )
        self._state_file.save(state)


def _by_paper(ratings: Sequence[Rating]) -> dict[str, list[Rating]]:
    by_paper: dict[str, list[Rating]] = defaultdict(list)
    for rating in ratings:
        by_paper[rating.paper_id].append(rating)
    return dict(by_paper)
