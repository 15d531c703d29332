# ruff: noqa: E501 (a source stands in one line)
"""What comes out of hostile sources: Markdown that is safe whatever renders it, and never much more than went in."""

import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import lxml.html
import pypandoc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from services.fetcher.documents.conversion import Budget, Converted, convert_html, convert_source
from services.fetcher.documents.engines import latexml
from services.fetcher.documents.engines.pdf import to_markdown
from services.fetcher.documents.sources.eprint import Source, SourceRefused
from shared.store.papers.documents import Caption, DocumentRecord, DocumentStore, Reference, Section
from shared.text.safe.safe_markdown import is_safe_address, safe_markdown
from tests.support.arxiv.demo import data_folder

pytestmark = pytest.mark.attack

WORDS = " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(70))
BAD_SCHEME = re.compile(r"[\x00-\x20]*(?:javascript|data|vbscript|file)\s*:", re.I)
PARTS = st.sampled_from((
    "[x](", "javascript:alert(1)", ")", "](", " ", "\n", "\n\n", "<script>", "</script>", "<img src=x onerror=alert(1)>", "`", "```", "~~~",
    "$", "$$", "[a]: ", "[^1]: ", "[a]", "[^1]", "![", "]", "[", "(", "&#106;avascript:a", "java\tscript:a", "java\nscript:a", "<", "> ", "- ",
    "    ", "<javascript:a>", "<https://x.y/z>", "<https://x/onmouseover=alert(1)>", "data:text/html,x", "\\", "\\<", "{onclick=alert(1)}",
    "# h ", '"', "'", "&lt;", "file:///etc", "vbscript:x", "http://ok.org", "|", "<!--", "-->", "<?", "<![CDATA[", "javascript&colon;a", "%6a",
    "<svg/onload=a>", "text", "\\href{javascript:a}{b}", "\\href{x}", "\\def", "\x01", "![x](http://t/p.png)", "(foo.bar)", "[x](foo.bar)", "{", "}",
))  # fmt: skip


def article(body: str, preamble: str = "", title: str = "A title", bibliography: str = "") -> Source:
    tex = rf"\documentclass{{article}}{preamble}\title{{{title}}}\begin{{document}}\maketitle\section{{One}} {WORDS} {body}"
    return Source(files={"main.tex": f"{tex}\n{bibliography}\\end{{document}}".encode()})


def converted(source: Source) -> Converted:
    return convert_source(source, Budget(time.monotonic() + 60, 1500))


def dangers(page: str) -> list[str]:
    """What would run, load or lead astray in a rendered page."""
    found: list[str] = []
    for element in lxml.html.fragment_fromstring(page, create_parent="div").iter():
        if isinstance(element.tag, str):
            found += [element.tag] if element.tag in ("script", "img", "svg", "iframe", "object", "embed") else []
            found += [name for name, said in element.attrib.items() if name.startswith("on") and said]
            addresses = (element.get("href") or "", element.get("src") or "")
            found += [address for address in addresses if BAD_SCHEME.match(re.sub(r"[\t\n\r]", "", address))]
    return found


def rendered(markdown: str) -> str:
    """By a renderer that passes HTML and any address through."""
    renderer = MarkdownIt("commonmark", {"html": True}).enable("table")
    renderer.validateLink = lambda url: True  # type: ignore[method-assign]
    return str(renderer.render(markdown))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PARTS, min_size=1, max_size=14))
def test_no_markdown_of_strangers_runs_loads_or_leads_astray_and_making_it_safe_twice_changes_nothing(
    parts: list[str],
) -> None:
    safe = safe_markdown("".join(parts))
    assert dangers(rendered(safe)) == []
    assert safe_markdown(safe) == safe


