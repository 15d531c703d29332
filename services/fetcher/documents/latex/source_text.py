"""The text of a LaTeX source: decoded, its inputs in their places, its bibliography and its title."""

import codecs
import posixpath
import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from services.fetcher.documents.sources.growth import outgrown
from services.fetcher.documents.structure.listings import Listings, without_comments
from services.fetcher.documents.tex.scan import read_group

_MAX_DEPTH = 20
_MAX_TEXT = 20_000_000
CLASS = re.compile(r"\\document(?:class|style)\s*(?:\[[^\]]*\])?\s*\{([^}]*)\}")
BEGIN = re.compile(r"\\begin\s*\{document\}")
_INPUT = re.compile(
    r"\\(?P<name>input|include|subfile|subfileinclude|"
    r"(?P<two>import|subimport|includefrom|subincludefrom|InputIfFileExists))(?![a-zA-Z@])"
    r"\*?[ \t]*(?:\{(?P<braced>[^{}]*)\}(?(two)[ \t]*(?:\{(?P<second>[^{}]*)\})?)|(?P<bare>[^\s{}\\\[\]$&#^_~%]+))"
)
_END = re.compile(r"(?<!def)(?<!let)\\(?:end\s*\{document\}|enddocument(?![a-zA-Z]))")
_END_OF_INPUT = re.compile(r"\\endinput(?![a-zA-Z@])")
_BIBLIOGRAPHY = re.compile(r"\\(?P<side>begin|end)\s*\{(?P<name>thebibliography|references)\}")
_AFTER_BIBLIOGRAPHY = re.compile(
    r"\\(?:chapter|section|subsection|appendix|appendices|onecolumngrid)(?![a-zA-Z])|"
    r"\\begin\s*\{(?:appendix|appendices|thebibliography|references|figure|table|IEEEbiography)"
)
_NAMED_INPUT = re.compile(
    r"\\(?:re)?newcommand\*?\s*\{?\\(?P<name>[a-zA-Z]+)\}?\s*\[1\]\s*\{\s*(?P<body>\\(?:input|include|subfile)\s*\{[^{}]{0,200}#1[^{}]{0,200}\})\s*\}"
)
_FOLDER = re.compile(r"\\(?:(?:re)?newcommand\*?\s*\{?|def\s*)\\([a-zA-Z]+)\}?\s*\{([\w./-]+)\}")
_INPUT_BY_NAME = re.compile(r"\\(?:input|include|subfile)\s*\{[^{}]*\\[a-zA-Z]+[^{}]*\}")
_PLAIN_END = re.compile(
    r"(?<!\\)\\(?:bye|end)(?![a-zA-Z{\s])|(?<!\\)\\(?:bye|end)\s+(?!\{)(?=[^\n]*(?:\n|\Z))|(?<!\\)\\bye\s*\Z"
)
_ENCODING = re.compile(r"\\(?:usepackage|inputencoding)\s*(?:\[([^\]]*)\]\s*\{inputenc\}|\{([a-zA-Z0-9]+)\})")
_CODECS = {
    "latin1": "latin-1", "latin2": "iso8859-2", "latin3": "iso8859-3", "latin4": "iso8859-4", "latin5": "iso8859-9",
    "latin9": "iso8859-15", "latin10": "iso8859-16", "ansinew": "cp1252", "cp1250": "cp1250", "cp1251": "cp1251",
    "cp1252": "cp1252", "cp1257": "cp1257", "cp850": "cp850", "cp852": "cp852", "cp866": "cp866", "koi8-r": "koi8-r",
    "koi8-u": "koi8-u", "applemac": "mac-roman", "macce": "mac-latin2",
}  # fmt: skip


def flatten(files: Mapping[str, bytes], main: str, listings: Listings, room: int = _MAX_TEXT) -> str:
    """The text of the main file with its inputs in their places, without comments; only `files` are read.

    Its code goes to `listings`. Raises SourceRefused beyond `room` characters.
    """
    spent = [_MAX_TEXT - room]
    text = _resolve(files, main, (), spent, listings)
    if spent[0] > _MAX_TEXT:
        raise outgrown(room)
    begin = begin_of(text)
    end = _END.search(text, begin.end() if begin else 0)
    if end is None and not CLASS.search(text):
        end = next((match for match in _PLAIN_END.finditer(text) if not _is_defined_at(text, match.start())), None)
    return text[: end.start()] if end else text


