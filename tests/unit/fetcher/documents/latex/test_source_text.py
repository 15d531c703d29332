import pytest

from services.fetcher.documents.latex.source_text import bibliography_of, decode, flatten, split_document
from services.fetcher.documents.sources.eprint import SourceRefused
from services.fetcher.documents.structure.listings import Listings


def test_inputs_stand_in_their_places_without_comments_and_once_each() -> None:
    files = {
        "main.tex": b"\\begin{document}A % no\n\\input{sec/b} \\include{c}\\input d.tex\n\\end{document} after",
        "sec/b.tex": b"B\\input{b2}%\n",
        "sec/b2.tex": b"B2",
        "c.tex": b"C\\input{main}",
        "d.tex": b"D\\endinput hidden",
    }
    assert flatten(files, "main.tex", Listings()).split() == ["\\begin{document}A", "BB2", "C", "D"]


def test_nothing_outside_the_archive_is_read() -> None:
    files = {"main.tex": b"A \\input{/etc/passwd} \\input{../../etc/passwd} \\input|ls Z"}
    assert "root:" not in flatten(files, "main.tex", Listings())


def test_inputs_that_grow_without_end_are_refused() -> None:
    files = {f"{n}.tex": (f"\\input{{{n + 1}}}" * 50 + "x" * 50_000).encode() for n in range(19)}
    with pytest.raises(SourceRefused, match="grow to over 20000 kB"):
        flatten({**files, "19.tex": b"y" * 50_000}, "0.tex", Listings())


def test_percent_signs_and_false_parts_are_told_from_comments() -> None:
    text = flatten({"m.tex": b"50\\% of x\nfoo%\n  bar\n% gone\n\nnext\\\\% note\nend"}, "m.tex", Listings())
    assert text == "50\\% of x\nfoobar\n\nnext\\\\end"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("é".encode(), "é"),
        (b"\xef\xbb\xbf\xc3\xa9", "é"),
        (b"\xe9", "é"),
        (b"\\usepackage[latin2]{inputenc} \xb3", "\\usepackage[latin2]{inputenc} ł"),
        (b"\\usepackage[cp1251]{inputenc} \xe9", "\\usepackage[cp1251]{inputenc} й"),
        (b"\\usepackage[utf8]{inputenc} \xe9", "\\usepackage[utf8]{inputenc} é"),
    ],
)
def test_text_is_decoded_as_it_was_written(content: bytes, expected: str) -> None:
    assert decode(content) == expected


def test_the_bibliography_is_the_texts_own_or_the_main_files_bbl() -> None:
    own = "x \\begin{thebibliography}{9}\\bibitem{a} A\\end{thebibliography} y"
    assert bibliography_of({}, "m.tex", own).startswith("\\begin{thebibliography}")
    files = {"m.bbl": b"own", "other.bbl": b"another, longer", "x.bib": b"bib"}
    assert bibliography_of(files, "m.tex", "") == "own"
    assert bibliography_of({"x.bib": b"bib"}, "m.tex", "") == "bib"


def test_plain_tex_is_all_body() -> None:
    assert split_document("\\magnification=1200 Hello") == ("", "\\magnification=1200 Hello")
    assert split_document("\\documentclass{a}\\begin{document}B") == ("\\documentclass{a}", "B")
