"""The body of a paper without what is not its text: pictures, front matter, spacing, boxes, words that nobody sees."""

import re

from services.fetcher.documents.structure.lists import with_plain_lists
from services.fetcher.documents.structure.tables import with_plain_tables
from services.fetcher.documents.tex.plain import NOT_TEXT
from services.fetcher.documents.tex.scan import read_group, read_option, without_environments

_FRONT = (
    "TITLE|SHORTTITLE|AUTHORS|ARTICLEAUTHORS|KEYWORDS|AMSSUBJ|SUBMITTED|ACCEPTED|RUNTITLE|RUNAUTHOR|title|author|authors|date|affiliation|affil|address|email|institute|institution|authorrunning|titlerunning|thanks|"
    "altaffiliation|altaffilmark|altaffiltext|pacs|keywords|correspondingauthor|corref|cortext|ead|fntext|tnotetext|"
    "icmlauthor|icmlaffiliation|icmlcorrespondingauthor|icmltitle|icmltitlerunning|icmlkeywords|preprint|homepage|"
    "shorttitle|shortauthors|received|accepted|revised|orcid|orcidlink|subjclass|dedicatory|curraddr|urladdr|collaboration|"
    "copyrightyear|acmYear|acmConference|acmDOI|acmISBN|setcopyright|ccsdesc|IEEEauthorblockN|IEEEauthorblockA|runauthor|"
    "runtitle|hypersetup|lhead|rhead|chead|lfoot|rfoot|cfoot|fancyhead|fancyfoot|markboth|"
    "special|credit|cormark|fnmark|tnotemark|nonumnote|offprints|shortauthor|thispagestyle|pagestyle|pagenumbering|"
    "pagerange|authornote|authornotemark|Description|emailAdd|arxivnumber"
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
    r"linebreak|nolinebreak|balance|linenumbers|nolinenumbers|makeatletter|makeatother|ioptwocol|IEEEeqnarraynumspace|IEEEyesnumber|IEEEnonumber|IEEEpeerreviewmaketitle|allowdisplaybreaks|par@|begingroup|endgroup)(?![a-zA-Z@])"
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
_SECTION = re.compile(r"\\(?:chapter|(?:sub)*section)(?![a-zA-Z])")
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


_NEVER_OPENED = frozenset((
    "label", "cite", "citep", "citet", "ref", "eqref", "vspace", "hspace", "includegraphics", "input", "color",
    "textcolor", "bibliography", "index", "footnotemark", "bibliographystyle", "rule", "fontsize", "selectfont",
    "setlength", "addtolength", "setcounter", "addcontentsline", "newpage", "vskip", "hskip", "hyphenation",
    "graphicspath", "nocite", "markboth", "documentclass", "usepackage", "definecolor", "newtheorem", "begin", "end",
    "multicolumn", "multirow", "pageref", "cline", "cmidrule", "kern", "newcommand", "renewcommand", "def", "let",
    "newlength", "settowidth", "newcounter", "stepcounter", "refstepcounter", "usetikzlibrary", "tikzset", "lstset",
    "pgfplotsset", "captionsetup", "theoremstyle", "numberwithin", "enlargethispage", "pdfbookmark", "setlist",
    "titleformat", "titlespacing", "counterwithin", "usefont", "fontfamily", "fontseries", "fontshape", "char",
    "discretionary", "floatname", "markright", "phantom", "citenum", "DeclareGraphicsExtensions",
))  # fmt: skip


def ready_body(body: str, own_names: set[str]) -> str:
    """Without pictures and front matter, old dialects rewritten in LaTeX, boxes unwrapped."""
    body = without_invisible(_PICTURE.sub(" ", without_environments(body, NOT_TEXT)))
    body = without_quotes_around_headings(body)
    body = with_plain_lists(with_plain_tables(_NOTED_KEY.sub("", body)))
    body = _SILENT.sub(" ", _BREAKS.sub("\n\n", _SKIPS.sub(" ", _SPACING.sub(" ", body))))
    body = re.sub(r"(\\begin\{algorithmic\*?\})\s*\[\d*\]", r"\1", body)
    for pattern, replacement in (*_MATH_ENVIRONMENTS, *_OLD_HEADINGS):
        body = pattern.sub(replacement, body)
    body = without_front_matter(body, own_names)
    body = re.sub(
        r"\\(?:begin|end)\s*\{(?:frontmatter|titlepage|CJK\*?|document|multicols\*?|landscape)\}", "\n\n", body
    )
    body = re.sub(rf"\\(?:{_WRAPPERS})(?![a-zA-Z@])(?:\s*to\s*[\d.]*\\?[a-z]+)?(?=\s*\{{)", "", body)
    return _without_box_commands(body)


def without_quotes_around_headings(body: str) -> str:
    """A section within a quotation is a section: a converter would make it a quoted line."""
    for name in ("quote", "quotation", "verse"):
        begin, end = f"\\begin{{{name}}}", f"\\end{{{name}}}"
        out: list[str] = []
        position = 0
        while (start := body.find(begin, position)) >= 0 and (stop := body.find(end, start)) >= 0:
            inner = body[start + len(begin) : stop]
            out += [body[position:start], inner if _SECTION.search(inner) else begin + inner + end]
            position = stop + len(end)
        body = "".join([*out, body[position:]])
    return body


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


def with_commands_unwrapped(body: str, names: set[str]) -> str:
    """With the arguments of these commands in place of the commands: a converter would drop both."""
    names = names - _NEVER_OPENED
    if not names:
        return body
    pattern = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.sub(rf"\\(?:{pattern})(?![a-zA-Z@])\*?(?:\[[^\]]{{0,200}}\])?(?=\s*\{{)", " ", body)


def without_front_matter(body: str, own_names: set[str]) -> str:
    """A name that the paper defines for itself is left to it."""
    out: list[str] = []
    position = 0
    while (match := _FRONT_COMMAND.search(body, position)) is not None:
        out.append(body[position : match.start()])
        position = match.end()
        if match["name"] in own_names:
            out.append(match[0])
            continue
        if re.compile(r"[ \t]*\n[ \t]*\n").match(body, position):
            continue
        while (option := read_option(body, position)) is not None and option.end - position < 1_000:
            position = option.end
        group = read_group(body, position)
        position = group.end if group is not None and group.end - position < 20_000 else position
    return "".join([*out, body[position:]])


def _without_box_commands(body: str) -> str:
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
