"""A .bib file as seeds: ids found where people write them, and a clear outcome for every broken file."""

from pathlib import Path

import pytest

from shared.errors import PapersysError
from shared.text.references.bibliography import MOST_ENTRIES, parse_bibliography, plain, read_bibliography


@pytest.mark.parametrize(
    ("fields", "paper_id"),
    [
        ("eprint={2401.00010}, archiveprefix={arXiv}", "2401.00010"),
        ("eprint = {2401.00010v3}, eprinttype = {arxiv}", "2401.00010"),
        ("eprint = {arXiv:2401.00010}", "2401.00010"),
        ("Eprint={hep-th/9901001}", "hep-th/9901001"),
        ("eprint={9901001}, archivePrefix={hep-th}", "hep-th/9901001"),
        ("url = {https://arxiv.org/abs/2401.00010v2}", "2401.00010"),
        ("url = {http://www.arxiv.org/pdf/2401.00010.pdf}", "2401.00010"),
        ("doi = {10.48550/arXiv.2401.00010}", "2401.00010"),
        ("journal = {arXiv preprint arXiv:2401.00010}", "2401.00010"),
        ("note = {ArXiv: math.GT/0309136 [math.GT]}", "math/0309136"),
        ("journal = {CoRR}, volume = {abs/1706.03762}", "1706.03762"),
        ("eprint = {12345678}, eprinttype = {jstor}", None),
        ("doi = {10.1000/2401.00010}", None),
        ("note = {arXiv:2413.00010}", None),
        ("url = {https://arxiv.org/abs/2401.000101}", None),
    ],
)
def test_an_id_is_found_where_people_write_it(fields: str, paper_id: str | None) -> None:
    (entry,) = parse_bibliography(f"@article{{key, title = {{On graphs}}, {fields}}}").entries
    assert (entry.paper_id, entry.text) == (paper_id, "On graphs")


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        ('"K{\\"a}hler {G}raphs"', "Kähler Graphs"),
        ("Erd\\H{o}s \\& R\\'enyi,\n  revisited~again", "Erdős & Rényi, revisited again"),
        ("Bounds in $O(n^2)$", "Bounds in $O(n^2)$"),
        ("日本語 and plain words", "日本語 and plain words"),
    ],
)
def test_latex_becomes_text(tex: str, text: str) -> None:
    assert plain(tex) == text


def test_commands_nested_too_deep_to_be_read_are_left_out_of_the_text() -> None:
    assert plain("\\frac{" * 600 + "deep" + "}" * 300) == "deep"


def test_broken_entries_are_named_and_the_others_count() -> None:
    found = parse_bibliography(
        "@string{s = {x}}\n@comment{mine}\n@article{a, title={One}}\n@article{b, title={Not closed, year=2020}\n"
        "@article{c, title={Three}}\n@misc{c, title={The same key}}\n@misc{d, title={Two notes}, note={a}, note={b}}\n"
        "@misc{e, author={Nobody}}\n@misc{f, title={one}}\n"
    )
    assert [entry.title for entry in found.entries] == ["One", "Three", "The same key", "Two notes"]
    assert str(found).startswith("papers: 4, with an arXiv id: 0, unusable: 2 (line 4: broken BibTeX")
    assert "line 8: neither a title nor an arXiv id" in str(found)


def test_an_entry_whose_key_or_field_stands_twice_keeps_its_id_and_its_title() -> None:
    found = parse_bibliography(
        "@article{k, title={One}, eprint={2403.12345}}\n@article{k, title={Two of {B}}, eprint={2403.12346}}\n"
        '@article{m, title={Three}, title={Again}, url="https://arxiv.org/abs/2403.12347"}\n'
    )
    assert [entry.paper_id for entry in found.entries] == ["2403.12345", "2403.12346", "2403.12347"]
    assert [entry.title for entry in found.entries] == ["One", "Two of B", "Three"]


@pytest.mark.parametrize(
    "content", [b"", b"Dear reader,", b"%PDF-1.7\x00\xff\xfe" * 50, b"@article{", b"@misc{a, b={c}}"]
)
def test_a_file_with_nothing_of_use_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.bib"
    path.write_bytes(content)
    with pytest.raises(PapersysError, match=r"mine\.bib holds no paper"):
        read_bibliography(path)


def test_a_missing_file_and_a_folder_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(PapersysError, match=r"There is no file .*mine\.bib"):
        read_bibliography(tmp_path / "mine.bib")
    with pytest.raises(PapersysError, match="cannot be read"):
        read_bibliography(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_usual_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "mine.bib"
    path.write_bytes("@article{a, title = {Schrödinger – façade}}".encode(encoding))
    assert [entry.title for entry in read_bibliography(path).entries] == ["Schrödinger – façade"]


def test_of_a_huge_file_the_first_ten_thousand_entries_are_read() -> None:
    found = parse_bibliography("".join(f"@misc{{k{n}, title={{Paper {n}}}}}\n" for n in range(MOST_ENTRIES + 5)))
    assert len(found.entries) == MOST_ENTRIES
    assert "more than 10000 entries" in str(found)