def _is_defined_at(text: str, position: int) -> bool:
    """Whether a definition mentions what stands here: `\\let\\BYE\\bye`."""
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return re.search(r"\\(?:let|def|gdef|edef|outer|else)(?![a-zA-Z])[^{}]*(?:\{[^{}]*)?$", line) is not None


def decode(content: bytes) -> str:
    """Text of a TeX file: UTF-8 where it is, else the encoding it declares, else Windows Latin-1."""
    for bom, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(bom):
            return content.removeprefix(codecs.BOM_UTF8).decode(name, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(_declared_codec(content), "replace")


def local_packages(files: Mapping[str, bytes], text: str) -> list[str]:
    """The text of the paper's own style files that it loads: its macros may be defined there."""
    texts: list[str] = []
    for match in re.finditer(r"\\(?:usepackage|RequirePackage|documentstyle)\s*(?:\[([^\]]*)\])?\s*\{([^}]*)\}", text):
        for name in [*(match[1] or "").split(","), *match[2].split(",")]:
            path = _find(files, "", name.strip(), (".sty",)) if name.strip() else None
            if path is not None and len(files[path]) < 200_000:
                texts.append(without_comments(decode(files[path])))
    return texts


def has_body(text: str) -> bool:
    return BEGIN.search(text) is not None


def begin_of(text: str) -> re.Match[str] | None:
    """Where the document begins: not within a definition of a class that stands before it."""
    begins = list(BEGIN.finditer(text))
    return next((match for match in begins if not _is_within_group(text, match.start())), begins[0] if begins else None)


def _is_within_group(text: str, position: int) -> bool:
    """Whether a group or a conditional was opened before in the same line."""
    before = text[text.rfind("\n", 0, position) + 1 : position]
    depth = before.count("{") - before.count("}") - before.count("\\{") + before.count("\\}")
    return depth > 0 or len(re.findall(r"\\if[a-zA-Z@]*", before)) > len(re.findall(r"\\fi(?![a-zA-Z@])", before))


def split_document(text: str) -> tuple[str, str]:
    """Preamble and body; a text that is plain TeX is all body."""
    begin = begin_of(text)
    if begin is not None:
        return text[: begin.start()], text[begin.end() :]
    amstex = re.search(r"\\document(?![a-zA-Z])|\\topmatter(?![a-zA-Z])", text)
    if amstex is not None:
        return text[: amstex.start()], text[amstex.end() :]
    declared = CLASS.search(text)
    return (text[: declared.end()], text[declared.end() :]) if declared else ("", text)


def _declared_codec(content: bytes) -> str:
    head = content[:50_000].decode("latin-1")
    for match in _ENCODING.finditer(head):
        option = (match[1] or match[2] or "").strip().lower()
        if option in _CODECS:
            return _CODECS[option]
    return "cp1252"


def _resolve(
    files: Mapping[str, bytes], path: str, above: tuple[str, ...], spent: list[int], listings: Listings
) -> str:
    """`spent` counts the characters so far, so that inputs of inputs cannot grow without end."""
    text = listings.extract_from(decode(files[path]))
    text = _with_named_inputs(text)
    if above:
        begin = BEGIN.search(text)
        text = text[begin.end() :] if begin else text
        text = re.sub(r"\\end\s*\{document\}", "", text)
    spent[0] += len(text)

    def inline(match: re.Match[str]) -> str:
        target = _target(match, path, files)
        if target is None:
            return " "
        if target in (*above, path) or len(above) >= _MAX_DEPTH or spent[0] > _MAX_TEXT:
            return " "
        inner = _resolve(files, target, (*above, path), spent, listings)
        return f"\n\n{inner}\n\n" if match["name"] in ("include", "subfile", "subfileinclude") else f"{inner}\n"

    return _INPUT.sub(inline, _up_to_its_end(text))


def _up_to_its_end(text: str) -> str:
    """A file up to its `\\endinput`: one in a definition or a conditional, or one that cuts off the paper, is none."""
    last_begin = max((match.start() for match in BEGIN.finditer(text)), default=-1)
    for match in _END_OF_INPUT.finditer(text):
        if match.start() > last_begin and not _is_within_group(text, match.start()):
            return text[: match.start()]
    return text


def _replacing(body: str) -> Callable[[re.Match[str]], str]:
    return lambda use: body.replace("#1", use[1])


def _with_named_inputs(text: str) -> str:
    """`\\chap{a}` after `\\newcommand{\\chap}[1]{\\input{chapters/#1}}`, and folders with names, written out."""
    for match in list(_NAMED_INPUT.finditer(text)):
        text = re.sub(rf"\\{match['name']}(?![a-zA-Z@])\s*\{{([^{{}}]*)\}}", _replacing(match["body"]), text)
    folders = {match[1]: match[2] for match in _FOLDER.finditer(text)}
    if not folders:
        return text

    def written_out(use: re.Match[str]) -> str:
        return "\\" + re.sub(r"\\([a-zA-Z]+)\s*", lambda name: folders.get(name[1], name[0]), use[0][1:])

    return _INPUT_BY_NAME.sub(written_out, text)


def _target(match: re.Match[str], path: str, files: Mapping[str, bytes]) -> str | None:
    name = (match["braced"] if match["braced"] is not None else match["bare"]) or ""
    if match["second"] is not None and match["name"] in ("import", "subimport", "includefrom", "subincludefrom"):
        name = posixpath.join(name, match["second"])
    target = _find(files, posixpath.dirname(path), name.strip().strip('"'), (".tex", ".ltx", ""))
    is_text = target is not None and not target.lower().endswith((".sty", ".cls", ".pdf", ".eps", ".png", ".jpg"))
    return target if is_text else None


def input_targets(path: str, text: str, files: Mapping[str, bytes]) -> set[str]:
    """The files of the archive that this one inputs."""
    targets = (_target(match, path, files) for match in _INPUT.finditer(text))
    return {target for target in targets if target is not None and target != path}


def _find(files: Mapping[str, bytes], folder: str, name: str, suffixes: tuple[str, ...]) -> str | None:
    """The archive's file that TeX would find from the root, or from the including file's folder."""
    lowered = {name_there.lower(): name_there for name_there in files} if len(files) < 2_000 else {}
    for base in dict.fromkeys(("", folder)):
        for suffix in (*suffixes, "") if PurePosixPath(name).suffix else suffixes:
            candidate = posixpath.normpath(posixpath.join(base, name + suffix))
            if candidate in files:
                return candidate
            if candidate.lower() in lowered:
                return lowered[candidate.lower()]
    return None


def bibliography_of(files: Mapping[str, bytes], main: str, text: str) -> str:
    """The bibliography as TeX: in the text itself, else the main file's .bbl, else another one, else the .bib files."""
    inside = "\n".join(text[start:end] for start, end in _bibliographies(text))
    if inside:
        return inside
    bbl = [name for name in files if name.lower().endswith(".bbl")]
    own = f"{PurePosixPath(main).with_suffix('')}.bbl"
    chosen = [own] if own in files else sorted(bbl, key=lambda name: -len(files[name]))[:1]
    chosen = chosen or sorted(name for name in files if name.lower().endswith(".bib") and len(files[name]) < 3_000_000)
    texts = [decode(files[name]) for name in chosen]
    return "\n".join(
        text if name.lower().endswith(".bib") else without_comments(text)
        for name, text in zip(chosen, texts, strict=True)
    )


def without_bibliographies(text: str) -> str:
    """What stands between and after them stays."""
    out: list[str] = []
    position = 0
    for start, end in _bibliographies(text):
        out += [text[position:start], "\n\n"]
        position = end
    return "".join([*out, text[position:]])


def _bibliographies(text: str) -> list[tuple[int, int]]:
    """Begin and end of each; one that is never closed ends before the next heading, appendix or bibliography."""
    marks = list(_BIBLIOGRAPHY.finditer(text))
    spans: list[tuple[int, int]] = []
    for number, mark in enumerate(marks):
        if mark["side"] == "end" or (spans and mark.start() < spans[-1][1]):
            continue
        following = marks[number + 1] if number + 1 < len(marks) else None
        if following is not None and following["side"] == "end" and following["name"] == mark["name"]:
            spans.append((mark.start(), following.end()))
            continue
        after = _AFTER_BIBLIOGRAPHY.search(text, mark.end())
        spans.append((mark.start(), after.start() if after else len(text)))
    return spans


def title_of(text: str) -> str:
    """The argument of `\\title`, as TeX."""
    for match in re.finditer(r"\\(?:title|icmltitle|Title|TITLE)(?![a-zA-Z@])\s*(?:\[[^\]]*\])?", text):
        title = read_group(text, match.end())
        if title is not None and title.text.strip():
            return title.text
    return ""