@pytest.mark.parametrize(
    ("markdown", "safe"),
    [
        ("p <0.05 and a < b", "p <0.05 and a < b"),
        ("<b>x</b> \\<script>", "&lt;b>x&lt;/b> &lt;script>"),
        ("`vector<int>` `<script>`", "`vector<int>` `< script>`"),
        ("$a<b$", "$a< b$"),
        ("[page](https://a.b/c_(d)) [mail](mailto:a@b.c)", "[page](https://a.b/c_(d)) [mail](mailto:a@b.c)"),
        ("[a](javascript:b) [c](&#x6A;avascript:d) [e](<java\tscript:f>)", "[a] [c] [e]"),
        ("[a](data:text/html,x) [b](file:///etc/passwd) [c](vbscript:d) [e](\\\\host\\x)", "[a] [b] [c] [e]"),
        ("[a](b.c)(javascript:d)", "[a] (javascript :d)"),
        ("Phys. Rev. [A](1999)", "Phys. Rev. [A]\\(1999)"),
        ("[a]: javascript:b", "[a]: javascript :b"),
        ("[a]: &#106;avascript:b", "[a] : &#106;avascript:b"),
        ("as data: x, file:x, data:text/html,y", "as data: x, file:x, data :text/html,y"),
        ("[^1]: Note: so.", "[^1]: Note: so."),
        ("[^1]: javascript:a", "[^1]: javascript :a"),
        ("[^1]: run:/bin/sh", "[^1]: : run:/bin/sh"),
        ("![a](https://b.c/d.png)", "! [a](https://b.c/d.png)"),
        ("<https://a.b/c> <javascript:d> <a@b.cc>", "<https://a.b/c> &lt;javascript :d> <a@b.cc>"),
        ("$\\href{javascript:a}{b}+\\htmlStyle{c}{d}$", "${b}+{d}$"),
        ("$a\\\\let b$ and $\\\\\\def\\x{c}$", "$a\\\\let b$ and $\\\\\\x{c}$"),
        ("$f[x](a/b)$ and $g[y](t:u)$", "$f[x](a/b)$ and $g[y] (t:u)$"),
    ],
)  # fmt: skip
def test_what_is_harmless_stays_as_it_is_and_the_rest_keeps_its_words(markdown: str, safe: str) -> None:
    assert safe_markdown(markdown) == safe
    assert safe_markdown(safe) == safe


@pytest.mark.parametrize(
    ("address", "expected"),
    [("http://a", True), ("HTTPS://a", True), ("mailto:a@b", True), ("a/b", True), ("javascript:x", False), ("jav&Tab;ascript:x", False),
     ("%6Aavascript:x", False), (" \x01javascript:x", False), ("javascript&colon;x", False), ("run:/bin/sh", False)],
)  # fmt: skip
def test_an_address_is_judged_by_the_scheme_that_any_reader_could_see(address: str, expected: bool) -> None:
    assert is_safe_address(address) == expected


HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) ![x](http://t/p.png) <img src=x onerror=alert(1)>"


def test_nothing_of_a_hostile_source_is_active_in_its_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latexml, "is_installed", lambda: False)
    body = (
        rf"\href{{javascript:alert(1)}}{{click}} \url{{javascript:alert(2)}} \href{{data:text/html,x}}{{there}} \href{{file:///etc/passwd}}{{f}}"
        rf"\href{{https://ok.org/a}}{{fine}} $\href{{javascript:alert(3)}}{{x}}<img src=x onerror=alert(4)>$ \includegraphics{{http://t/p.png}} {HOSTILE}"
        rf"\begin{{figure}}\caption{{Of {HOSTILE}}}\end{{figure}}\begin{{verbatim}}{HOSTILE}\end{{verbatim}}\footnote{{javascript:alert(5)}}\section{{{HOSTILE}}} more"
    )
    bibliography = rf"\begin{{thebibliography}}{{9}}\bibitem{{a}} {HOSTILE} 1984.\end{{thebibliography}}"
    outcome = converted(article(body, title=f"On {HOSTILE}", bibliography=bibliography))
    texts = [outcome.markdown, *(f"{section.title}\n\n{section.text}" for section in outcome.sections)]
    texts += [*(reference.text for reference in outcome.references), *(caption.text for caption in outcome.captions)]
    assert [found for text in texts for found in dangers(rendered(text))] == []
    by_pandoc = pypandoc.convert_text(outcome.markdown, "html", "markdown", extra_args=["--sandbox", "--mathjax"])
    assert dangers(by_pandoc) == []
    assert "[fine](https://ok.org/a)" in outcome.markdown
    assert "click" in outcome.markdown
    assert not re.search(r"\\href|<script|<img|(?<!\()javascript:", outcome.markdown)


