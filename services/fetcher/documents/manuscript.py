"""A LaTeX paper made ready for a converter: title, definitions, a body of text alone, the bibliography apart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.fetcher.documents import harvmac
from services.fetcher.documents.expansion import Expander
from services.fetcher.documents.floats import with_captions
from services.fetcher.documents.latex import (
    bibliography_of,
    find_main,
    flatten,
    has_body,
    local_packages,
    split_document,
    title_of,
)
from services.fetcher.documents.listings import Listings
from services.fetcher.documents.lists import with_plain_lists
from services.fetcher.documents.macros import Macro, expand_environment_shorthands, read_macros, spell_out_aliases
from services.fetcher.documents.packages import commands_of, loaded_packages
from services.fetcher.documents.plain import NOT_TEXT, plain_text
from services.fetcher.documents.repair import balanced
from services.fetcher.documents.scan import (
    command_argument,
    read_group,
    read_option,
    without_environments,
    without_false_parts,
)
from services.fetcher.documents.tables import with_plain_tables
from shared.store.documents import Caption

_BIBLIOGRAPHY = re.compile(r"\\begin\s*\{(thebibliography|references)\}.*?(?:\\end\s*\{\1\}|\Z)", re.S)
_FRONT = (
    "title|author|authors|date|affiliation|affil|address|email|institute|institution|authorrunning|titlerunning|thanks|"
    "altaffiliation|altaffilmark|altaffiltext|pacs|keywords|correspondingauthor|corref|cortext|ead|fntext|tnotetext|"
    "icmlauthor|icmlaffiliation|icmlcorrespondingauthor|icmltitle|icmltitlerunning|icmlkeywords|preprint|homepage|"
    "shorttitle|shortauthors|received|accepted|revised|orcid|orcidlink|subjclass|dedicatory|curraddr|urladdr|collaboration|"
    "copyrightyear|acmYear|acmConference|acmDOI|acmISBN|setcopyright|ccsdesc|IEEEauthorblockN|IEEEauthorblockA|runauthor|"
    "runtitle|makeatletter|makeatother|hypersetup|lhead|rhead|chead|lfoot|rfoot|cfoot|fancyhead|fancyfoot|markboth|"
    "credit|cormark|fnmark|tnotemark|nonumnote|ioptwocol|offprints|shortauthor|thispagestyle|pagestyle|pagenumbering"
)
_FRONT_COMMAND = re.compile(rf"\\(?P<name>{_FRONT})(?![a-zA-Z@])\*?")
_WRAPPERS = (
    "centerline|leftline|rightline|line|hbox|vbox|vtop|mbox|fbox|uppercase|lowercase|boxit|hl|ul|uline|uwave|textls|"
    "centering|makebox|framebox"
)
_PICTURE = re.compile(
    r"\\(?:includegraphics|includepdf|includesvg|epsfig|psfig|epsfbox|epsffile|plotone|plottwo)(?![a-zA-Z@])\*?"
    r"\s*(?:\[[^\[\]]{0,500}\]\s*){0,2}(?:\{[^{}]{0,500}\}|[\w./-]+\.e?ps)"
)
_LENGTH = r"-?\s*(?:\d*[.,]?\d*\s*)?(?:true\s*)?(?:pt|cm|mm|in|em|ex|bp|pc|sp|\\[a-zA-Z@]+)"
_SPACING = re.compile(
    r"\\(?:hsize|vsize|hoffset|voffset|parskip|parindent|baselineskip|leftskip|rightskip|topskip|lineskip|itemsep|"
    r"oddsidemargin|evensidemargin|topmargin|textwidth|textheight|columnsep|tolerance|hfuzz|vfuzz|overfullrule|"
    r"abovedisplayskip|belowdisplayskip|tabskip|columnwidth|jot|footskip|headsep|headheight|topsep|parsep|"
    r"normalbaselineskip|abovecaptionskip|belowcaptionskip|arraycolsep|tabcolsep|emergencystretch)"
    rf"\s*=?\s*(?:{_LENGTH}(?:\s*(?:plus|minus)\s*{_LENGTH})*|-?\d+)"
)
_SKIPS = re.compile(
    rf"\\(?:vskip|hskip|kern|vglue|hglue|raise|lower)(?![a-zA-Z@])\s*{_LENGTH}(?:\s*(?:plus|minus)\s*[\d.]*\s*\w+)*|"
    r"\\(?:magnification|hyphenpenalty|pageno|baselinestretch|clubpenalty|widowpenalty|pretolerance|exhyphenpenalty)\s*"
    r"=?\s*(?:\\magstep\w+|\d+)"
)
_BREAKS = re.compile(
    r"\\(?:bigskip|medskip|smallskip|vfill?|eject|newpage|clearpage|cleardoublepage|goodbreak|bigbreak|medbreak|"
    r"smallbreak|nopagebreak|pagebreak|supereject|endgraf|maketitle)(?![a-zA-Z@])"
)
_SILENT = re.compile(
    r"\\(?:noindent|indent|hfill?|hss|break|nobreak|null|leavevmode|raggedright|raggedleft|sloppy|protect|relax|strut|"
    r"noalign|nonfrenchspacing|frenchspacing|flushbottom|raggedbottom|onecolumn|twocolumn|singlespace|doublespace|"
    r"singlespacing|doublespacing|onehalfspacing|tableofcontents|listoffigures|listoftables|ignorespaces|unskip|"
    r"boldmath|unboldmath|normalbaselines|tenrm|twelverm|ninerm|eightrm|sevenrm|fiverm|headline|footline|nopagenumbers|"
    r"linebreak|nolinebreak|balance|linenumbers|nolinenumbers|IEEEeqnarraynumspace|IEEEyesnumber|IEEEnonumber|IEEEpeerreviewmaketitle|allowdisplaybreaks|par@|begingroup|endgroup)(?![a-zA-Z@])"
)
_MATH_ENVIRONMENTS = (
    (re.compile(r"\\begin\s*\{(?:IEEEeqnarray|IEEEeqnarraybox)\*?\}(?:\[[^\]]*\])?\s*\{[^{}]*\}"), r"\\begin{align*}"),
    (re.compile(r"\\begin\s*\{empheq\}(?:\[(?:[^\[\]{}]|\{[^{}]*\})*\])?\s*\{[^{}]*\}"), r"\\begin{align*}"),
    (re.compile(r"\\begin\s*\{x{1,2}alignat\*?\}\s*\{[^{}]*\}"), r"\\begin{align*}"),
    (re.compile(r"\\begin\s*\{(?:subeqnarray|dgroup|mathpar|eqnalign)\*?\}"), r"\\begin{align*}"),
    (re.compile(r"\\begin\s*\{dmath\*?\}(?:\[[^\]]*\])?"), r"\\begin{equation*}"),
    (re.compile(r"\\end\s*\{(?:IEEEeqnarraybox|IEEEeqnarray|empheq|x{1,2}alignat|subeqnarray|dgroup|mathpar|eqnalign)\*?\}"),
     r"\\end{align*}"),
    (re.compile(r"\\end\s*\{dmath\*?\}"), r"\\end{equation*}"),
    (re.compile(r"\\(?:begin|end)\s*\{(?:mathletters|subequations|IEEEkeywords|keywords?)\}"), " "),
)  # fmt: skip
_NOTED_KEY = re.compile(
    r"(?<=[{,])\s*\*?\[[^\[\]{}]{0,80}\]\[(?:[^\[\]{}]|\{[^{}]{0,200}\}){0,200}\](?=[\w:.-]+\s*[,}])"
)
_WHITE = re.compile(r"\\textcolor\s*\{\s*white\s*\}\s*(?=\{)|\\(?:phantom|hphantom|vphantom)(?![a-zA-Z])\s*(?=\{)")
_WHITE_GROUP = re.compile(r"\{\s*\\color\s*\{\s*white\s*\}")
_OLD_HEADINGS = (
    (re.compile(r"\\beginsection[ \t]*(.+?)(?:\\par(?![a-zA-Z])|\n\s*\n)", re.S), r"\\section{\1}" + "\n\n"),
    (re.compile(r"\\(?:head|heading)(?![a-zA-Z])(.{1,300}?)\\end(?:head|heading)(?![a-zA-Z])", re.S), r"\\section{\1}"),
    (re.compile(r"\\subhead(?:ing)?(?![a-zA-Z])(.{1,200}?)\\endsubhead(?:ing)?", re.S), r"\\subsection{\1}"),
    (re.compile(r"\\(?:proclaim|demo|remark|definition|example)\s*\{([^{}]*)\}"), r"\\par\\textbf{\1} "),
    (re.compile(r"\\end(?:proclaim|demo|remark|definition|example|document)(?![a-zA-Z])"), r"\\par "),
    (re.compile(r"\\(?:topmatter|endtopmatter|bye|endtitle|endauthor|endaffil|endabstract)(?![a-zA-Z])"), " "),
)  # fmt: skip


_THEOREM_NAMES = {
    "theorem": "Theorem", "lemma": "Lemma", "corollary": "Corollary", "proposition": "Proposition",
    "definition": "Definition",
    "remark": "Remark", "example": "Example", "conjecture": "Conjecture", "claim": "Claim",
    "assumption": "Assumption",
    "thm": "Theorem", "lem": "Lemma", "cor": "Corollary", "prop": "Proposition", "defn": "Definition",
    "rem": "Remark",
    "problem": "Problem", "fact": "Fact", "observation": "Observation", "hypothesis": "Hypothesis", "note": "Note",
    "exercise": "Exercise", "question": "Question", "notation": "Notation", "property": "Property", "case": "Case",
}  # fmt: skip


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
    """The paper in these files with its own commands expanded; None where no file can be typeset."""
    main = main or find_main(files)
    if main is None:
        return None
    listings = Listings()
    text = without_false_parts(flatten(files, main, listings))
    styles = local_packages(files, text)
    bibliography = bibliography_of(files, main, text)
    commands = commands_of(loaded_packages(text[:50_000]))
    if harvmac.is_spoken(text) and not has_body(text):
        text, said = harvmac.with_references_apart(text)
        bibliography, commands = said or bibliography, {**commands, **harvmac.COMMANDS}
    preamble, body = split_document(with_bare_math(text))
    reading = plain_reading(body)
    expander = Expander(commands)
    for part in [*styles, preamble]:
        expander.note(part)
    preamble = expander.expand(front_of(preamble))
    body = with_abstract(preamble, expander.expand(_BIBLIOGRAPHY.sub("\n\n", body)))
    title = title_of(body) or title_of(preamble)
    body, captions = with_captions(body)
    ready = balanced(ready_body(body, set()))
    theorems = theorems_for(ready, expander.theorems)
    captions = tuple(caption.model_copy(update={"text": listings.said_in(caption.text)}) for caption in captions)
    return Manuscript(main, title, (), theorems, ready, bibliography, captions, reading, listings)


def read_as_written(files: Mapping[str, bytes], main: str) -> Manuscript:
    """The paper with its own commands as they stand, for the converter to expand: a second way."""
    text = without_false_parts(flatten(files, main, Listings()))
    packages = local_packages(files, text)
    preamble, body = split_document(with_bare_math(spell_out_aliases(text)))
    macros = read_macros("\n".join([*packages, preamble]))
    own_names = {macro.name for macro in [*macros, *read_macros(body)]}
    bibliography = bibliography_of(files, main, text)
    body = _BIBLIOGRAPHY.sub("\n\n", body)
    body = with_abstract(preamble, expand_environment_shorthands(body, macros))
    ready = balanced(ready_body(body, own_names))
    return Manuscript(main, title_of(text), tuple(macros), (), ready, bibliography)


def plain_reading(body: str) -> str:
    """The words of a body outside formulas and front matter."""
    text = _without_front_matter(without_environments(_BIBLIOGRAPHY.sub(" ", body), NOT_TEXT), set())
    return plain_text(text, keep_math=False)


def front_of(preamble: str) -> str:
    """What a preamble says to the reader: its title and its abstract."""
    parts = [rf"\title{{{title_of(preamble)}}}"]
    inside = re.search(r"\\begin\s*\{abstract\}.*?\\end\s*\{abstract\}", preamble, re.S)
    argument = command_argument(preamble, "abstract")
    if inside or argument:
        parts.append(inside[0] if inside else rf"\abstract{{{argument.text if argument else ''}}}")
    return "\n".join(parts)


def theorems_for(body: str, declared: list[str]) -> tuple[str, ...]:
    """Declarations of theorems: the paper's own, and those of its class for names that it uses undeclared."""
    known = {match[1]: line for line in declared if (match := re.match(r"\\newtheorem\{([^}]*)\}", line))}
    used = dict.fromkeys(re.findall(r"\\begin\s*\{([a-zA-Z]+)\*?\}", body))
    for name in used:
        if name not in known and name.lower() in _THEOREM_NAMES:
            known[name] = rf"\newtheorem{{{name}}}{{{_THEOREM_NAMES[name.lower()]}}}"
    return tuple(line for name, line in known.items() if name.rstrip("*") in used)


