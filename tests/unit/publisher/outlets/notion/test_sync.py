"""A pass writes what is missing or has changed, and nothing else; what goes wrong is finished by the next one."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from services.publisher.outlets.notion.blocks import MARKER
from shared.contracts import now
from shared.errors import PermanentFailure
from shared.notion.failures import NotionAway, NotionClosed
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from tests.support.folders.seed import GRAPHS, HOSTILE, HOSTILE_TITLE, OLD, TIDES, paper, summary
from tests.support.notion.beside import Desk
from tests.support.notion.server import Asked, Fault, Script

ALL = {GRAPHS, TIDES, HOSTILE, OLD}


def paper_ids(desk: Desk) -> list[str]:
    workspace = desk.server.workspace
    return sorted(workspace.text(page, "Paper ID") for page in workspace.rows())


def once(fault: Fault, method: str, path: str) -> Script:
    """The fault befalls the first such request alone."""
    left = [fault]

    def script(asked: Asked) -> Fault | None:
        return left.pop() if left and asked.method == method and asked.path.startswith(path) else None

    return script


async def test_every_summarised_paper_has_one_row(desk: Desk) -> None:
    report = await desk.passed()
    assert set(report.created) == ALL
    assert paper_ids(desk) == sorted(ALL)
    row = desk.server.workspace.shown(desk.server.workspace.row(GRAPHS))["properties"]
    assert row["Link"]["url"] == "https://arxiv.org/abs/2611.00101"
    assert [tag["name"] for tag in row["Tags"]["multi_select"]] == ["Graph neural networks"]
    assert (row["Picked"]["date"]["start"], row["Score"]["number"]) == ("2026-11-06", 0.88)


async def test_a_pass_over_unchanged_papers_writes_nothing(desk: Desk) -> None:
    await desk.passed()
    desk.server.asked.clear()
    report = await desk.passed()
    assert (report.unchanged, report.created, report.updated) == (4, [], [])
    assert [asked for asked in desk.server.asked if asked.method == "PATCH"] == []
    assert desk.server.counted("POST", "pages") == 0


async def test_hostile_titles_stay_text(desk: Desk) -> None:
    await desk.passed()
    title = desk.server.workspace.text(desk.server.workspace.row(HOSTILE), "Title")
    assert title == HOSTILE_TITLE.replace("$a<b$", "a<b")


async def test_of_a_changed_summary_only_the_changed_blocks_are_sent(desk: Desk) -> None:
    await desk.passed()
    page = desk.server.workspace.row(TIDES)
    desk.server.workspace.write_note(page, "My own note")
    before = {block["id"] for block in page.blocks}
    SummaryStore(desk.data).put(summary(TIDES, notes=("A note of papersys.", "Another.")))
    report = await desk.passed()
    assert report.updated == [TIDES]
    body = desk.server.workspace.body(page)
    assert body[1:3] == ["A note of papersys.", "Another."]
    assert body[-2:] == [MARKER, "My own note"]
    assert len({block["id"] for block in page.blocks} - before) == 2


async def test_what_the_owner_wrote_above_the_marker_stays_too(desk: Desk) -> None:
    await desk.passed()
    page = desk.server.workspace.row(TIDES)
    desk.server.workspace.write_note(page, "Between the lines", place=2)
    SummaryStore(desk.data).put(summary(TIDES))
    await desk.passed()
    assert "Between the lines" in desk.server.workspace.body(page)


async def test_a_renamed_property_is_found_by_its_id(desk: Desk) -> None:
    await desk.passed()
    (source,) = desk.server.workspace.sources
    desk.server.workspace.rename(source, "Title", "Titel")
    MetadataStore(desk.data).put([replace(paper(TIDES), title="Tides anew")])
    await desk.passed()
    assert desk.server.workspace.text(desk.server.workspace.row(TIDES), "Titel") == "Tides anew"


async def test_a_502_that_did_create_the_page_makes_no_second_one(desk: Desk) -> None:
    desk.server.fault = once(Fault(502, after=True), "POST", "pages")
    report = await desk.passed()
    assert set(report.created) == ALL
    assert paper_ids(desk) == sorted(ALL)


@pytest.mark.parametrize("status", [0, 500, 502, 503, 504])
async def test_a_failed_creation_is_repeated_when_no_row_is_found(desk: Desk, status: int) -> None:
    desk.server.fault = once(Fault(status), "POST", "pages")
    await desk.passed()
    assert paper_ids(desk) == sorted(ALL)


async def test_a_second_row_that_was_made_because_the_first_was_not_found_goes_to_the_trash(desk: Desk) -> None:
    desk.server.workspace.lag_seconds = 3_600
    desk.server.fault = once(Fault(504, after=True), "POST", "pages")
    await desk.passed()
    assert len(paper_ids(desk)) == 5
    for page in desk.server.workspace.rows():
        page.seen_at = 0
    desk.clock = lambda: now() + timedelta(minutes=2)
    assert (await desk.passed()).doubled == []
    assert paper_ids(desk) == sorted(ALL)


async def test_a_second_row_that_its_owner_changed_stays_and_is_told(desk: Desk) -> None:
    desk.server.workspace.lag_seconds = 3_600
    desk.server.fault = once(Fault(504, after=True), "POST", "pages")
    await desk.passed()
    known = {row.page_id for row in desk.files.rows.all().values()}
    (other,) = [page for page in desk.server.workspace.rows() if page.id not in known]
    desk.server.workspace.write_note(other, "My note")
    for page in desk.server.workspace.rows():
        page.seen_at = 0
    desk.clock = lambda: now() + timedelta(minutes=2)
    (doubled,) = (await desk.passed()).doubled
    assert (doubled.paper_id, doubled.others[0].page_id) == (desk.server.workspace.text(other, "Paper ID"), other.id)
    assert other in desk.server.workspace.rows()


@pytest.mark.parametrize("where", ["blocks", "pages/"])
@pytest.mark.parametrize("after", [True, False])
async def test_an_update_whose_answer_is_lost_is_finished_once(desk: Desk, where: str, after: bool) -> None:
    await desk.passed()
    SummaryStore(desk.data).put(
        summary(TIDES, notes=("A note of papersys.", "Another.")).model_copy(update={"tags": ()})
    )
    desk.server.fault = once(Fault(502, after=after), "PATCH", where)
    await desk.passed()
    page = desk.server.workspace.row(TIDES)
    assert desk.server.workspace.body(page).count("Another.") == 1
    assert desk.server.workspace.shown(page)["properties"]["Tags"]["multi_select"] == []


async def test_conflicts_and_full_servers_are_waited_for_as_they_ask(desk: Desk) -> None:
    faults = [Fault(429, retry_after="7", code="rate_limited"), Fault(409, code="conflict_error"), Fault(529)]

    def script(asked: Asked) -> Fault | None:
        return faults.pop() if faults and asked.method == "POST" and asked.path == "pages" else None

    desk.server.fault = script
    await desk.passed()
    assert paper_ids(desk) == sorted(ALL)
    assert 7.0 in desk.slept


async def test_an_expired_token_is_said_with_what_to_do_and_nothing_is_lost(desk: Desk) -> None:
    await desk.passed(TIDES)
    desk.server.token = "another"
    with pytest.raises(NotionClosed, match=r"token.*notion\.token_file"):
        await desk.passed()
    desk.server.token = "ntn_secret-token-of-the-tests"
    await desk.passed()
    assert paper_ids(desk) == sorted(ALL)


async def test_notion_away_for_long_ends_the_pass(desk: Desk) -> None:
    desk.server.fault = lambda asked: Fault(503)
    with pytest.raises(NotionAway, match="times in a row"):
        await desk.passed()


async def test_after_a_lost_state_the_rows_are_found_again_by_their_ids(desk: Desk) -> None:
    await desk.passed()
    pages = {page.id for page in desk.server.workspace.rows()}
    blocks = {page.id: [block["id"] for block in page.blocks] for page in desk.server.workspace.rows()}
    shutil.rmtree(desk.data.path("state", "notion"))
    report = await desk.passed()
    assert set(report.updated) == ALL
    assert {page.id for page in desk.server.workspace.rows()} == pages
    assert {page.id: [block["id"] for block in page.blocks] for page in desk.server.workspace.rows()} == blocks


async def test_a_row_that_its_owner_removed_is_left_out_until_it_is_named(desk: Desk) -> None:
    await desk.passed()
    desk.server.workspace.trash(desk.server.workspace.row(TIDES))
    SummaryStore(desk.data).put(summary(TIDES, notes=("A change.",)))
    assert (await desk.passed()).removed == [TIDES]
    assert (await desk.passed()).removed == [TIDES]
    assert TIDES not in paper_ids(desk)
    assert (await desk.passed(TIDES)).created == [TIDES]


async def test_one_bad_row_stops_no_other(desk: Desk) -> None:
    def script(asked: Asked) -> Fault | None:
        is_bad = asked.method == "POST" and asked.path == "pages" and TIDES in str(asked.body)
        return Fault(400, code="validation_error") if is_bad else None

    desk.server.fault = script
    report = await desk.passed()
    assert list(report.failed) == [TIDES]
    assert paper_ids(desk) == sorted(ALL - {TIDES})
    desk.server.fault = lambda asked: None
    assert (await desk.passed()).created == [TIDES]


async def test_a_database_full_of_tags_takes_rows_without_new_ones(desk: Desk) -> None:
    desk.server.workspace.most_schema_bytes = 200
    report = await desk.passed()
    assert report.failed == {}
    assert paper_ids(desk) == sorted(ALL)


async def test_a_rating_given_elsewhere_is_shown(desk: Desk) -> None:
    desk.rate(GRAPHS, "like", 1)
    await desk.passed()
    page = desk.server.workspace.row(GRAPHS)
    assert desk.server.workspace.rating(page) == "Like"
    desk.rate(GRAPHS, "dislike", 2)
    await desk.passed()
    assert desk.server.workspace.rating(page) == "Dislike"
    desk.rate(GRAPHS, "clear", 3)
    await desk.passed()
    assert desk.server.workspace.rating(page) == ""


async def test_a_rating_of_the_owner_that_was_not_read_yet_is_not_written_over(desk: Desk) -> None:
    await desk.passed()
    page = desk.server.workspace.row(GRAPHS)
    desk.server.workspace.rate(page, "Dislike")
    desk.rate(GRAPHS, "like", 5)
    await desk.passed()
    assert desk.server.workspace.rating(page) == "Dislike"


async def test_a_database_that_is_not_shared_is_named_with_what_to_do(desk: Desk) -> None:
    desk.changes["database"] = "11111111-2222-4333-8444-555555555555"
    with pytest.raises(NotionClosed, match="Connections"):
        await desk.passed()


async def test_a_database_that_lost_a_property_is_named(desk: Desk) -> None:
    (source,) = desk.server.workspace.sources.values()
    del source.properties["Paper ID"]
    with pytest.raises(PermanentFailure, match="no property Paper ID"):
        await desk.passed()
