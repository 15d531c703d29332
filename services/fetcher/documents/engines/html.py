"""Pages that LaTeXML wrote, arXiv's HTML among them: made plain for the converter, formulas taken from `alttext`.

https://math.nist.gov/~BMiller/LaTeXML/manual/customization/ltxdoc/html.html names the classes.
"""

import re
from dataclasses import dataclass

import lxml.html
from lxml.etree import ParserError

from services.fetcher.documents.engines.html_tables import bound_tables
from services.fetcher.documents.sources.eprint import SourceRefused
from services.fetcher.documents.structure.references import read_reference
from services.fetcher.documents.tex.plain import words_of
from shared.store.papers.documents import Caption, Reference

_LEVELS = {"abstract": 2, "section": 2, "appendix": 2, "subsection": 3, "subsubsection": 4, "chapter": 1, "part": 1}
DOLLAR = "\ue000"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_GONE = (
    "//script|//style|//nav|//header|//footer|//img|//svg|//object|//button|//form|//iframe|//template|//noscript",
    "//*[contains(concat(' ', @class, ' '), ' ltx_authors ')]",
    "//*[contains(@class, 'ltx_page_')"
    " and not(contains(@class, 'ltx_page_main') or contains(@class, 'ltx_page_content'))]",
    "//*[contains(concat(' ', @class, ' '), ' ltx_TOC ')]|//*[contains(@class, 'ltx_note_mark')]"
    "|//*[contains(@class, 'ltx_note_type')]|//*[contains(@class, 'ltx_dates')]",
    "//*[contains(@class, 'ltx_role_')][contains(@class, 'ltx_note')][not(contains(@class, 'ltx_role_footnote'))]",
    "//*[contains(@class, 'ltx_eqn_eqno')]|//*[contains(@class, 'package-alerts')]",
    "//*[contains(@class, 'ar5iv-footer')]"
    "|//*[contains(@class, 'ltx_rule')]|//*[contains(@class, 'html-header')]|//*[contains(@class, 'abs-button')]",
)


@dataclass(frozen=True)
class HtmlPage:
    """HTML with formulas between dollars, and what stands apart from the text."""

    html: str
    title: str
    references: tuple[Reference, ...]
    captions: tuple[Caption, ...]
    errors: int


def read_page(content: bytes) -> HtmlPage:
    """The paper in a page. Raises SourceRefused where there is none."""
    parser = lxml.html.HTMLParser(encoding=_charset(content), huge_tree=False)
    try:
        tree = lxml.html.document_fromstring(content, parser=parser)
    except (ParserError, ValueError, AssertionError) as error:
        raise SourceRefused("unreadable", f"the page cannot be read ({error})") from error
    articles = (
        tree.xpath("//article") or tree.xpath("//*[contains(@class, 'ltx_document')]") or tree.xpath("//body") or [tree]
    )
    article = articles[0]
    _keep_xml_characters(article)
    broken = article.xpath(".//*[contains(@class, 'ltx_ERROR')]")
    for element in broken:
        _drop(element)
    for path in _GONE:
        for element in article.xpath(path.replace("//", ".//")):
            _drop(element)
    bound_tables(article)
    _hide_dollars(article)
    _write_formulas(article)
    title = _take_title(article)
    references = tuple(_take_references(article))
    captions = tuple(_captions(article))
    _mend_headings(article)
    return HtmlPage(lxml.html.tostring(article, encoding="unicode"), title, references, captions, len(broken))


def is_latexml(content: bytes) -> bool:
    return b"ltx_document" in content or b"ltx_page_main" in content


def with_dollars(markdown: str) -> str:
    """The dollars of prices back in their places."""
    return markdown.replace(DOLLAR, "\\$")


def words(page: HtmlPage) -> list[str]:
    """The words of a page outside its formulas, by nothing but its text."""
    return words_of(re.sub(r"\$\$?[^$]*\$\$?", " ", lxml.html.fromstring(page.html).text_content()))


def _charset(content: bytes) -> str:
    match = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", content[:4_000])
    name = match[1].decode("ascii").lower() if match else "utf-8"
    return name if name in ("utf-8", "iso-8859-1", "latin1", "windows-1252", "us-ascii") else "utf-8"


def _keep_xml_characters(article: lxml.html.HtmlElement) -> None:
    """The parser reads characters, out of references such as `&#1;`, that it does not take back."""
    for element in article.iter():
        if element.text and _NOT_XML.search(element.text):
            element.text = _NOT_XML.sub("", element.text)
        if element.tail and _NOT_XML.search(element.tail):
            element.tail = _NOT_XML.sub("", element.tail)
        for name, value in element.attrib.items():
            if _NOT_XML.search(value):
                element.set(name, _NOT_XML.sub("", value))