def with_abstract(preamble: str, body: str) -> str:
    """The abstract as a section, wherever it stood."""
    body = re.sub(r"\\begin\s*\{abstract\*?\}(?:\s*\[[^\]]*\])?", r"\\section*{Abstract}" + "\n", body)
    body = re.sub(r"\\end\s*\{abstract\*?\}", "\n\n", body)
    body = re.sub(r"\\abstract(?=\s*\{)", r"\\section*{Abstract}" + "\n", body)
    if "\\section*{Abstract}" in body:
        return body
    inside = re.search(r"\\begin\s*\{abstract\}(.*?)\\end\s*\{abstract\}", preamble, re.S)
    argument = command_argument(preamble, "abstract")
    found = inside[1] if inside else argument.text if argument else ""
    return f"\\section*{{Abstract}}\n{found}\n\n{body}" if found.strip() else body


def with_bare_math(text: str) -> str:
    """`\\mbox{$x$}` as `\\ensuremath{x}`: dollars within dollars are more than a reader of Markdown can tell apart."""
    return re.sub(r"\\(?:mbox|hbox|text|textrm)\s*\{\s*\$([^$]{1,300})\$\s*\}", r"\\ensuremath{\1}", text)


def ready_body(body: str, own_names: set[str]) -> str:
    """Without pictures and front matter, old dialects spelt in LaTeX, boxes opened."""
    body = without_invisible(_PICTURE.sub(" ", without_environments(body, NOT_TEXT)))
    body = with_plain_lists(with_plain_tables(_NOTED_KEY.sub("", body)))
    body = _SILENT.sub(" ", _BREAKS.sub("\n\n", _SKIPS.sub(" ", _SPACING.sub(" ", body))))
    body = re.sub(r"(\\begin\{algorithmic\*?\})\s*\[\d*\]", r"\1", body)
    for pattern, replacement in (*_MATH_ENVIRONMENTS, *_OLD_HEADINGS):
        body = pattern.sub(replacement, body)
    body = _without_front_matter(body, own_names)
    body = re.sub(
        r"\\(?:begin|end)\s*\{(?:frontmatter|titlepage|CJK\*?|document|multicols\*?|landscape)\}", "\n\n", body
    )
    body = re.sub(rf"\\(?:{_WRAPPERS})(?![a-zA-Z@])(?:\s*to\s*[\d.]*\\?[a-z]+)?(?=\s*\{{)", "", body)
    return _opened_boxes(body)


