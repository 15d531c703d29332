from datetime import UTC, date, datetime
from pathlib import Path

from services.fetcher.harvesting.audit_notes import AuditNotes
from services.fetcher.harvesting.cursor import HarvestPlan
from tests.support.arxiv.demo import data_folder

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)
PLAN = HarvestPlan(date(2026, 10, 1), date(2026, 10, 31), ("cs.CL",))


def test_spans_to_audit_are_remembered_once_until_they_are_done(tmp_path: Path) -> None:
    notes = AuditNotes(data_folder(tmp_path))
    notes.add_due(PLAN)
    notes.add_due(PLAN)
    notes.note(NOON)
    again = AuditNotes(data_folder(tmp_path))
    assert (again.due(), again.last()) == ([PLAN], NOON)
    again.done(PLAN)
    assert (again.due(), again.last()) == ([], NOON)


def test_without_readable_notes_nothing_is_due(tmp_path: Path) -> None:
    data = data_folder(tmp_path)
    assert (AuditNotes(data).due(), AuditNotes(data).last()) == ([], None)
    data.write_text(data.path("state", "fetcher", "audit.json"), '{"at": "soon", "due": [{}]}')
    assert (AuditNotes(data).due(), AuditNotes(data).last()) == ([], None)
