"""A paper with two rows is told, one of them is kept up to date, and no row of the owner's is changed or lost."""

import shutil
from datetime import timedelta

from shared.contracts import now
from shared.store.papers.summaries import SummaryStore
from tests.support.folders.seed import OLD, TIDES, summary
from tests.support.notion.beside import Desk
from tests.support.notion.workspace import Page


def changed(desk: Desk, paper_id: str = TIDES) -> None:
    SummaryStore(desk.data).put(summary(paper_id, notes=("A note of papersys.",)))


def page_of(desk: Desk, paper_id: str) -> str:
    return desk.files.rows.all()[paper_id].page_id


def as_it_is(page: Page) -> tuple[object, ...]:
    return dict(page.values), [block["id"] for block in page.blocks], page.edited_by, page.in_trash


async def test_the_known_row_is_kept_up_to_date_and_the_copy_is_told_with_its_rating(desk: Desk) -> None:
    await desk.passed()
    workspace = desk.server.workspace
    original = workspace.row(TIDES)
    copy = workspace.duplicate(original)
    workspace.rate(copy, "Dislike")
    left = as_it_is(copy)
    changed(desk)
    report = await desk.passed()
    (doubled,) = report.doubled
    assert str(doubled) == (
        f"{TIDES} has 2 rows in Notion: {workspace.shown(original)['url']} is kept up to date; "
        f"{workspace.shown(copy)['url']} (which shows Dislike) is left alone, and a rating given there is not read. "
        "Move all but one to the trash: the one that is left is kept up to date then."
    )
    assert report.as_dict()["doubled"] == [doubled.as_dict()]
    assert "A note of papersys." in workspace.body(original)
    assert as_it_is(copy) == left


async def test_it_is_told_in_every_pass_until_one_is_removed(desk: Desk) -> None:
    await desk.passed()
    copy = desk.server.workspace.duplicate(desk.server.workspace.row(TIDES))
    copy.edited = copy.made = 0
    assert [len((await desk.passed()).doubled) for _ in range(2)] == [0, 0]
    copy.edited = desk.server.workspace.clock()
    assert len((await desk.passed()).doubled) == 1
    copy.edited = 0
    assert len((await desk.passed()).doubled) == 1
    desk.server.workspace.trash(copy)
    assert (await desk.passed()).doubled == []


async def test_a_copy_takes_the_place_of_the_row_that_was_removed_and_nothing_stands_there_twice(desk: Desk) -> None:
    await desk.passed()
    original = desk.server.workspace.row(TIDES)
    copy = desk.server.workspace.duplicate(original)
    desk.server.workspace.write_note(copy, "My note")
    desk.server.workspace.trash(original)
    body = desk.server.workspace.body(copy)
    assert (await desk.passed()).doubled == []
    assert page_of(desk, TIDES) == copy.id
    assert desk.server.workspace.body(copy) == body
    changed(desk)
    await desk.passed()
    assert "A note of papersys." in desk.server.workspace.body(copy)
    assert "My note" in desk.server.workspace.body(copy)


async def test_a_row_that_comes_back_from_the_trash_is_kept_up_to_date_again(desk: Desk) -> None:
    await desk.passed()
    page = desk.server.workspace.row(TIDES)
    desk.server.workspace.trash(page)
    changed(desk)
    assert (await desk.passed()).removed == [TIDES]
    desk.server.workspace.restore(page)
    assert (await desk.passed()).updated == [TIDES]
    assert "A note of papersys." in desk.server.workspace.body(page)


async def test_without_what_was_known_our_own_row_is_kept_however_old_the_copy(desk: Desk) -> None:
    await desk.passed()
    original = desk.server.workspace.row(TIDES)
    copy = desk.server.workspace.duplicate(original)
    copy.made -= 3_600
    shutil.rmtree(desk.data.path("state", "notion"))
    assert (await desk.passed()).doubled == []  # it may be one that we made twice, which the next pass settles
    desk.clock = lambda: now() + timedelta(minutes=2)
    assert [doubled.others[0].page_id for doubled in (await desk.passed()).doubled] == [copy.id]
    assert page_of(desk, TIDES) == original.id


async def test_of_two_rows_of_the_owners_own_the_older_is_taken(desk: Desk) -> None:
    await desk.passed()
    pages = [desk.server.workspace.row(OLD)]
    pages += [desk.server.workspace.duplicate(pages[0]) for _ in range(2)]
    desk.server.workspace.trash(pages[0])
    pages[1].made += 60
    await desk.passed()
    assert page_of(desk, OLD) == pages[2].id