def without_invisible(body: str) -> str:
    """Without text in white and without phantoms outside mathematics: nobody was to read it."""
    for pattern, opening in ((_WHITE, 0), (_WHITE_GROUP, 1)):
        out: list[str] = []
        position = 0
        while (match := pattern.search(body, position)) is not None:
            group = read_group(body, match.start() if opening else match.end())
            is_kept = group is None or ("phantom" in match[0] and _is_in_math(body, match.start()))
            end = match.end() if group is None or is_kept else group.end
            out.append(body[position:end] if is_kept else body[position : match.start()])
            position = end
        body = "".join([*out, body[position:]])
    return body


def _is_in_math(body: str, at: int) -> bool:
    before = body[max(0, at - 2_000) : at].rpartition("\n\n")[2]
    dollars = len(re.findall(r"(?<!\\)\$", before))
    return dollars % 2 == 1 or re.search(r"\\\[|\\begin\s*\{(?:eq|al|ga|mu)", before) is not None


def sections_in(body: str) -> int:
    """How many headings the source has."""
    return len(re.findall(r"\\(?:chapter|section|subsection|subsubsection)(?![a-zA-Z])\*?\s*[\[{]", body))


def chunks_of(body: str) -> list[str]:
    """The body cut before each heading: where one part cannot be converted, the others can."""
    parts = re.split(r"(?=\\(?:chapter|section|subsection|subsubsection)(?![a-zA-Z])\*?\s*[\[{])", body)
    return [part for part in parts if part.strip()]


