"""RIS records: one fact a line, whatever a title holds."""

from dataclasses import replace

from services.publisher.outlets.exports.bibtex import bibtex_of
from services.publisher.outlets.exports.ris import ris_of
from tests.support.folders.seed import GRAPHS, OLD, paper


def test_a_record_has_what_a_reference_manager_needs() -> None:
    lines = ris_of([replace(paper(GRAPHS), doi="10.1000/xyz"), paper(OLD)]).split("\r\n")
    assert lines[:4] == ["TY  - UNPB", f"ID  - arXiv:{GRAPHS}", f"TI  - {paper(GRAPHS).title}", "AU  - Oduya, Mira"]
    assert {"PY  - 2026", "DA  - 2026/11/06", "DO  - 10.1000/xyz", f"UR  - https://arxiv.org/abs/{GRAPHS}"} <= set(
        lines
    )
    assert lines.count("ER  - ") == 2


def test_a_title_cannot_end_its_record() -> None:
    text = ris_of([replace(paper(OLD), title="A\r\nER  - \r\nTY  - JOUR\u2028\x00", authors=("Mal\nlory",))])
    assert text.count("\r\nER  - ") == 1
    assert "TI  - A ER - TY - JOUR" in text


def test_names_of_tex_are_words_in_titles() -> None:
    named = replace(paper(OLD), title=r"{\LaTeX} of $\TeX$")
    assert r"TI  - LaTeX of $\TeX$" in ris_of([named])
    assert "{LaTeX} of" in bibtex_of([named])
