# ruff: noqa: E501 (a source stands in one line)
"""Conversion by the real pandoc, on papers written here."""

import gzip
import re
import time
from pathlib import Path

import pytest

from services.fetcher.commands.conversion import convert
from services.fetcher.documents.conversion import Budget, Converted, convert_html, convert_source
from services.fetcher.documents.engines import latexml
from services.fetcher.documents.sources.eprint import Source
from shared.errors import PapersysError

WORDS = " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(120))
PAPER = rf"""\documentclass[twocolumn]{{revtex4}}
\usepackage{{amsmath}}
\newcommand{{\R}}{{\mathbb{{R}}}}
\newcommand{{\new}}[1]{{\textcolor{{blue}}{{#1}}}}
\begin{{document}}
\title{{On \emph{{Walls}}}}
\author{{A. Author}}\affiliation{{Nowhere}}
\begin{{abstract}}We look at walls.\end{{abstract}}
\maketitle
\section{{Introduction}}\label{{sec:intro}}
{WORDS} over $x \in \R$, as \cite{{knuth}} says in Section~\ref{{sec:intro}}.
\begin{{figure}}\includegraphics*[1mm,2mm][3mm,4mm]{{a.eps}}\caption{{A drawing of a wall.}}\end{{figure}}
\subsection{{Deeper}}
\new{{These words are blue.}} \begin{{tabular}}{{ll}} a & b \\ c & d \end{{tabular}}
\begin{{thebibliography}}{{1}}\bibitem{{knuth}} Knuth, arXiv:2403.12345.\end{{thebibliography}}
\end{{document}}
"""


def converted(text: str, **files: bytes) -> Converted:
    source = Source(files={"main.tex": text.encode(), **files})
    return convert_source(source, Budget(time.monotonic() + 60, 3_000))


def test_a_plain_paper_comes_out_whole_with_sections_and_references() -> None:
    outcome = converted(PAPER)
    assert (outcome.status, outcome.route, outcome.grade) == ("converted", "latex", "good")
    assert [(section.title, section.level) for section in outcome.sections] == [
        ("Abstract", 1),
        ("Introduction", 1),
        ("Deeper", 2),
    ]
    assert outcome.markdown.startswith("# On Walls\n\n## Abstract\n\nWe look at walls.")
    assert r"$x \in \mathbb{R}$" in outcome.markdown
    assert "A drawing of a wall." in outcome.markdown
    assert "These words are blue." in outcome.markdown
    assert "Nowhere" not in outcome.markdown
    assert [reference.arxiv_id for reference in outcome.references] == ["2403.12345"]


@pytest.mark.parametrize(
    "broken",
    [
        r"\newcommand{\bad}[1]{\@ifnextchar[{\@a}{\@b}}",
        r"\makeatletter\def\@listiv {\leftmargin\leftmarginiv \advance\labelwidth-\labelsep}\makeatother",
        r"\def\loop{\loop\loop}\loop",
    ],
)
def test_a_preamble_that_breaks_converters_does_no_harm(broken: str) -> None:
    outcome = converted(PAPER.replace(r"\begin{document}", broken + "\n" + r"\begin{document}"))
    assert outcome.grade == "good"


def test_a_body_that_breaks_converters_is_converted_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latexml, "is_installed", lambda: False)
    broken = PAPER.replace(r"\subsection{Deeper}", r"\subsection{Deeper} It costs \verb x five x.")
    outcome = converted(broken)
    assert outcome.grade in ("good", "fair")
    assert "part by part" in outcome.detail
    assert "wordaa" in outcome.markdown
    assert "These words are blue" in outcome.markdown


@pytest.mark.skipif(not latexml.is_installed(), reason="LaTeXML is not installed: its route is not tried")
def test_what_pandoc_refuses_goes_to_latexml() -> None:
    outcome = converted(
        PAPER.replace(r"\subsection{Deeper}", r"\subsection{Deeper} It costs \verb x five x. \openin1=/etc/passwd")
    )
    assert (outcome.route, outcome.grade) == ("latex", "good")
    assert outcome.detail.startswith("LaTeXML")
    assert "$x\\in\\mathbb{R}$" in outcome.markdown
    assert "root:" not in outcome.markdown


