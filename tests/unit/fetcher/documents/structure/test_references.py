import time

import pytest

from services.fetcher.documents.structure.references import read_reference, read_references


@pytest.mark.parametrize(
    ("tex", "arxiv_id", "doi"),
    [
        ("A. Author, arXiv:2403.12345v2 (2024)", "2403.12345", None),
        ("arXiv preprint arXiv:1706.03762, 2017", "1706.03762", None),
        (r"CoRR, abs/1512.00567", "1512.00567", None),
        (r"J. High Energy Phys., hep-th/9901001", "hep-th/9901001", None),
        (r"\href{https://doi.org/10.1038/s41586-020-2649-2}{Nature}", None, "10.1038/s41586-020-2649-2"),
        (r"doi:10.1007/978-3-030-12345-6\_1.", None, "10.1007/978-3-030-12345-6_1"),
        (r"doi: 10.48550/arXiv.2403.12345", "2403.12345", None),
        (r"eprint = {2403.12345}", "2403.12345", None),
        (r"Phys. Rev. 1234.5678 pages, version 9999.12345", None, None),
    ],
)
def test_identifiers_are_found_in_an_entry(tex: str, arxiv_id: str | None, doi: str | None) -> None:
    reference = read_reference(tex)
    assert (reference.arxiv_id, reference.doi) == (arxiv_id, doi)


def test_entries_of_a_thebibliography_are_read_in_order_and_plain() -> None:
    tex = r"""\begin{thebibliography}{9}
    \bibitem[{\citenamefont{Knuth}(1984)}]{knuth} D.~E. Knuth, \emph{The {\TeX}book}, 1984.
    \bibitem{b} G\"odel, arXiv:2403.12345
    \end{thebibliography} after"""
    assert [reference.text for reference in read_references(tex)] == [
        "D. E. Knuth, The TeXbook, 1984.",
        "Gödel, arXiv:2403.12345",
    ]


def test_biblatex_and_bibtex_are_read_too() -> None:
    bbl = (
        r"\entry{a}{article}{}\name{author}{1}{}{{{family={Kipf}}}}"
        r"\field{title}{Graphs}\field{year}{2016}\field{eprint}{1609.02907}\endentry"
    )
    (reference,) = read_references(bbl)
    assert (reference.text, reference.arxiv_id) == ("Kipf. Graphs. 2016. arXiv:1609.02907", "1609.02907")
    bib = '@article{a,\n title = {On {Walls}},\n author = "A. B",\n doi = {10.1000/xyz}\n}\n@misc{b, title={Two}}'
    first, second = read_references(bib)
    assert (first.text, first.doi, second.text) == ("A. B. On Walls. 10.1000/xyz", "10.1000/xyz", "Two")


def test_the_arguments_of_macros_of_ones_own_stay_words_of_their_own() -> None:
    reference = read_references(r"\bibitem{a} A. Smith, \aref{Phys. Rev.}{D50}{1994} 123.")
    assert reference[0].text == "A. Smith, Phys. Rev. D50 1994 123."


@pytest.mark.parametrize(
    ("bib", "expected"),
    [
        ('@string{prd = "Phys. Rev. D"}\n@article{a, title={T}, journal=prd, year=2001}', ["T. Phys. Rev. D. 2001"]),
        ("@article(a, title={In parentheses}, year={1999})", ["In parentheses. 1999"]),
        ("@article{a, title={First}, title={Second}}", ["First"]),
        ("@misc{a, title={One key}}\n@misc{a, title={twice}}", ["One key", "twice"]),
        ('@comment{not this}\nnor this\n@Misc{b, Title={G{\\"o}del}}', ["Gödel"]),
    ],
)
def test_bib_files_are_read_as_bibtex_reads_them(bib: str, expected: list[str]) -> None:
    assert [reference.text for reference in read_references(bib)] == expected


def test_a_broken_bib_entry_takes_no_other_along_and_keeps_its_identifiers() -> None:
    bib = "@article{a, title = {Never closed, eprint={2403.12345}\n@article{b, title={After}}"
    broken, after = read_references(bib)
    assert (broken.arxiv_id, after.text) == ("2403.12345", "After")


def test_a_bibliography_of_absurd_length_is_read_as_far_as_its_limit() -> None:
    started = time.monotonic()
    bib = "".join(f'@string{{a{number}="b"}}\n' for number in range(100_000)) + "@misc{b, title={Beyond}}"
    assert read_references(bib) == ()
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "tex",
    [
        r"\bibitem[{Wu {\it et al.}(2008){Wu, Labb{\'{e}}}}]{wu08} Wu, 2008. \bibitem{b} B.",
        "@article{wu08, title={A}}\n@book{b, title={B}}",
        r"\entry{wu08}{article}{}\field{title}{A}\entry{b}{book}{}\field{title}{B}",
    ],
)
def test_a_reference_keeps_the_key_by_which_it_is_cited(tex: str) -> None:
    assert [reference.key for reference in read_references(tex)] == ["wu08", "b"]
