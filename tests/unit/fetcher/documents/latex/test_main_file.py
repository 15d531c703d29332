import pytest

from services.fetcher.documents.latex.main_file import find_main

CLASS = b"\\documentclass{article}\n"

BODY = CLASS + b"\\begin{document}\\title{A}\nText.\n\\end{document}\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"x.tex": BODY}, "x.tex"),
        ({"main.tex": BODY, "supplement.tex": BODY + b"x" * 9000}, "main.tex"),
        ({"a.tex": BODY, "b.tex": BODY, "b.bbl": b""}, "b.tex"),
        ({"intro.tex": b"Text \\input{x}", "paper.tex": BODY}, "paper.tex"),
        ({"part.tex": BODY, "whole.tex": CLASS + b"\\begin{document}\\subfile{part}\\end{document}"}, "whole.tex"),
        ({"sub/main.tex": BODY, "article.tex": BODY}, "article.tex"),
        ({"main.tex": BODY, "real.tex": BODY, "00README.XXX": b"real.tex toplevelfile\nfig.eps ignore\n"}, "real.tex"),
        ({"main.tex": BODY, "real.tex": BODY,
          "00README.json": b'{"sources":[{"filename":"real.tex","usage":"toplevel"}]}'}, "real.tex"),
        ({"paper.ii": BODY, "notes": b"nothing"}, "paper.ii"),
        ({"old.tex": b"\\magnification=1200\nText\n\\bye\n", "macros.tex": b"\\def\\a{b}"}, "old.tex"),
        ({"commented.tex": b"% " + BODY.replace(b"\n", b"\n% "), "live.tex": BODY}, "live.tex"),
        ({"style.sty": BODY}, None),
        ({"howto.tex": b"\\begin{verbatim}" + BODY + b"\\end{verbatim}", "my.tex": BODY}, "my.tex"),
    ],
)  # fmt: skip
def test_the_main_file_is_found(files: dict[str, bytes], expected: str | None) -> None:
    assert find_main(files) == expected


@pytest.mark.parametrize(
    "readme",
    [
        {"00README.XXX": b"b.tex toplevelfile\n"},
        {"00README.XXX": b"a.tex ignore\r\n"},
        {"00README.json": b'{"sources": [{"filename": "b.tex", "usage": "toplevel"}]}'},
        {"00README.yaml": b"sources:\n- filename: a.tex\n  usage: ignore\n- filename: b.tex\n  usage: toplevel\n"},
        {"00readme.yml": b"sources:\n  - usage: toplevel\n    filename: b.tex\n"},
    ],
)
def test_a_readme_of_any_kind_names_the_main_file(readme: dict[str, bytes]) -> None:
    tex = rb"\documentclass{article}\begin{document}x\end{document}"
    assert find_main({"a.tex": tex, "b.tex": tex, **readme}) == "b.tex"
