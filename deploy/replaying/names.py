"""What a replay is called where nobody names it: the same request has the same name, so that it goes on. Pure."""

import hashlib
import re

from shared.store.keeping.replays import ReplayRequest

_ODD = re.compile(r"[^a-z0-9_.-]+")
_LONGEST_MODEL = 40


def name_of(request: ReplayRequest) -> str:
    """Of an embedding model there is one replay: a longer period goes on where a shorter one ended."""
    if request.stage == "embed":
        return f"embed-{_plain(request.model)}"
    days = "-".join(f"{day:%Y%m%d}" for day in (request.first_day, request.last_day) if day is not None)
    parts = [request.stage, *([_plain(request.model)] if request.model else []), *([days] if days else [])]
    return "-".join([*parts, _digest(request)])


def is_the_same_work(old: ReplayRequest, new: ReplayRequest) -> bool:
    """Whether a replay can go on as another request has it; who is compared, and what it may cost, may change."""
    free = {"users", "most_cost"} | ({"first_day", "last_day"} if new.stage == "embed" else set())
    return old.model_dump(exclude=free) == new.model_dump(exclude=free)


def _plain(text: str) -> str:
    return _ODD.sub("-", text.lower()).strip("-.")[:_LONGEST_MODEL] or "model"


def _digest(request: ReplayRequest) -> str:
    """Tells apart what the readable part does not."""
    told = request.model_dump_json(exclude={"users", "most_cost"})
    return hashlib.sha256(told.encode()).hexdigest()[:6]
