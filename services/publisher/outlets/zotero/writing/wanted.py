"""Which papers are written: picks since the first time, and what the person saved."""

from collections.abc import Iterable
from datetime import date

from services.publisher.library.saved import Library
from services.publisher.outlets.zotero.state import ZoteroState
from services.publisher.records.records import Records, picks_of
from shared.paper_ids import is_local
from shared.settings.sections.zotero import ZoteroSettings

_DAYS = 14
_NOT_WRITTEN = ("requested", "audit")


def wanted_papers(records: Records, library: Library, settings: ZoteroSettings, state: ZoteroState) -> list[str]:
    """Their ids: the newest picks, what is saved, and what was written before, which may have changed."""
    ids: list[str] = []
    if "picks" in settings.write and state.since is not None:
        ids += _picks(records, settings, state.since)
    if "saved" in settings.write:
        ids += library.saved()
    ids += [paper_id for paper_id, item in state.written.items() if item.state == "written"]
    return [paper_id for paper_id in dict.fromkeys(ids) if not is_local(paper_id)]


def first_day(records: Records) -> date | None:
    """The day with which a new library begins."""
    return next(iter(records.days()), None)


def _picks(records: Records, settings: ZoteroSettings, since: date) -> Iterable[str]:
    for day in records.days()[:_DAYS]:
        for pick in picks_of(records.candidates(day)) if day >= since else ():
            is_above = not settings.threshold or (pick.probability or 0.0) >= settings.threshold
            if is_above and pick.slot not in _NOT_WRITTEN:
                yield pick.paper_id
