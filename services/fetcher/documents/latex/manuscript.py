"""A LaTeX paper made ready for a converter: title, definitions, a body of text alone, the bibliography apart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.fetcher.documents.formulas.whole_formulas import with_whole_formulas
from services.fetcher.documents.latex import amstex, harvmac
from services.fetcher.documents.latex.body import ready_body, without_front_matter
from services.fetcher.documents.latex.main_file import find_main
from services.fetcher.documents.latex.shorthands import with_shorthands_expanded
from services.fetcher.documents.latex.source_text import (
    bibliography_of,
    flatten,
    has_body,
    local_packages,
    split_document,
    title_of,
    without_bibliographies,
)
from services.fetcher.documents.macros.expansion import Expander
from services.fetcher.documents.macros.packages import commands_of, loaded_packages
from services.fetcher.documents.macros.preamble import (
    Macro,
    expand_aliases,
    expand_environment_shorthands,
    read_macros,
)
from services.fetcher.documents.macros.toggles import with_toggles_resolved
from services.fetcher.documents.sources.enclosed_files import with_enclosed_files
from services.fetcher.documents.sources.growth import outgrown, room_for_tex, within
from services.fetcher.documents.structure.acronyms import with_acronyms_expanded
from services.fetcher.documents.structure.floats import with_captions
from services.fetcher.documents.structure.listings import Listings
from services.fetcher.documents.structure.theorems import theorems_for
from services.fetcher.documents.tex.plain import NOT_TEXT, plain_text
from services.fetcher.documents.tex.repair import balanced
from services.fetcher.documents.tex.scan import (
    command_argument,
    without_environments,
    without_false_parts,
)
from shared.store.papers.documents import Caption

_ABSTRACT = re.compile(r"\\(?:ABSTRACT|Abstract|abstracts)(?=\s*\{)")


@dataclass(frozen=True)
class Manuscript:
    """All but `main` and `reading` are TeX; `theorems` and `macros` are definitions that the converter gets to see.

    `reading` is the words of the source read plainly, before anything was expanded or left out: a second witness.
    """

    main: str
    title: str
    macros: tuple[Macro, ...]
    theorems: tuple[str, ...]
    body: str
    bibliography: str
    captions: tuple[Caption, ...] = ()
    reading: str = ""
    listings: Listings = field(default_factory=Listings)

    def document(self, body: str, *, safe_only: bool) -> str:
        """A LaTeX document that has nothing in its preamble but definitions, one a line."""
        kept = [macro.line for macro in self.macros if macro.is_safe or not safe_only]
        start = "\\begin{document}\n"
        return "\n".join(["\\documentclass{article}", *kept, *self.theorems, start]) + body + "\n\\end{document}\n"

    def without_macro_at(self, line: int, *, safe_only: bool) -> "Manuscript | None":
        """The same without the definition in this line of its document; None where none is there."""
        kept = [macro for macro in self.macros if macro.is_safe or not safe_only]
        if not 2 <= line < len(kept) + 2:
            return None
        culprit = kept[line - 2]
        return replace(self, macros=tuple(macro for macro in self.macros if macro is not culprit))


def read_manuscript(files: Mapping[str, bytes], main: str | None = None) -> Manuscript | None:
    """The paper in these files with its own commands expanded; None where no file can be typeset.

    Raises SourceRefused where they grow without end.
    """
    files = with_enclosed_files(files)
    main = main or find_main(files)
    if main is None:
        return None
    listings, room = Listings(), room_for_tex(files)
    text = _text_of(files, main, listings, room)
    styles = local_packages(files, text)
    bibliography = bibliography_of(files, main, text)
    commands = commands_of(loaded_packages(text[:50_000]))
    if amstex.is_used_in(text):
        text, listed = amstex.split_references(amstex.to_latex(text))
        bibliography = listed or bibliography
    if harvmac.is_used_in(text) and not has_body(text):
        text, listed = harvmac.split_references(text)
        bibliography, commands = listed or bibliography, {**commands, **harvmac.COMMANDS}
    preamble, body = split_document(with_bare_math(text))
    reading = plain_reading(body)
    expander = Expander(commands, room)
    for part in [*styles, preamble]:
        expander.note(part)
    preamble = expander.expand(front_of(preamble))
    body = with_abstract(preamble, expander.expand(without_bibliographies(body)))
    if expander.has_outgrown:
        raise outgrown(room)
    bibliography, body = bibliography or bibliography_of({}, main, body), without_bibliographies(body)
    title = title_of(body) or title_of(preamble)
    body, captions = with_captions(body)
    ready = _made_ready(body, set())
    theorems = theorems_for(ready, expander.theorems)
    captions = tuple(caption.model_copy(update={"text": listings.as_plain_text(caption.text)}) for caption in captions)
    return Manuscript(main, title, (), theorems, ready, bibliography, captions, reading, listings)


def _text_of(files: Mapping[str, bytes], main: str, listings: Listings, room: int) -> str:
    """The whole text as TeX would come to read it."""
    text = _ABSTRACT.sub(r"\\abstract", without_false_parts(within(flatten(files, main, listings, room), room)))
    return within(with_acronyms_expanded(with_toggles_resolved(with_shorthands_expanded(text))), room)


def _made_ready(body: str, own_names: set[str]) -> str:
    """A body that a converter can take: text alone, and all that opens closes."""
    return with_whole_formulas(balanced(ready_body(body, own_names)))


def read_as_written(files: Mapping[str, bytes], main: str) -> Manuscript:
    """The paper with its own commands as they stand, for the converter to expand: a second way."""
    files = with_enclosed_files(files)
    room = room_for_tex(files)
    text = _text_of(files, main, Listings(), room)
    packages = local_packages(files, text)
    preamble, body = split_document(with_bare_math(within(expand_aliases(text), room)))
    macros = read_macros("\n".join([*packages, preamble]))
    own_names = {macro.name for macro in [*macros, *read_macros(body)]}
    bibliography = bibliography_of(files, main, text)
    body = within(expand_environment_shorthands(without_bibliographies(body), macros), room)
    body = with_abstract(preamble, body)
    ready = _made_ready(body, own_names)
    return Manuscript(main, title_of(text), tuple(macros), (), ready, bibliography)


def plain_reading(body: str) -> str:
    """The words of a body outside formulas and front matter."""
    text = without_front_matter(without_environments(without_bibliographies(body), NOT_TEXT), set())
    return plain_text(text, keep_math=False)


def front_of(preamble: str) -> str:
    """What a preamble says to the reader: its title and its abstract."""
    parts = [rf"\title{{{title_of(preamble)}}}"]
    inside = re.search(r"\\begin\s*\{abstract\}.*?\\end\s*\{abstract\}", preamble, re.S)
    argument = command_argument(preamble, "abstract")
    if inside or argument:
        parts.append(inside[0] if inside else rf"\abstract{{{argument.text if argument else ''}}}")
    return "\n".join(parts)


def with_abstract(preamble: str, body: str) -> str:
    """The abstract as a section, wherever it stood."""
    body = re.sub(r"\\begin\s*\{abstract\*?\}(?:\s*\[[^\]]*\])?", r"\\section*{Abstract}" + "\n", body)
    body = re.sub(r"\\end\s*\{abstract\*?\}", "\n\n", body)
    body = re.sub(r"\\abstract(?=\s*\{)", r"\\section*{Abstract}" + "\n", body)
    if "\\section*{Abstract}" in body:
        return body
    inside = re.search(r"\\begin\s*\{abstract\}(.*?)\\end\s*\{abstract\}", preamble, re.S)
    argument = command_argument(preamble, "abstract")
    abstract = inside[1] if inside else argument.text if argument else ""
    return f"\\section*{{Abstract}}\n{abstract}\n\n{body}" if abstract.strip() else body


def with_bare_math(text: str) -> str:
    """`\\mbox{$x$}` as `\\ensuremath{x}`: dollars within dollars are more than a reader of Markdown can tell apart."""
    return re.sub(r"\\(?:mbox|hbox|text|textrm)\s*\{\s*\$([^$]{1,300})\$\s*\}", r"\\ensuremath{\1}", text)
