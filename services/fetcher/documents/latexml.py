"""The adapter to LaTeXML, where it is installed: slower than pandoc by far, but it runs TeX as TeX means it.

It would open files that a source names, so it gets to see only a text in which nothing can open one.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from services.fetcher.documents.arrays import with_arrays
from services.fetcher.documents.pandoc import limited

_OPENS_FILES = re.compile(
    r"\\(?:input|include|includeonly|openin|openout|read|readline|write|immediate|usepackage|RequirePackage|documentclass|"
    r"documentstyle|LoadClass|csname|expandafter|catcode|lstinputlisting|verbatiminput|VerbatimInput|inputminted|subfile|"
    r"import|subimport|bibliography|addbibresource|includegraphics|includepdf|includesvg|epsfbox|psfig|special|"
    r"directlua|luaexec|scantokens|def|edef|gdef|xdef|let|futurelet|uppercase|lowercase|string|meaning|jobname|@+\w*|"
    r"makeatletter|pdf\w+|lxRequireResource|ltx\w+)(?![a-zA-Z@])|\^\^"
)
_PREAMBLE = (
    "\\documentclass{article}\n\\usepackage{amsmath}\n\\usepackage{amssymb}\n\\usepackage{amsthm}\n"
    "\\usepackage{longtable}\n\\usepackage{multirow}\n\\usepackage{url}\n\\usepackage{xcolor}\n\\usepackage{natbib}\n"
)


def is_installed() -> bool:
    return shutil.which("latexml") is not None and shutil.which("latexmlpost") is not None


def harmless(tex: str) -> str:
    """Without any command by which a file could be opened or such a command be made up."""
    return _OPENS_FILES.sub(" ", tex)


def to_html(body: str, theorems: tuple[str, ...], *, seconds: float, memory_mb: int) -> bytes | str:
    """The page that LaTeXML makes of the body of a document; text says why there is none.

    It ends with an error wherever it met one and still writes what it has: the page counts, not the exit code.
    """
    document = "\n".join([_PREAMBLE, *theorems, "\\begin{document}", harmless(with_arrays(body)), "\\end{document}\n"])
    with tempfile.TemporaryDirectory(prefix="papersys-latexml-") as folder:
        Path(folder, "paper.tex").write_text(document, "utf-8")
        first = ["latexml", "--quiet", "--nocomments", "--inputencoding=utf8", "--dest=paper.xml", "paper.tex"]
        second = ["latexmlpost", "--quiet", "--format=html5", "--pmml", "--nodefaultresources", "--dest=paper.html",
                  "paper.xml"]  # fmt: skip
        for command, share, made in ((first, 0.7, "paper.xml"), (second, 0.3, "paper.html")):
            problem = _run(command, folder, seconds * share, memory_mb)
            if not Path(folder, made).exists():
                return problem or "LaTeXML wrote nothing"
        return Path(folder, "paper.html").read_bytes()


def _run(command: list[str], folder: str, seconds: float, memory_mb: int) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=max(1.0, seconds),
            preexec_fn=limited(seconds, memory_mb),
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "LC_ALL": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"LaTeXML took over {seconds:.0f} s"
    except OSError as error:
        return f"LaTeXML cannot be started ({error})"
    last = " ".join(done.stderr.decode("utf-8", "replace").split())[-150:]
    return "" if done.returncode == 0 else f"LaTeXML ended with code {done.returncode}: {last}"
