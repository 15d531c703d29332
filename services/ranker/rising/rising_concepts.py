"""What rises for a user on request: what was found last at once, and a new look beside it every week."""

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from services.ranker.rising.saved_rising import RisingFiles, SavedRising
from services.ranker.rising.search_for_growth import GrowthStores, search_for_growth
from shared.contracts import Rising, RisingReply
from shared.store.people.preferences import RatingStore

log = logging.getLogger(__name__)

_RECIPE = 1
"""To be raised when rising concepts are found, or notes about them written, in another way."""
_EVERY, _WHERE_NONE = timedelta(days=7), timedelta(days=1)
_OTHER_LIKES = 0.1
_PATIENCE_SECONDS = 60.0


class RisingConcepts:
    """Reads papers and ratings; writes only what it found. With stores of its own: no day's work waits for it."""

    def __init__(
        self, stores: GrowthStores, ratings: RatingStore, files: RisingFiles, clock: Callable[[], datetime]
    ) -> None:
        self._stores, self._ratings, self._files, self._clock = stores, ratings, files, clock
        self._looking = threading.Lock()
        self._tasks: dict[str, asyncio.Task[RisingReply]] = {}

    async def current(self, request: Rising) -> RisingReply:
        """What was found last. A new look begins where it is due; the first one, and one asked for, is waited for."""
        user = request.user
        saved = await asyncio.to_thread(self._files.get, user)
        if not request.again and saved is not None and not await asyncio.to_thread(self._is_due, user, saved):
            return saved.reply
        task = self._tasks.get(user)
        if task is None:
            task = self._tasks[user] = asyncio.create_task(asyncio.to_thread(self.look, user))
            task.add_done_callback(lambda done: self._finished(user, done))
        if saved is None or request.again:
            done, _ = await asyncio.wait({task}, timeout=_PATIENCE_SECONDS)
            if done:
                return task.result()
        last = saved.reply if saved else RisingReply(note="Still looking. Come back in a minute.")
        return last.model_copy(update={"is_looking": True})

    def now(self, user: str, *, again: bool = False) -> RisingReply:
        """The same for a process of its own: looks where it is due, and waits."""
        saved = self._files.get(user)
        return self.look(user) if again or saved is None or self._is_due(user, saved) else saved.reply

    def look(self, user: str) -> RisingReply:
        """Look now, and save what was found. Blocks for seconds."""
        with self._looking:
            liked = self._liked(user)
            reply = search_for_growth(self._stores, liked, self._clock().date())
            self._files.put(user, SavedRising(stamp=self._stamp(), at=self._clock(), liked=tuple(liked), reply=reply))
            return reply

    def _is_due(self, user: str, saved: SavedRising) -> bool:
        """After a week, or a day where nothing was found; when likes or vectors are others."""
        age = self._clock() - saved.at
        likes, before = set(self._liked(user)), set(saved.liked)
        return (
            saved.stamp != self._stamp()
            or not timedelta() <= age < (_EVERY if saved.reply.concepts else _WHERE_NONE)
            or len(likes ^ before) > _OTHER_LIKES * max(len(likes), len(before))
        )

    def _liked(self, user: str) -> list[str]:
        """What a user likes, the newest last."""
        return [name for name, rating in self._ratings.current(user).items() if rating.label == "like"]

    def _stamp(self) -> str:
        return f"{_RECIPE} {self._stores.vectors.recipe}"

    def _finished(self, user: str, task: "asyncio.Task[RisingReply]") -> None:
        self._tasks.pop(user, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("What rises could not be found.", exc_info=error, extra={"action": "rising_failed", "user": user})
