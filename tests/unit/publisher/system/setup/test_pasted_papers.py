"""Papers that somebody pastes, in whatever form."""

import pytest

from services.publisher.system.setup.pasted_papers import MOST_PAPERS, PastedPapers, read_pasted


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", ()),
        ("2403.12345", ("2403.12345",)),
        (" 2403.12345v2, hep-th/9901001;2403.12345\n", ("2403.12345", "hep-th/9901001")),
        ("https://arxiv.org/abs/2403.12345 http://arxiv.org/pdf/2403.54321v1.pdf", ("2403.12345", "2403.54321")),
        ("arXiv:2403.12345 [2403.54321]", ("2403.12345", "2403.54321")),
    ],
)
def test_ids_and_links_are_read_in_any_spelling_and_each_once(text: str, ids: tuple[str, ...]) -> None:
    assert read_pasted(text) == PastedPapers(ids)


def test_what_is_no_id_is_named_and_the_rest_is_read() -> None:
    read = read_pasted("2403.12345 <script>alert(1)</script> 99.1")
    assert read.paper_ids == ("2403.12345",)
    assert len(read.problems) == 2


def test_bibtex_gives_ids_and_titles() -> None:
    read = read_pasted(
        "% mine\n@article{a, title={On {Graphs}}, eprint={2403.12345}, archiveprefix={arXiv}}\n"
        "@book{b, title={Old wisdom}}\n@misc{c, note={no title}}\n"
    )
    assert (read.paper_ids, read.titles, read.problems) == (("2403.12345",), ("Old wisdom",), ())
    assert read.remarks == ("line 4: neither a title nor an arXiv id",)


def test_bullets_numbers_and_words_around_ids_are_passed_over() -> None:
    read = read_pasted(
        "Papers that I like:\n1. 2403.12345\n2) ２４０３．12346\n- arXiv:2403.12347 [cs.CL]\n* hep-th/9901001."
    )
    assert read.paper_ids == ("2403.12345", "2403.12346", "2403.12347", "hep-th/9901001")
    assert (read.problems, read.remarks) == ((), ("5 words beside the ids (Papers, that, I, ...)",))


def test_words_without_any_id_are_a_problem() -> None:
    assert len(read_pasted("Attention is all").problems) == 3


def test_bibtex_with_nothing_of_use_is_a_problem() -> None:
    assert read_pasted("@article{a, title={Torn").problems


def test_a_library_beyond_all_measure_is_cut_and_that_is_said() -> None:
    read = read_pasted(" ".join(f"2403.{number:05}" for number in range(1, MOST_PAPERS + 9)))
    assert len(read.paper_ids) == MOST_PAPERS
    assert (read.problems, len(read.remarks)) == ((), 1)


def test_ids_may_stand_before_bibtex() -> None:
    text = "https://arxiv.org/abs/2403.12345v1, hep-th/9901001\nmy papers\n@article{a, eprint={2401.00010}}\n"
    read = read_pasted(text)
    assert read == PastedPapers(("2403.12345", "hep-th/9901001", "2401.00010"))


def test_ids_between_and_after_entries_count_and_one_that_is_mistyped_is_named() -> None:
    text = (
        "Created by Some Program 1.19.8\n% 2401.00001\n@article{a, title={Old wisdom}}\n\n2403.12345\n"
        "@article{b, title={Torn}\n@misc{c, eprint={2403.12346}}\nhep-th/9901001, 2403.123456\n"
    )
    read = read_pasted(text)
    assert (read.paper_ids, read.titles) == (("2403.12345", "hep-th/9901001", "2403.12346"), ("Old wisdom",))
    assert read.remarks == (
        "line 6: broken BibTeX, a brace or quote is not closed",
        "'2403.123456' is no arXiv id; they look like 2403.12345 or hep-th/9901001",
    )


def test_what_is_pasted_beside_a_file_is_told_apart_from_it() -> None:
    read = read_pasted("2403.12345 what?", "\n@misc{a, note={none}}\n@misc{b, title={Old wisdom}}", "my.bib")
    assert (read.paper_ids, read.titles) == (("2403.12345",), ("Old wisdom",))
    assert read.remarks == ("1 word beside the ids (what?)", "my.bib, line 2: neither a title nor an arXiv id")
