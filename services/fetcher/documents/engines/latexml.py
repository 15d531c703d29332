"""The adapter to LaTeXML, where it is installed: slower than pandoc by far, but it runs TeX as TeX means it.

It opens files that a source names, so it runs only behind a fence; that it gets to see a text without such commands is
a second one.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from services.fetcher.confinement import fences
from services.fetcher.confinement.bounds import Bounds
from services.fetcher.documents.formulas.arrays import with_arrays

_OPENING = (
    "input|include|includeonly|InputIfFileExists|IfFileExists|openin|openout|read|readline|write|immediate|usepackage|"
    "RequirePackage|documentclass|documentstyle|LoadClass|csname|expandafter|catcode|lstinputlisting|verbatiminput|"
    "VerbatimInput|inputminted|subfile|import|subimport|bibliography|addbibresource|includegraphics|includepdf|includesvg|"
    "epsfbox|psfig|special|directlua|luaexec|scantokens|def|edef|gdef|xdef|let|futurelet|uppercase|lowercase|string|"
    r"meaning|jobname|@+\w*|makeatletter|pdf\w+|lxRequireResource|ltx\w+"
)
_OPENS_FILES = re.compile(rf"\\(?:{_OPENING})(?![a-zA-Z@])|\\(?:begin|end)\s*\{{\s*(?:{_OPENING})\*?\s*\}}|\^\^")
_FILE_MB = 100
_PREAMBLE = (
    "\\documentclass{article}\n\\usepackage{amsmath}\n\\usepackage{amssymb}\n\\usepackage{amsthm}\n"
    "\\usepackage{longtable}\n\\usepackage{multirow}\n\\usepackage{url}\n\\usepackage{xcolor}\n\\usepackage{natbib}\n"
)


def is_installed() -> bool:
    return shutil.which("latexml") is not None and shutil.which("latexmlpost") is not None


def is_usable() -> bool:
    """Whether it is here and can be confined."""
    return is_installed() and fences.confines()


def harmless(tex: str) -> str:
    """Without any command by which a file could be opened or such a command be made up."""
    return _OPENS_FILES.sub(" ", tex)


def to_html(body: str, theorems: tuple[str, ...], *, seconds: float, memory_mb: int) -> bytes | str:
    """The page that LaTeXML makes of the body of a document; text says why there is none.

    It ends with an error wherever it met one and still writes what it has: the page counts, not the exit code.
    """
    document = "\n".join([_PREAMBLE, *theorems, "\\begin{document}", harmless(with_arrays(body)), "\\end{document}\n"])
    return page_of(document, seconds=seconds, memory_mb=memory_mb)


def page_of(document: str, *, seconds: float, memory_mb: int) -> bytes | str:
    """The page of a whole document, which may name any file: only the fence keeps it from them. As `to_html`."""
    if not fences.confines():
        return "LaTeXML cannot be confined here"
    with tempfile.TemporaryDirectory(prefix="papersys-latexml-") as name:
        folder = Path(name)
        (folder / "paper.tex").write_text(document, "utf-8", "replace")
        first = ["latexml", "--quiet", "--nocomments", "--inputencoding=utf8", "--dest=paper.xml", "paper.tex"]
        second = ["latexmlpost", "--quiet", "--format=html5", "--pmml", "--nodefaultresources", "--dest=paper.html",
                  "paper.xml"]  # fmt: skip
        for command, share, made in ((first, 0.7, "paper.xml"), (second, 0.3, "paper.html")):
            problem = _run(command, Bounds(folder, (), max(1.0, seconds * share), memory_mb, _FILE_MB))
            if not (folder / made).is_file() or (folder / made).is_symlink():
                return problem or "LaTeXML wrote nothing"
        return (folder / "paper.html").read_bytes()


def _run(command: list[str], bounds: Bounds) -> str:
    try:
        ended = fences.run(command, bounds)
    except subprocess.TimeoutExpired:
        return f"LaTeXML took over {bounds.seconds:.0f} s"
    except OSError as error:
        return f"LaTeXML cannot be started ({error})"
    last = " ".join(ended.messages.split())[-150:]
    return "" if ended.code == 0 else f"LaTeXML ended with code {ended.code}: {last}"
