"""BibTeX entries: what a reference manager reads back, and nothing that TeX would carry out."""

from dataclasses import replace

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import given

from services.publisher.outlets.exports.bibtex import bibtex_of, citation_key, escaped
from tests.support.arxiv.hostile_text import ANY_TEXT
from tests.support.folders.seed import GRAPHS, HOSTILE, OLD, TIDES, paper


def test_an_entry_has_what_a_reference_manager_needs() -> None:
    (entry,) = parse_string(bibtex_of([replace(paper(GRAPHS), doi="10.1000/xyz", journal_ref="J. Test 5")])).entries
    fields = {field.key: field.value for field in entry.fields}
    assert entry.key == "oduya2026message"
    assert fields["title"] == "Message passing on sparse graphs needs only $O(\\log n)$ rounds"
    assert fields["author"] == "Oduya, Mira and Feldt, Jonas and Reis, Ana and Okafor, Tom and Wen, Li"
    assert (fields["eprint"], fields["archivePrefix"], fields["primaryClass"]) == (GRAPHS, "arXiv", "cs.LG")
    assert (fields["doi"], fields["journal"], fields["year"]) == ("10.1000/xyz", "J. Test 5", "2026")
    assert entry.entry_type == "article"


def test_keys_of_a_list_are_told_apart() -> None:
    twice = bibtex_of([paper(TIDES), paper(TIDES), paper(OLD)])
    assert [entry.key for entry in parse_string(twice).entries] == [
        "voss2026tidal",
        "voss2026tidal-2",
        "elder2026branes",
    ]


@pytest.mark.parametrize(
    ("author", "written"),
    [
        ("Ludwig van der Berg Jr.", "van der Berg, Jr., Ludwig"),
        ("The ATLAS Collaboration", "{The ATLAS Collaboration}"),
        ("李文", "{李文}"),
        ("Rock and Roll Group", "{Rock and Roll Group}"),
        ("A. <b>Uthor</b>", "<b>Uthor</b>, A."),
        ("Eve} title={x}", "title=\\{x\\}, Eve\\}"),
    ],
)
def test_names_are_written_family_first(author: str, written: str) -> None:
    assert f"author        = {{{written}}}" in bibtex_of([replace(paper(OLD), authors=(author,))])


def test_a_name_without_latin_letters_is_cited_by_its_id() -> None:
    assert citation_key(replace(paper(OLD), authors=("李文",))) == "arxiv-hep-th_9901001"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Costs 5% & more_or #less", "Costs 5\\% \\& more\\_or \\#less"),
        ("\\input{/etc/passwd}", "\\textbackslash{}input\\{/etc/passwd\\}"),
        ("$\\alpha \\le \\frac{1}{2}$", "$\\alpha \\le \\frac{1}{2}$"),
        ("$\\input{/etc/passwd}$", "\\$\\textbackslash{}input\\{/etc/passwd\\}\\$"),
        ("$^^5cinput x$", "\\$\\textasciicircum{}\\textasciicircum{}5cinput x\\$"),
        ("$a}$ tail", "\\$a\\}\\$ tail"),
    ],
)
def test_nothing_in_a_title_is_carried_out(text: str, safe: str) -> None:
    assert escaped(text) == safe


def test_capitals_within_words_are_kept() -> None:
    assert "{LLMs} that see, by {GPT-4}: A study" in bibtex_of(
        [replace(paper(OLD), title="LLMs that see, by GPT-4: A study")]
    )


@given(ANY_TEXT)
def test_any_title_and_author_make_one_entry(text: str) -> None:
    (entry,) = parse_string(bibtex_of([replace(paper(HOSTILE), title=text, authors=(text, "A. B"))])).entries
    assert {field.key: field.value for field in entry.fields}["eprint"] == HOSTILE


def test_a_paper_without_a_journal_reference_is_of_arxiv_alone() -> None:
    (entry,) = parse_string(bibtex_of([paper(GRAPHS)])).entries
    assert entry.entry_type == "misc"
    assert not {"journal", "booktitle"} & {field.key for field in entry.fields}


def test_a_conference_paper_names_its_proceedings_and_a_withdrawn_one_nothing() -> None:
    named = replace(paper(GRAPHS), journal_ref="Proc. of ICML 2025, pp. 12-19")
    (entry,) = parse_string(bibtex_of([named])).entries
    fields = {field.key: field.value for field in entry.fields}
    assert entry.entry_type == "inproceedings"
    assert (fields["booktitle"], fields["pages"], fields["year"]) == ("Proc. of ICML 2025", "12--19", "2025")
    (entry,) = parse_string(bibtex_of([replace(named, withdrawn=True)])).entries
    assert entry.entry_type == "misc"


@given(ANY_TEXT)
def test_any_journal_reference_makes_one_entry(text: str) -> None:
    (entry,) = parse_string(bibtex_of([replace(paper(HOSTILE), journal_ref=text)])).entries
    assert {field.key: field.value for field in entry.fields}["eprint"] == HOSTILE
