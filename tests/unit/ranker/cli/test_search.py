"""`papersys search`, as a person types it where no system is running."""

import json

from tests.support.checks.command_line import run_command
from tests.unit.ranker.world import World, paper_id


def test_papers_are_listed_by_id_and_title_and_what_is_missing_is_said_beside(world: World) -> None:
    done = run_command("search", "kind 17", "--limit", "1")
    assert done.code == 0
    assert done.out.split() == [paper_id(17), "Paper", "17", "on", "proteins"]
    assert done.err


def test_hits_as_json_have_ids_and_marks(world: World) -> None:
    (hit,) = json.loads(run_command("search", "proteins", "--limit", "1", "--json").out)
    assert "⟦proteins⟧" in hit["title"]


def test_nothing_found_is_said(world: World) -> None:
    assert run_command("search", "xylophone").out == "No papers found.\n"


def test_a_search_for_nothing_is_wrong_use(world: World) -> None:
    done = run_command("search")
    assert (done.code, "Give a query, a filter, or --like ID." in done.err) == (2, True)
    assert run_command("search", "--like", "2410.1285").code == 2
    assert run_command("search", "x", "--from", "soon").code == 2


def test_what_comes_next_and_first_can_be_chosen(world: World) -> None:
    first, second = (run_command("search", "kind", "--limit", "2", *more) for more in ((), ("--skip", "2")))
    assert "2 of 160 papers" not in first.out
    assert not {*first.out.split()[::1]} & {line.split()[0] for line in second.out.splitlines()}
    newest = run_command("search", "galaxies", "--sort", "date", "--limit", "3", "--json")
    assert [int(hit["paper_id"][-3:]) % 7 for hit in json.loads(newest.out)] == [0, 0, 0]


def test_a_category_that_does_not_exist_is_wrong_use(world: World) -> None:
    done = run_command("search", "galaxies", "--category", "cs.LGG")
    assert (done.code, "did you mean cs.LG?" in done.err) == (2, True)


def test_words_need_no_quotation_marks(world: World) -> None:
    several, one = (run_command("search", *words, "--limit", "3").out for words in (("kind", "17"), ("kind 17",)))
    assert several == one
    assert run_command("search", "", "").code == 2