def test_a_page_of_latexml_becomes_sections_formulas_and_references() -> None:
    page = f"""<html><body><nav class="ltx_page_navbar">menu</nav><article class="ltx_document">
    <h1 class="ltx_title ltx_title_document">On <em>Walls</em></h1><div class="ltx_authors">Ann Author</div>
    <div class="ltx_abstract"><h6 class="ltx_title ltx_title_abstract">Abstract</h6><p>We look for $5 at walls.</p></div>
    <section><h2 class="ltx_title ltx_title_section"><span class="ltx_tag">1 </span>Introduction</h2><p>{WORDS} over
    <math alttext="x\\in\\mathbb{{R}}"><mi>x</mi></math>.</p><table class="ltx_equation ltx_eqn_table"><tr><td>
    <math alttext="\\displaystyle a=b" display="block"></math></td><td class="ltx_eqn_eqno">(1)</td></tr></table>
    <figure><img src="a.png"/><figcaption class="ltx_caption"><span class="ltx_tag">Figure 1: </span>A wall.</figcaption>
    </figure></section><section class="ltx_bibliography"><ul><li class="ltx_bibitem"><span class="ltx_tag">[1]</span>
    Knuth, arXiv:2403.12345.</li></ul></section></article></body></html>""".replace("\\\\", "\\")
    outcome = convert_html(page.encode(), Budget(time.monotonic() + 30, 3_000))
    assert (outcome.status, outcome.route, outcome.grade) == ("converted", "html", "good"), outcome.tried
    assert outcome.markdown.startswith("# On Walls\n\n## Abstract\n\nWe look for \\$5 at walls.")
    assert [section.title for section in outcome.sections] == ["Abstract", "Introduction"]
    assert "$x\\in\\mathbb{R}$" in outcome.markdown
    assert "$$a=b$$" in outcome.markdown
    assert [caption.text for caption in outcome.captions] == ["A wall."]
    assert [reference.arxiv_id for reference in outcome.references] == ["2403.12345"]
    assert not any(word in outcome.markdown for word in ("menu", "Ann Author", "a.png"))


def test_an_old_dialect_is_read() -> None:
    old = rf"\documentstyle[12pt,epsf]{{article}}\begin{{document}}\section{{One}}{{\bf Bold}} {WORDS}\end{{document}}"
    assert converted(old).grade == "good"
    plain = rf"\magnification=1200 \centerline{{\bf The Title}} \beginsection 1. Start\par {WORDS} \bye"
    outcome = converted(plain)
    assert outcome.grade == "good"
    assert "The Title" in outcome.markdown
    assert outcome.sections[-1].title == "1. Start"


def test_no_file_of_the_machine_gets_into_the_text() -> None:
    hostile = PAPER.replace(
        r"\maketitle", r"\input{/etc/passwd} \include{../../etc/passwd} \write18{id} \verbatiminput{/etc/passwd}"
    )
    outcome = converted(hostile)
    assert outcome.grade in ("good", "fair")
    assert "root:" not in outcome.markdown


def test_a_file_is_converted_without_a_running_system(tmp_path: Path) -> None:
    source, out, report = tmp_path / "paper.gz", tmp_path / "out.md", tmp_path / "report.json"
    source.write_bytes(gzip.compress(PAPER.encode()))
    outcome = convert(source, out, report)
    assert outcome.grade == "good"
    assert out.read_text() == outcome.markdown
    assert '"grade": "good"' in report.read_text()
    with pytest.raises(PapersysError, match="There is no file"):
        convert(tmp_path / "nothing.gz")


@pytest.mark.parametrize(
    ("content", "status", "why"),
    [
        (b"\x1f\x8b\x08\x00 garbage that is no gzip at all", "unreadable", "broken gzip"),
        (gzip.compress(b"%auto-ignore", mtime=0), "withdrawn", "stub"),
        (b"%PDF-1.4\nthis is no PDF", "unreadable", "PDF cannot be read"),
        (b"just some words without any TeX", "unreadable", "neither TeX nor an archive"),
    ],
)
def test_a_source_without_text_has_its_status_and_reason(tmp_path: Path, content: bytes, status: str, why: str) -> None:
    path = tmp_path / "source"
    path.write_bytes(content)
    out = tmp_path / "out.md"
    outcome = convert(path, out)
    assert outcome.status == status
    assert why in outcome.detail
    assert not out.exists()


def test_a_text_too_short_to_be_judged_keeps_its_structure_and_says_so() -> None:
    outcome = converted(
        r"""\documentclass{article}\newtheorem{thm}{Theorem}\begin{document}\title{Heat at \SI{4}{\kelvin}}\maketitle
        \section{A} Some words here are a text. \begin{thm} If $a$ then $b$.\end{thm}
        \begin{tabular}{l*{2}{c}} M & \multicolumn{2}{c}{Acc}\\ X & 1 & 2\\ \end{tabular}\end{document}"""
    )
    assert (outcome.grade, outcome.status) == ("bad", "converted")
    assert re.search(r"only \d+ words", outcome.detail)
    assert "**Theorem 1**" in outcome.markdown
    assert "| M " in outcome.markdown
    assert outcome.markdown.startswith(r"# Heat at $4\,\mathrm{K}$")


def test_an_astronomers_angles_and_front_matter_leave_what_a_reader_reads() -> None:
    paper = rf"""\documentclass{{mnras}}\title{{T}}\begin{{document}}\pagerange{{\pageref{{a}}--\pageref{{b}}}}\maketitle
        {WORDS} at 12\fdg5, 3\farcs2 and $5\,\micron$.\end{{document}}"""
    outcome = converted(paper)
    assert r"at 12$^\circ$.5, 3$''$.2 and $5\,\mu\mathrm{m}$." in outcome.markdown
    assert "–" not in outcome.markdown
