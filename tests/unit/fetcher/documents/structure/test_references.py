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
    found = read_reference(tex)
    assert (found.arxiv_id, found.doi) == (arxiv_id, doi)


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
    (found,) = read_references(bbl)
    assert (found.text, found.arxiv_id) == ("Kipf. Graphs. 2016. arXiv:1609.02907", "1609.02907")
    bib = '@article{a,\n title = {On {Walls}},\n author = "A. B",\n doi = {10.1000/xyz}\n}\n@misc{b, title={Two}}'
    first, second = read_references(bib)
    assert (first.text, first.doi, second.text) == ("A. B. On Walls. 10.1000/xyz", "10.1000/xyz", "Two")


def test_the_arguments_of_macros_of_ones_own_stay_words_of_their_own() -> None:
    found = read_references(r"\bibitem{a} A. Smith, \aref{Phys. Rev.}{D50}{1994} 123.")
    assert found[0].text == "A. Smith, Phys. Rev. D50 1994 123."
