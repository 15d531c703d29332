"""Which files a build starts from, and whether any of them changed."""

from pathlib import Path

from services.publisher.site.building.content_files import (
    content_stamp,
    days_of,
    last_change,
    paper_hashes,
    papers_leading_to,
)


def test_hashes_follow_the_content_and_drafts_do_not_count(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "2611.00101.md").write_text("one")
    (papers / ".2611.00102.md.tmp").write_text("half")
    first, stamp = paper_hashes(tmp_path), content_stamp(tmp_path)
    assert list(first) == ["2611.00101"]
    assert content_stamp(tmp_path) == stamp
    (papers / "2611.00101.md").write_text("another")
    assert paper_hashes(tmp_path) != first
    assert content_stamp(tmp_path) != stamp


def test_days_are_listed_newest_first(tmp_path: Path) -> None:
    (tmp_path / "days").mkdir()
    for day in ("2026-11-05", "2026-11-06"):
        (tmp_path / "days" / f"{day}.md").write_text(day)
    assert days_of(tmp_path) == ["2026-11-06", "2026-11-05"]


def test_papers_that_lead_to_a_page_or_a_day_are_found(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "one.md").write_text('---\npicked: ["2026-11-05", "2026-11-06"]\n---\n[x](../papers/two.md)\n')
    (papers / "two.md").write_text("On 2026-11-06: [y](../papers/onetwo.md)\n")
    assert papers_leading_to(tmp_path, {"two"}, set()) == {"one"}
    assert papers_leading_to(tmp_path, {"onetwo", "t.o"}, set()) == {"two"}
    assert papers_leading_to(tmp_path, set(), {"2026-11-06"}) == {"one"}
    assert papers_leading_to(tmp_path, set(), set()) == set()


def test_where_nothing_was_written_nothing_has_changed(tmp_path: Path) -> None:
    assert last_change(tmp_path / "nothing") == 0
    assert paper_hashes(tmp_path / "nothing") == {}
