"""What the audit has to remember: when it ran last, and which harvests it has still to look at."""

import json
from datetime import date, datetime
from typing import Any

from services.fetcher.harvesting.cursor import HarvestPlan
from shared.store.files.data_folder import DataFolder


class AuditNotes:
    """`state/fetcher/audit.json`."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._path = data.path("state", "fetcher", "audit.json")

    def last(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self._content()["at"])
        except (ValueError, KeyError, TypeError):
            return None

    def note(self, at: datetime) -> None:
        self._write({**self._content(), "at": at.isoformat()})

    def due(self) -> list[HarvestPlan]:
        """The spans in which papers may have moved while they were paged through."""
        try:
            return [_plan(span) for span in self._content().get("due", [])]
        except (ValueError, KeyError, TypeError):
            return []

    def add_due(self, plan: HarvestPlan) -> None:
        """Remember a span; a second time changes nothing."""
        due = self.due()
        if plan not in due:
            self._write({**self._content(), "due": [*map(_span_of, due), _span_of(plan)]})

    def done(self, plan: HarvestPlan) -> None:
        self._write({**self._content(), "due": [_span_of(other) for other in self.due() if other != plan]})

    def _content(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._path.read_text("utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return {}

    def _write(self, content: dict[str, Any]) -> None:
        self._data.write_text(self._path, json.dumps(content) + "\n")


def _span_of(plan: HarvestPlan) -> dict[str, object]:
    until = plan.until_date.isoformat() if plan.until_date else None
    return {"from_date": plan.from_date.isoformat(), "until_date": until, "categories": list(plan.categories)}


def _plan(span: dict[str, Any]) -> HarvestPlan:
    until = date.fromisoformat(span["until_date"]) if span["until_date"] else None
    return HarvestPlan(date.fromisoformat(span["from_date"]), until, tuple(span["categories"]))