def paragraphs_of(chunk: str) -> list[str]:
    """A part cut at blank lines, but never inside an environment."""
    out: list[str] = []
    depth = 0
    for paragraph in re.split(r"\n[ \t]*\n", chunk):
        if depth > 0 and out:
            out[-1] += "\n\n" + paragraph
        else:
            out.append(paragraph)
        depth += len(re.findall(r"\\begin\s*\{", paragraph)) - len(re.findall(r"\\end\s*\{", paragraph))
        depth = max(depth, 0)
    return [paragraph for paragraph in out if paragraph.strip()]


def opened(body: str, names: set[str]) -> str:
    """With the arguments of these commands in place of the commands: a converter would drop both."""
    if not names:
        return body
    pattern = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.sub(rf"\\(?:{pattern})(?![a-zA-Z@])\*?(?:\[[^\]]{{0,200}}\])?(?=\s*\{{)", " ", body)


def _without_front_matter(body: str, own_names: set[str]) -> str:
    """A name that the paper defines for itself is left to it."""
    out: list[str] = []
    position = 0
    while (match := _FRONT_COMMAND.search(body, position)) is not None:
        out.append(body[position : match.start()])
        position = match.end()
        if match["name"] in own_names:
            out.append(match[0])
            continue
        while (option := read_option(body, position)) is not None and option.end - position < 1_000:
            position = option.end
        group = read_group(body, position)
        position = group.end if group is not None and group.end - position < 20_000 else position
    return "".join([*out, body[position:]])


def _opened_boxes(body: str) -> str:
    """`\\parbox{5cm}{text}`, `\\resizebox{..}{..}{table}`, `\\colorbox{red}{text}`: the last argument is the text."""
    for name, skipped in (("parbox", 1), ("resizebox", 2), ("scalebox", 1), ("colorbox", 1), ("rotatebox", 1),
                          ("raisebox", 1), ("adjustbox", 1), ("fcolorbox", 2)):  # fmt: skip
        out: list[str] = []
        position = 0
        for match in re.finditer(rf"\\{name}(?![a-zA-Z@])\*?", body):
            if match.start() < position:
                continue
            end = match.end()
            for _ in range(skipped):
                option = read_option(body, end)
                group = read_group(body, option.end if option else end)
                end = group.end if group is not None else end
            out.append(body[position : match.start()])
            position = end
        body = "".join([*out, body[position:]])
    return body