def test_nothing_of_a_hostile_page_or_pdf_is_active_in_its_document() -> None:
    page = rf"<article class='ltx_document'><h1>T</h1><p>{WORDS} <a href='JaVaScRiPt:alert(1)' title='&lt;script>'>click</a> &lt;script>alert(1)&lt;/script> [x](javascript:a)</p><h2>H</h2></article>"
    outcome = convert_html(page.encode(), Budget(time.monotonic() + 60, 1500))
    assert dangers(rendered(outcome.markdown)) == []
    assert "click" in outcome.markdown
    assert dangers(rendered(safe_markdown(to_markdown([f"{WORDS}\n{HOSTILE}"])))) == []


def test_a_document_that_was_stored_before_is_safe_where_it_is_read(tmp_path: Path) -> None:
    store = DocumentStore(data_folder(tmp_path))
    record = DocumentRecord(
        paper_id="2611.00001", version=1, status="converted", made_at=datetime(2026, 11, 6, tzinfo=UTC),
        references=(Reference(text=HOSTILE, arxiv_id="2403.12345"),), captions=(Caption(kind="figure", number=1, text=HOSTILE),),
    )  # fmt: skip
    store.put(record, f"# T\n\n{HOSTILE}\n", [Section(title=HOSTILE, level=1, text=HOSTILE)])
    stored = json.loads((store.folder("2611.00001", 1) / "sections.json").read_text("utf-8"))
    assert stored[0]["text"] == HOSTILE
    [section] = store.sections("2611.00001", 1)
    read = store.record("2611.00001")
    assert read is not None
    texts = [
        store.markdown("2611.00001", 1),
        section.title,
        section.text,
        read.references[0].text,
        read.captions[0].text,
    ]
    assert [found for text in texts for found in dangers(rendered(text))] == []
    assert read.references[0].arxiv_id == "2403.12345"


TENFOLD = r"\newcommand{\A}[1]{#1 #1 #1 #1 #1 #1 #1 #1 #1 #1 }"
BOMBS = {
    "arguments": article(r"\A{\A{\A{\A{\A{word}}}}}", TENFOLD),
    "long arguments": article(rf"\A{{\A{{\A{{{WORDS * 6}}}}}}}", TENFOLD),
    "doubling": article(r"\xa", "".join(rf"\def\x{chr(97 + n)}{{\x{chr(98 + n)}\x{chr(98 + n)}}}" for n in range(20)) + r"\def\xu{words here }"),
    "one long text": article(r"\L " * 700, rf"\def\L{{{'words and more ' * 150}}}"),
    "delimited": article(r"\d\d\d\d\d\d\d\d\d\d\d\d\d\d\d\d\d\d many; words here. ", r"\def\d#1;#2.{#1;#2. #1;#2. }"),
    "an environment": article(r"\begin{E}x\end{E}" * 400, rf"\newenvironment{{E}}{{{'words and more ' * 150}}}{{}}"),
    "one argument a thousand times": article(rf"\B{{{'word ' * 5_000}}}", rf"\newcommand{{\B}}[1]{{{'#1' * 5_000}}}"),
    "inputs of inputs": Source(files={
        "main.tex": article(r"\input{a}").files["main.tex"], "a.tex": b"\\input{b}" * 40, "b.tex": b"\\input{c}" * 40, "c.tex": b"many words of it " * 40,
    }),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_macros_and_inputs_that_grow_without_end_are_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latexml, "is_installed", lambda: False)
    with pytest.raises(SourceRefused, match="grow to over") as refusal:
        converted(BOMBS[name])
    assert refusal.value.status == "unreadable"