def _hide_dollars(article: lxml.html.HtmlElement) -> None:
    for element in article.iter():
        if element.text and "$" in element.text and isinstance(element.tag, str):
            element.text = element.text.replace("$", DOLLAR)
        if element.tail and "$" in element.tail:
            element.tail = element.tail.replace("$", DOLLAR)


def _write_formulas(article: lxml.html.HtmlElement) -> None:
    """A `math` becomes its TeX between dollars; a table of an equation becomes a paragraph."""
    for element in list(article.iter("math")):
        if element.getparent() is None:
            continue
        tex = (element.get("alttext") or _annotation(element) or " ".join(element.text_content().split())).strip()
        tex = re.sub(r"%\s*\n?", "", tex.replace(DOLLAR, "")).replace("\\displaystyle", "").strip()
        mark = "$$" if element.get("display") == "block" else "$"
        _replace(element, f"{mark}{' '.join(tex.split())}{mark}" if tex else "")
    equations = ".//table[contains(@class, 'ltx_equation') or contains(@class, 'ltx_eqn_table')]"
    for table in list(article.xpath(equations)):
        parent = table.getparent()
        if parent is None:
            continue
        rows = [" ".join(row.text_content().replace("$", " ").split()) for row in table.iter("tr")]
        lines = [row for row in rows if row]
        joined = lines[0] if len(lines) == 1 else "\\begin{gathered}" + " \\\\ ".join(lines) + "\\end{gathered}"
        paragraph = lxml.html.Element("p")
        paragraph.text = f"$${joined}$$" if lines else ""
        paragraph.tail = table.tail
        parent.replace(table, paragraph)


def _annotation(element: lxml.html.HtmlElement) -> str:
    annotations = element.xpath(".//annotation[@encoding='application/x-tex']")
    return str(annotations[0].text or "") if annotations else ""


def _replace(element: lxml.html.HtmlElement, text: str) -> None:
    span = lxml.html.Element("span")
    span.text, span.tail = text, element.tail
    parent = element.getparent()
    if parent is not None:
        parent.replace(element, span)


def _drop(element: lxml.html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _take_title(article: lxml.html.HtmlElement) -> str:
    headings = article.xpath(".//h1[contains(@class, 'ltx_title_document')]") or article.xpath(".//h1")[:1]
    if not headings:
        return ""
    title = " ".join(headings[0].text_content().split())
    _drop(headings[0])
    return title.replace(DOLLAR, "$")


def _take_references(article: lxml.html.HtmlElement) -> list[Reference]:
    items = article.xpath(".//*[contains(concat(' ', @class, ' '), ' ltx_bibitem ')]")
    made = []
    for item in items:
        links = " ".join(str(href) for href in item.xpath(".//a/@href") if "arxiv.org" in href or "doi.org" in href)
        for tag in item.xpath(".//*[contains(@class, 'ltx_tag')]"):
            _drop(tag)
        reference = read_reference(" ".join(f"{item.text_content()} ".split()))
        linked = read_reference(links)
        made.append(
            reference.model_copy(
                update={"arxiv_id": reference.arxiv_id or linked.arxiv_id, "doi": reference.doi or linked.doi}
            )
        )
    for section in article.xpath(".//*[contains(concat(' ', @class, ' '), ' ltx_bibliography ')]"):
        _drop(section)
    return [reference for reference in made if reference.text]


def _captions(article: lxml.html.HtmlElement) -> list[Caption]:
    counts: dict[str, int] = {}
    captions: list[Caption] = []
    for element in article.iter("figcaption"):
        text = " ".join(element.text_content().replace(DOLLAR, "$").split())
        match = re.match(r"(Figure|Table|Algorithm|Listing)\s*([0-9]{1,6}(?![0-9]))?\s*[:.]?\s*", text)
        kind = match[1].lower() if match else "figure"
        counts[kind] = int(match[2]) if match and match[2] else counts.get(kind, 0) + 1
        captions.append(Caption(kind=kind, number=counts[kind], text=text[match.end() :] if match else text))
    return captions


def _mend_headings(article: lxml.html.HtmlElement) -> None:
    """LaTeXML's headings of sections say how deep they are by their class; captions are paragraphs."""
    for tag in article.xpath(".//*[contains(@class, 'ltx_title')]//*[contains(concat(' ', @class, ' '), ' ltx_tag ')]"):
        _drop(tag)
    for element in article.xpath(".//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]"):
        kind = re.search(r"ltx_title_(\w+)", element.get("class") or "")
        levels = {
            "abstract": 2,
            "section": 2,
            "appendix": 2,
            "subsection": 3,
            "subsubsection": 4,
            "chapter": 1,
            "part": 1,
        }
        if kind and kind[1] in levels:
            element.tag = f"h{levels[kind[1]]}"
        elif kind and kind[1] in ("theorem", "proof", "paragraph", "subparagraph"):
            element.tag = "strong"
    for element in list(article.iter("figure", "figcaption")):
        element.tag = "div" if element.tag == "figure" else "p"
