"""A row's paper: known, to be checked at arXiv, offered, or not found."""

from services.feedback.importing.resolving import KnownPapers, asked_ids, asked_titles, resolve
from services.feedback.importing.titles import match_titles
from shared.text.rating_files.reading import read_rating_text
from tests.unit.feedback.importing.rows import FIRST, WHOLE

FILE = read_rating_text(f"id,title\n{FIRST},A\n2410.1285,B\n,Same title\n,Twin title\n,Never seen before\n", "f.csv")


def test_what_has_to_be_known_is_asked_for_at_once() -> None:
    assert asked_ids([FILE]) == {FIRST, WHOLE, "2410.01285"}
    assert asked_titles([FILE]) == {"Same title", "Twin title", "Never seen before"}


def test_a_damaged_id_is_repaired_where_its_paper_is_stored() -> None:
    rows = resolve([FILE], KnownPapers(stored={WHOLE}))
    assert [(row.state, row.paper_id, row.is_repaired) for row in rows[:2]] == [
        ("known", FIRST, False),
        ("known", WHOLE, True),
    ]


def test_elsewhere_arxiv_decides_and_what_it_does_not_have_is_not_found() -> None:
    assert resolve([FILE], KnownPapers())[1].state == "waiting"
    refused = resolve([FILE], KnownPapers(refused={WHOLE: "arXiv has no such paper"}))[1]
    assert (refused.state, refused.paper_id) == ("not found", "")
    assert "2410.1285 would be 2410.12850: arXiv has no such paper" in refused.why


def test_where_arxiv_does_not_have_it_another_reading_that_is_stored_is_offered() -> None:
    known = KnownPapers(stored={"2410.01285"}, refused={WHOLE: "arXiv has no such paper"})
    assert (resolve([FILE], known)[1].state, resolve([FILE], known)[1].offers) == ("offered", ("2410.01285",))


def test_an_old_number_without_its_archive_is_offered_even_where_only_one_is_stored() -> None:
    file = read_rating_text("id,label\n9901001,like\n9902002,like\n", "f.csv")
    one, none = resolve([file], KnownPapers(old_numbers={"9901001": ("hep-th/9901001",)}))
    assert (one.state, one.offers) == ("offered", ("hep-th/9901001",))
    assert (none.state, none.why) == ("not found", "9902002 lacks its archive, such as hep-th/9902002")


def test_one_paper_of_a_title_is_taken_and_of_two_none_is_guessed() -> None:
    stored = {"2403.00001": "same TITLE", "2403.00002": "Twin title", "2403.00003": "Twin Title"}
    titles = match_titles(asked_titles([FILE]), stored.items)
    same, twin, never = resolve([FILE], KnownPapers(titles=titles))[2:]
    assert (same.state, same.paper_id) == ("known", "2403.00001")
    assert (twin.state, twin.offers) == ("offered", ("2403.00002", "2403.00003"))
    assert (never.state, never.why) == ("not found", "no stored paper has the title “Never seen before”")


def test_a_paper_of_another_server_counts_where_it_is_stored_and_by_its_title_else() -> None:
    preprint = "biorxiv:10.1101-2026.10.15.675123"
    file = read_rating_text("doi,title\n10.1101/2026.10.15.675123,Neurons\n", "f.csv")
    assert asked_ids([file]) == {preprint}
    (stored,) = resolve([file], KnownPapers(stored={preprint}))
    assert (stored.state, stored.paper_id, stored.is_repaired) == ("known", preprint, False)
    (elsewhere,) = resolve([file], KnownPapers())
    assert (elsewhere.state, elsewhere.paper_id) == ("not found", "")
    address = read_rating_text("https://www.biorxiv.org/content/10.1101/2026.10.15.675123v1\n", "f.txt")
    assert asked_titles([address]) == set()
    (unknown,) = resolve([address], KnownPapers())
    assert unknown.why == "bioRxiv 10.1101/2026.10.15.675123 was not harvested here"