@pytest.mark.parametrize(
    "body",
    [
        r"\begin{tabular}{*{60}{*{60}{*{60}{c}}}} a & b \\ c & d \end{tabular}",
        r"\begin{tabular}{cc} \multicolumn{1000000}{c}{a} \\ c & d \end{tabular}",
        r"\begin{tabular}{cc} \multirow{1000000}{*}{a} & b \\ c & d \end{tabular}",
        rf"\begin{{tabular}}{{cc}} \multicolumn{{{'9' * 5_000}}}{{c}}{{a}} \\ c & d \end{{tabular}}",
        r"$\begin{array}{*{99}{*{99}{*{99}{c}}}} a & b \end{array}$",
        r"\acrodef{AB}{" + "long words " * 100 + "}" + r"\acl{AB} " * 300,
    ],
)  # fmt: skip
def test_a_few_bytes_of_a_table_or_an_acronym_stay_few(body: str) -> None:
    outcome = converted(article(body))
    assert outcome.status == "converted"
    assert len(outcome.markdown) < 2_000 + 3 * len(body)


@pytest.mark.parametrize(
    "body",
    [
        "<table>" + "<tr><td colspan=1000000>a</td></tr>" * 10 + "<tr><td>x</td></tr></table>",
        "<table>" + "<tr><td colspan=1000>a</td><td rowspan=65000>b</td></tr>" * 12 + "</table>",
        "<table><tr><td rowspan=1000000>a</td><td>b</td></tr><tr><td>x</td></tr></table>",
        f"<table><tr><td colspan={'9' * 5_000}>a</td><td colspan=-3>b</td><td colspan=²>b</td></tr></table>",
        "<table><tr><td>a</td><td>" * 40 + "x" + "</td></tr></table>" * 40,
        "<ul><li>a" * 100 + "x" + "</li></ul>" * 100,
        "<table><tr><td>" + "w " * 2_000 + "</td><td>b</td></tr>" + "<tr><td>a</td></tr>" * 600 + "</table>",
    ],
    ids=["colspan", "many spans", "rowspan", "odd spans", "nested tables", "nested lists", "one wide cell"],
)  # fmt: skip
def test_a_few_bytes_of_a_page_stay_few(body: str) -> None:
    page = f"<html><body><article class='ltx_document'><h1>T</h1><p>{WORDS}</p><h2>H</h2>{body}</article></body></html>"
    outcome = convert_html(page.encode(), Budget(time.monotonic() + 60, 400))
    assert outcome.status == "converted"
    assert len(outcome.markdown) < 12_000 + 3 * len(page)


def test_a_table_of_common_size_keeps_its_cells_in_their_places() -> None:
    rows = "".join(f"<tr><td>a{n}</td><td colspan=2>b{n}</td></tr>" for n in range(40))
    page = f"<html><body><p>{WORDS}</p><table><tr><th>x</th><th>y</th><th>z</th></tr>{rows}</table></body></html>"
    outcome = convert_html(page.encode(), Budget(time.monotonic() + 60, 1500))
    assert outcome.markdown.count("|") + outcome.markdown.count("+") > 100


def test_an_honest_paper_with_many_macros_has_room() -> None:
    preamble = r"\newcommand{\be}{\begin{equation}}\newcommand{\ee}{\end{equation}}\newcommand{\braket}[2]{\left\langle #1 \middle| #2 \right\rangle}"
    outcome = converted(
        article(
            "\n\n".join(
                rf"This is the line number {n} of many with words in it \be \braket{{a}}{{b}} \ee said."
                for n in range(2_000)
            ),
            preamble,
        )
    )
    assert outcome.grade == "good"
