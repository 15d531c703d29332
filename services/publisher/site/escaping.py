"""Text of papers inside the files of the site: as Markdown in which it stands for itself, and as YAML."""

import re
from functools import lru_cache

from services.publisher.rendering.safe_html import Part, parts_of, without_controls

_MARKDOWN_INLINE = re.compile(r"[\\`*_\[\]|~$]|(?<=www)\.|:(?=//)")
_MARKDOWN_LINE_START = re.compile(r"^(?:[#+=-]|\d+(?=[.)]))")
_EMPHASIS = re.compile(r"(?<![\w\\*])((?:\\\*){1,2})(\w(?:[^*\\]*\w)?)\1(?![\w*])")
_SPECIAL = re.compile(r"[\\`*_\[\]|~$&<>@\x00-\x1f\x7f-\x9f\ue000\ufeff\ufffe\uffff\ud800-\udfff]|www\.|://")
"""Without one of these, and of those at its start, a text is Markdown of itself."""
_NOT_PLAIN_IN_YAML = re.compile(r"[^ !#-\[\]-~]")
_KEPT_TEXTS = 5000
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"})


@lru_cache(_KEPT_TEXTS)
def site_text(text: str) -> str:
    """One line of Markdown: every character of the words stands for itself, formulas stay between dollars."""
    one_line = " ".join(without_controls(text).split())
    if not _SPECIAL.search(one_line):
        return _MARKDOWN_LINE_START.sub(_escaped_start, one_line)
    return _MARKDOWN_LINE_START.sub(_escaped_start, "".join(map(_markdown_of, parts_of(one_line))))


def claim_text(text: str) -> str:
    """As `site_text`, with the emphasis that a sentence out of a converted paper may have."""
    markdown = site_text(text)
    return _EMPHASIS.sub(lambda match: match[0].replace(r"\*", "*"), markdown) if "*" in markdown else markdown


def quoted_yaml(text: str) -> str:
    """A YAML double-quoted scalar that gives back `text`, whatever it holds; the same in YAML 1.1 and 1.2."""
    return f'"{_NOT_PLAIN_IN_YAML.sub(_yaml_escape, text)}"'


def _markdown_of(part: Part) -> str:
    if part.kind == "words":
        return _MARKDOWN_INLINE.sub(lambda match: f"\\{match[0]}", part.text.translate(_ENTITIES))
    fence = "$$" if part.kind == "display math" else "$"
    return f"{fence}{_tex_without_html(part.text)}{fence}"


def _tex_without_html(tex: str) -> str:
    """The same formula without the characters that could open HTML or code."""
    return tex.replace("<", r"\lt ").replace(">", r"\gt ").replace("`", r"\grave{}")


def _escaped_start(match: re.Match[str]) -> str:
    """A character that would begin a list or a heading, escaped."""
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


def _yaml_escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in '"\\':
        return f"\\{character}"
    code = ord(character)
    if code >= 0xA0 and character.isprintable():
        return character
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
