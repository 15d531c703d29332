"""What the pages are made from, in one hand."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.templating import Jinja2Templates

from services.publisher.access.access import Gate
from services.publisher.pages.queues import Queues
from services.publisher.pages.status_page import Counter, HealthPages
from services.publisher.ratings import Ratings
from services.publisher.records import Library
from shared.bus.bus import Bus


@dataclass(frozen=True)
class Desk:
    """Records, the bus, and who may look; `bus_problem` says why the bus cannot be used now."""

    library: Library
    ratings: Ratings
    bus: Bus
    bus_problem: Callable[[], str | None]
    queues: Queues
    health: HealthPages
    counter: Counter
    gate: Gate
    templates: Jinja2Templates
