"""Markdown of strangers, safe for whatever renders it: no HTML, no address but http, https and mailto, no pictures.

It is applied where a document is written and again where one is read, so twice is the same as once. Nothing rests on
where code or a formula begins, on which renderers disagree: that only chooses between two spellings that are both safe.
"""

import html
import re
import urllib.parse

_ALLOWED = ("http", "https", "mailto")
_CODE = re.compile(
    r"^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(```+|~~~+).*?^[ \t>]*\1[^\n]*$|(?<![`\\])(`+)(?!`)[^`\n]+(?<!`)\2(?!`)",
    re.S | re.M,
)
_MATH = re.compile(r"\$\$.{1,20000}?\$\$|(?<!\\)\$(?:[^$\\\n]|\\.|\n(?!\s*\n)){1,12000}?\$", re.S)
_TAG = re.compile(r"\\?<(?=[A-Za-z/!?])")
_ADDRESS = re.compile(r"<((?:https?://|mailto:)[^\s<>\"'`\\]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>")
_HANDLER = re.compile(r"\bon[a-z]+\s*=", re.I)
_ATTRIBUTES = re.compile(r"\{[^{}\n]{0,500}")
_ATTRIBUTE = re.compile(r"\b(on[a-z]{3,}|style|srcdoc|href|src|formaction)(?==)", re.I)
_LINK = re.compile(r"\]\((?=(?P<all>[^)]{0,1000}))(?=\s*(?P<angle><?)(?P<address>(?:\\.|[^\s<>()\\])*))")
_LINK_END = re.compile(r"(?:\\.|[^()\\\n]|\((?:\\.|[^()\\\n])*\)|\n(?!\s*\n)){0,2000}?\)")
_DEFINITION = re.compile(r"\]:(?=[ \t]*(?:\n[ \t]*)?<?(?P<address>[^\s>]+))")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\n]{1,100}\Z")
_SCRIPT = re.compile(r"\b(javascript|vbscript|file(?=:/)|data(?=:[\w.+-]*[/,;]))(?=:\S)", re.I)
_PICTURE = re.compile(r"!\[")
_PICTURE_IN_CODE = re.compile(r"!\[(?=[^\[\]\n]{0,300}\][(\[])")
_ACTIVE = "href|url|includegraphics|htmlClass|htmlId|htmlStyle|htmlData|style|class|cssId|require|unicode|bbox"
_ACTIVE_COMMAND = re.compile(
    rf"(?P<slashes>(?<!\\)(?:\\\\)*)\\(?P<name>{_ACTIVE})(?![a-zA-Z@])\s*(?:\[[^\]]{{0,200}}\]\s*)?(?P<first>\{{(?:[^{{}}\\]|\\.|\{{[^{{}}]*\}}){{0,2000}}\}})"
)
_LEFT_OVER = re.compile(
    rf"((?<!\\)(?:\\\\)*)\\(?:{_ACTIVE}|[gex]?def|let|futurelet|global|long|newcommand|renewcommand|providecommand|DeclareMathOperator)"
    r"(?![a-zA-Z@])\*?"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def safe_markdown(text: str) -> str:
    """The same text with nothing in it that could run, be fetched by itself, or lead anywhere but to a page."""
    text = _CONTROL.sub("", text)
    out: list[str] = []
    position = 0
    for match in _CODE.finditer(text):
        out += [_outside_code(text[position : match.start()]), _inside_code(match[0])]
        position = match.end()
    return _DEFINITION.sub(_definition, "".join([*out, _outside_code(text[position:])]))


def is_safe_address(address: str) -> bool:
    """Whether an address, however it is encoded, is one of a page or of a person; one without a scheme is harmless."""
    scheme = _scheme_of(address)
    return scheme is None or scheme in _ALLOWED


def _outside_code(text: str) -> str:
    out: list[str] = []
    position = 0
    for match in _MATH.finditer(text):
        out += [_prose(text[position : match.start()]), _formula(match[0])]
        position = match.end()
    return "".join([*out, _prose(text[position:])])


def _prose(text: str) -> str:
    out: list[str] = []
    position = 0
    for match in _ADDRESS.finditer(text):
        if text[max(0, match.start() - 1) : match.start()] == "\\" or _HANDLER.search(match[1]):
            continue
        out += [_bare(text[position : match.start()]), match[0]]
        position = match.end()
    return _without_bad_links("".join([*out, _bare(text[position:])]))


def _bare(text: str) -> str:
    text = _PICTURE.sub("! [", _TAG.sub("&lt;", _ACTIVE_COMMAND.sub(_without_address, text)))
    return _SCRIPT.sub(r"\1 ", _ATTRIBUTES.sub(_without_attributes, text))


def _formula(tex: str) -> str:
    tex = _LEFT_OVER.sub(r"\1", _ACTIVE_COMMAND.sub(_without_address, tex))
    return _apart(_TAG.sub("< ", tex))


def _apart(text: str) -> str:
    """In code and formulas a space keeps apart what a renderer that sees neither would take for a link or a picture."""
    text = _LINK.sub(lambda match: "] (" if match["angle"] or _scheme_of(match["all"]) else match[0], text)
    return _PICTURE_IN_CODE.sub("! [", text)


def _inside_code(text: str) -> str:
    text = _TAG.sub(lambda match: match[0] if _is_type_parameter(match) else f"{match[0]} ", text)
    return _ATTRIBUTES.sub(_without_attributes, _apart(text))


def _without_attributes(match: re.Match[str]) -> str:
    return _ATTRIBUTE.sub(r"\1 ", match[0])


def _is_type_parameter(match: re.Match[str]) -> bool:
    """`vector<int>` and `#include <stdio.h>` are code as it is written, no element that a browser knows."""
    name = re.compile(r"([A-Za-z_][\w.:]*)>").match(match.string, match.end())
    return name is not None and name[1].lower() not in _ELEMENTS and "-" not in name[1]


def _without_address(match: re.Match[str]) -> str:
    """Commands by which a formula would link, load or style: what they are applied to stays."""
    inner = match["first"][1:-1]
    is_shown = match["name"] == "url" and "\\" not in inner and _scheme_of(inner) in _ALLOWED
    return match["slashes"] + (rf"\text{{{inner}}}" if is_shown else "")


def _without_bad_links(text: str) -> str:
    """A link to a page stays; of any other its text does, with what may be no address but a remark in brackets."""
    out: list[str] = []
    position = 0
    for match in _LINK.finditer(text):
        if match.start() < position:
            continue
        scheme = _scheme_of(match["all"])
        if scheme in _ALLOWED and not re.search(r"[\"'`]", match["address"]):
            continue
        is_remark = scheme is None and not match["angle"] and not re.search(r"[/\\.#%&]", match["address"])
        end = None if is_remark else _LINK_END.match(text, match.start() + 2)
        out += [text[position : match.start()], "]" if end else "]\\("]
        position = end.end() if end else match.start() + 2
        out.append(" " if end and text[position : position + 1] in ("(", "[", ":") else "")
    return "".join([*out, text[position:]])


def _definition(match: re.Match[str]) -> str:
    """A definition of an address that is not allowed is none; a footnote stays one."""
    if is_safe_address(match["address"]):
        return match[0]
    if not _FOOTNOTE.search(match.string, max(0, match.start() - 110), match.start()):
        return "] :"
    return match[0] if re.fullmatch(r"[\w.+-]*:", match["address"]) else "]: :"


def _scheme_of(address: str) -> str | None:
    """`javascript` of `&#x6A;ava\\tscript%3Aalert(1)`: the scheme that any reader of the address could see in it."""
    decoded = address
    for _ in range(3):
        decoded = urllib.parse.unquote(html.unescape(re.sub(r"\\([^\w\s])", r"\1", decoded)))
    decoded = re.sub(r"[\s\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", "", decoded)
    if decoded.startswith("\\"):
        return "file"
    match = re.match(r"<?([a-zA-Z][a-zA-Z0-9+.-]*):", decoded)
    return match[1].lower() if match else None


_ELEMENTS = frozenset((
    "a", "abbr", "acronym", "address", "animate", "animatetransform", "applet", "area", "article", "aside", "audio",
    "b", "base", "basefont", "bdi", "bdo", "bgsound", "big", "blink", "blockquote", "body", "br", "button",
    "canvas", "caption", "center", "cite", "code", "col", "colgroup", "command", "content", "data", "datalist",
    "dd", "del", "details", "dfn", "dialog", "dir", "div", "dl", "dt", "element", "em", "embed", "fieldset",
    "figcaption", "figure", "font", "footer", "foreignobject", "form", "frame", "frameset", "g", "h1", "h2", "h3",
    "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i", "iframe", "image", "img", "input", "ins",
    "isindex", "kbd", "keygen", "label", "layer", "legend", "li", "link", "listing", "main", "map", "mark",
    "marquee", "math", "menu", "menuitem", "meta", "meter", "multicol", "nav", "nobr", "noembed", "noframes",
    "noscript", "object", "ol", "optgroup", "option", "output", "p", "param", "picture", "plaintext", "portal",
    "pre", "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "script", "search", "section", "select",
    "set", "shadow", "slot", "small", "source", "spacer", "span", "strike", "strong", "style", "sub", "summary",
    "sup", "svg", "table", "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "time", "title", "tr",
    "track", "tt", "u", "ul", "use", "var", "video", "wbr", "xmp", "xss",
))  # fmt: skip
