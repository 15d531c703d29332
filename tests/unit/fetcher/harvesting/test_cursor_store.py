"""Cursors of earlier versions go on, and one that cannot be read keeps no harvest from starting."""

import json
from datetime import date
from pathlib import Path

from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.harvesting.cursor_store import CursorStore
from shared.store.papers.metadata import MetadataStore
from tests.support.arxiv.demo import Site, data_folder

HEAD = {
    "run_id": "20261106T120000000000-abc123",
    "started_at": "2026-11-06T12:00:00+00:00",
    "plan": {"from_date": "2026-10-01", "until_date": None, "categories": [], "limit": None},
}
PAGE = {
    "set_index": 0,
    "next_token": "verb%3DListRecords%26metadataPrefix%3DarXiv%26from%3D2026-10-27%26skip%3D1",
    "new": ["2610.20101"],
    "revised": [],
    "known": [],
    "withdrawn": [],
    "newest": "2026-10-27",
    "cross": 1,
}


def write(folder: Path, name: str, *lines: object) -> Path:
    path = data_folder(folder).path("state", "fetcher", "cursors", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


async def test_a_cursor_of_an_earlier_version_is_gone_on_with(tmp_path: Path) -> None:
    write(tmp_path, f"{HEAD['run_id']}.jsonl", HEAD, {"page": PAGE, "rows_end": 0}, {"folded": True})
    (cursor,) = CursorStore(data_folder(tmp_path)).open_cursors()
    assert (cursor.cross_listed(cursor.new), cursor.set_newest) == (1, date(2026, 10, 27))
    site = Site()
    run = await site.components(tmp_path).harvester.run(HarvestPlan(date(2026, 10, 1)))
    assert run.run_id == HEAD["run_id"]
    assert "from=2026-10-27" in site.paths()[0]


async def test_a_cursor_that_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    broken = [
        write(tmp_path, "a.jsonl", HEAD, "{broken"),
        write(tmp_path, "b.jsonl", {"colour": "red"}),
        write(tmp_path, "c.jsonl", HEAD, {"page": {"hue": 1}, "rows_end": 0}),
        write(tmp_path, "d.jsonl", "[1]", "[2]"),
    ]
    components = Site().components(tmp_path)
    assert components.harvester.unfinished() == []
    await components.harvester.run(HarvestPlan(date(2026, 10, 1)))
    assert MetadataStore(components.data).count() == 128
    assert [path.with_suffix(".unreadable").exists() for path in broken] == [True] * 4
