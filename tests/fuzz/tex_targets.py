# ruff: noqa: E501 (seeds and words stand in one line)
"""TeX as authors send it: whole sources, formulas, bibliographies; and that no source grows out of all proportion."""

from tests.fuzz.seeds import files
from tests.fuzz.targets import Run, Target

_WORDS = (
    b"\\begin{", b"\\end{", b"equation}", b"document}", b"{", b"}", b"[", b"]", b"$", b"$$", b"\\", b"\\\\", b"%", b"\n\n", b"#1",
    b"##", b"\\def\\a", b"\\a", b"\\newcommand{\\a}[1]", b"\\newcommand\\b[2][x]", b"\\b", b"\\let\\a\\b", b"\\input{x}", b"\\verb|",
    b"&", b"\\ifx", b"\\iffalse", b"\\newif\\ifq", b"\\ifq", b"\\else", b"\\fi", b"\\caption{", b"figure}", b"\\label{a}", b"\\left(",
    b"\\right", b"^", b"_", b"\\frac", b"\\text{", b"\\cases{", b"\\cr", b"\\documentclass{article}", b"\\section{", b"\\ce{",
    b"\\over", b"\\newenvironment{e}{", b"e}", b"\\begin{e}", b"\\ensuremath{", b"\\footnote{", b"\\bibitem{", b"\\title{",
    b"\\edef\\a{\\b\\b}", b"\\def\\a#1{#1#1#1#1}", b"\\a{\\a{\\a{\\a{", b"\\csname", b"\\endcsname", b"\\expandafter", b"^^5c",
    b"\\multicolumn{99999999}{c}{", b"\\begin{tabular}{*{99999}{c}}", b"\\loop", b"\\repeat", b"\\catcode`\\@=11", b"\\appendix",
    b"\\begin{thebibliography}{9}", b"\\begin{verbatim}", b"\\end{verbatim}", b"\\DeclareMathOperator{\\x}{x}", b"\\ac{x}", b"\x00",
)  # fmt: skip
_NESTS = (
    (b"{", b"}"), (b"$", b"$"), (b"\\begin{a}", b"\\end{a}"), (b"\\footnote{", b"}"), (b"\\a{", b"}"), (b"[", b"]"),
    (b"\\iftrue ", b"\\fi "), (b"\\frac{", b"}{x}"), (b"\\begin{itemize}\\item ", b"\\end{itemize}"), (b"\\left(", b"\\right)"),
    (b"\\begin{tabular}{c}", b"\\end{tabular}"),
)  # fmt: skip
_GROWTH = 300
_ALLOWANCE = 2_000_000


def within_proportion(source: bytes, made: str) -> None:
    """A macro bomb is a small source that becomes a large text."""
    if len(made) > _ALLOWANCE + _GROWTH * len(source):
        raise AssertionError(f"{len(source)} bytes became {len(made)} characters")


def _manuscript() -> Run:
    from services.fetcher.documents.latex.manuscript import read_as_written, read_manuscript
    from services.fetcher.documents.markdown import clean_markdown, sections_of
    from services.fetcher.documents.structure.references import read_references
    from services.fetcher.documents.tex.plain import plain_text

    def run(content: bytes) -> None:
        files = {"main.tex": b"\\documentclass{a}\\begin{document}" + content, "x.tex": content}
        manuscript = read_manuscript(files)
        if manuscript is None:
            return
        read_as_written(files, manuscript.main)
        document = manuscript.document(manuscript.body, safe_only=True)
        within_proportion(content, document)
        read_references(manuscript.bibliography)
        sections_of(clean_markdown(plain_text(manuscript.body, keep_math=True)))

    return run


def _parts() -> Run:
    from services.fetcher.documents.tex.parts import chunks_of, paragraphs_of, plain_markdown

    def run(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        for chunk in chunks_of(text):
            list(paragraphs_of(chunk))
        within_proportion(content, plain_markdown(text))

    return run


def _formula() -> Run:
    from services.fetcher.documents.formulas.katex_formulas import ready_formula
    from services.fetcher.documents.tex.repair import balanced

    def run(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        once = balanced(text)
        if balanced(once) != once:
            raise AssertionError("repaired twice is not repaired once")
        within_proportion(content, ready_formula(text.replace("$", ""), is_display=True))

    return run


def _bibtex() -> Run:
    from shared.text.references.bibliography import parse_bibliography, plain

    def run(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        for entry in parse_bibliography(text).entries[:20]:
            plain(entry.title_tex)

    return run


_SMALL = (
    b"\\documentclass{article}\\newcommand{\\a}[1]{x#1}\\begin{document}\\section{A} Words $\\a{b}$ \\cite{c}.\\begin{equation}"
    b"\\frac{a}{b}\\end{equation}\\begin{tabular}{cc}a&b\\\\\\end{tabular}\\appendix\\section{B}\\begin{thebibliography}{9}"
    b"\\bibitem{c} A. B., Title, arXiv:2401.00001\\end{thebibliography}\\end{document}"
)
_BIB = b'@article{a, title={On {\\\'E}tale \\emph{things}}, eprint={2401.00001}, archivePrefix={arXiv}, year=2024}\n@string{x = "y"}\n'
_BIB_WORDS = (
    b"@article{",
    b"@string{",
    b"@comment{",
    b"@preamble{",
    b"title = {",
    b'"',
    b"#",
    b"eprint",
    b"{\\'e}",
    b"},",
    b"math/0",
    b"\\$",
)
TARGETS = (
    Target("tex", _manuscript, files("latex/edge_cases/**/*.tex", "sources/**/*.tex", written=(_SMALL,)), _WORDS, _NESTS, 30_000),
    Target("tex_parts", _parts, files("sources/**/*.tex", written=(_SMALL,)), _WORDS, _NESTS, 30_000),
    Target("formula", _formula, lambda: (b"\\frac{a}{b}", b"\\begin{array}{cc}a&b\\\\\\end{array}"), _WORDS, _NESTS, 10_000),
    Target("bibtex", _bibtex, lambda: (_BIB,), _BIB_WORDS, ((b"{", b"}"), (b"@article{a,", b"}")), 30_000),
)  # fmt: skip
