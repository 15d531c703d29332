"""The parts that pages are made from."""

from dataclasses import dataclass

from starlette.templating import Jinja2Templates

from services.publisher.access.policy import AccessPolicy
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from services.publisher.records.summary_requests import SummaryRequests
from services.publisher.status.status import StatusSources
from shared.bus.bus import Bus


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
