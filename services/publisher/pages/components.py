"""The parts that pages are made from, and what of them is one person's."""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.templating import Jinja2Templates

from services.publisher.access.policy import AccessPolicy
from services.publisher.library.saved import Library
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from services.publisher.records.summary_requests import SummaryRequests
from services.publisher.system.status.status import StatusSources
from shared.bus.bus import Bus
from shared.contracts import DEFAULT_USER
from shared.store.people.glossaries import GlossaryStore
from shared.store.people.notes import NoteStore


@dataclass(frozen=True)
class Components:
    """Records, the bus, the state of the system, and who may read."""

    records: Records
    ratings: Ratings
    summary_requests: SummaryRequests
    bus: Bus
    status: StatusSources
    access: AccessPolicy
    templates: Jinja2Templates
    notes: NoteStore
    glossaries: GlossaryStore

    @property
    def user(self) -> str:
        """Whose picks and ratings these are."""
        return self.records.user

    @property
    def library(self) -> Library:
        """What the same person saved, skipped and opened."""
        return self.ratings.library

    def of(self, request: Request) -> "Components":
        """The same with the picks and ratings of the person who asks, whom the access middleware knows."""
        return self.of_user(getattr(request.state, "user", DEFAULT_USER))

    def of_user(self, user: str) -> "Components":
        """The same with the picks and ratings of a user."""
        if user == self.user:
            return self
        return replace(self, records=self.records.of(user), ratings=self.ratings.of(user))
