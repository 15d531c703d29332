"""arXiv identifiers in every usual spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.paper_ids import (
    by_age,
    folder_name,
    local_id,
    month_of,
    named_by_folder,
    parse_any_paper_id,
    parse_paper_id,
    parse_versioned_id,
)


@pytest.mark.parametrize(
    ("text", "paper_id", "version"),
    [
        ("2410.12850", "2410.12850", None),
        ("0704.0001v3", "0704.0001", 3),
        (" arXiv:2403.12345v2 ", "2403.12345", 2),
        ("https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001", None),
        ("https://arxiv.org/pdf/2403.12345v1.pdf", "2403.12345", 1),
        ("oai:arXiv.org:math.GT/0309136", "math/0309136", None),
        ("cond-mat/0101001v2", "cond-mat/0101001", 2),
        ("https://arxiv.org/abs/2403.12345v2?context=cs.CL#here", "2403.12345", 2),
        ("http://export.arxiv.org/abs/hep-th/9901001/", "hep-th/9901001", None),
        ("arxiv.org/pdf/2403.12345", "2403.12345", None),
        ("https://www.arxiv.org/format/2403.12345", "2403.12345", None),
        ("https://doi.org/10.48550/arXiv.2403.12345", "2403.12345", None),
        ("doi:10.48550/ARXIV.2403.12345", "2403.12345", None),
    ],
)
def test_usual_spellings_are_understood(text: str, paper_id: str, version: int | None) -> None:
    assert parse_versioned_id(text) == (paper_id, version)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2410.1285",
        "2410.1285000",
        "2413.12345",
        "24.1",
        "../../etc/passwd",
        "2403.12345v0",
        "2403.12345\n2",
        "https://evil.example/abs/2403.12345",
        "https://evilarxiv.org/abs/2403.12345",
        "2403.12345?x",
        "10.1000/arXiv.2403.12345",
    ],
)
def test_what_is_no_id_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="not an arXiv id"):
        parse_paper_id(text)


@pytest.mark.parametrize(
    ("paper_id", "month"), [("2410.12850", "2024-10"), ("hep-th/9108001", "1991-08"), ("math/0309136", "2003-09")]
)
def test_the_month_is_in_the_id(paper_id: str, month: str) -> None:
    assert month_of(paper_id) == month


def test_an_own_file_has_an_id_a_folder_and_no_month() -> None:
    paper_id = local_id("0123456789abcdef" * 4)
    assert parse_any_paper_id(paper_id) == paper_id == "local:0123456789abcdef"
    assert (folder_name(paper_id), month_of(paper_id)) == ("local_0123456789abcdef", "local")
    with pytest.raises(ValueError, match="not an arXiv id"):
        parse_any_paper_id("local:../../etc/passwd")


def test_an_id_that_was_read_as_a_number_and_lost_its_zero_is_named() -> None:
    with pytest.raises(ValueError, match=r"was it 2410\.12850"):
        parse_paper_id("2410.1285")


@pytest.mark.parametrize(
    "text",
    [
        "２４１０.12850",
        "2410.1285٠",
        "hep-th/990100१",
        "2410.12850v２",
        "2410.12850v9999999",
        "httpſ://arxiv.org/abs/2410.12850",
    ],
)
def test_digits_and_letters_of_other_scripts_are_no_id(text: str) -> None:
    with pytest.raises(ValueError, match="not an arXiv id"):
        parse_versioned_id(text)


@given(st.from_regex(r"\A(0[7-9]|1[0-4])(0[1-9]|1[0-2])\.[0-9]{4}\Z|\A(1[5-9]|[2-9][0-9])(0[1-9]|1[0-2])\.[0-9]{5}\Z"))
def test_an_id_is_its_own_spelling_and_one_path_segment(paper_id: str) -> None:
    assert parse_paper_id(paper_id) == paper_id
    assert "/" not in folder_name("hep-th/9901001") + folder_name(paper_id)


OLDEST_FIRST = ("hep-th/9901001", "math/0704002", "0704.0001", "biorxiv:10.1101-2026.10.15.675123", "2611.00001")


def test_papers_of_all_servers_stand_in_the_order_of_their_months() -> None:
    assert tuple(sorted({*OLDEST_FIRST}, key=by_age)) == OLDEST_FIRST


@pytest.mark.parametrize(
    "paper_id", [*OLDEST_FIRST, "local:0123456789abcdef", "zen:2610.zenodo.org_a~5Fb~2Fc", "hal:2610.HAL_hal-05500001"]
)
def test_the_name_of_a_folder_tells_its_paper(paper_id: str) -> None:
    assert named_by_folder(folder_name(paper_id)) == paper_id


def test_a_folder_of_anything_else_tells_no_paper() -> None:
    with pytest.raises(ValueError, match="'to_do' is not named after a paper"):
        named_by_folder("to_do")
