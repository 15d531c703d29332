"""The adapter to pandoc: text in, Markdown out, in its own sandbox and behind a fence, with limits."""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pypandoc

from services.fetcher.confinement import fences
from services.fetcher.confinement.bounds import Bounds

_FILE_MB = 1
_MARKDOWN = (
    "markdown-raw_attribute-fenced_divs-native_divs-native_spans-bracketed_spans-header_attributes-simple_tables"
    "-multiline_tables-link_attributes-smart-raw_html-raw_tex-inline_notes-fenced_code_attributes-implicit_figures"
    "+pipe_tables+grid_tables+tex_math_dollars"
)
_SKIPPED = re.compile(r"Skipped '\\\\?([a-zA-Z]+)")


@dataclass(frozen=True)
class PandocAnswer:
    """`markdown` is None where pandoc gave up, for the reason in `problem`; `skipped` are commands it left out.

    `line` is where it gave up, counted from 1.
    """

    markdown: str | None
    problem: str = ""
    skipped: frozenset[str] = frozenset()
    line: int | None = None


def to_markdown(text: str, source_format: str, *, seconds: float, memory_mb: int) -> PandocAnswer:
    """Convert `latex` or `html`. Nothing but standard input is read; the process ends with its parent."""
    command = [
        pypandoc.get_pandoc_path(), "--sandbox", "--verbose", "-f", source_format, "-t", _MARKDOWN, "--wrap=none",
        "--markdown-headings=atx",
    ]  # fmt: skip
    try:
        with tempfile.TemporaryDirectory(prefix="papersys-pandoc-") as folder:
            bounds = Bounds(Path(folder), (Path(command[0]).parent,), max(0.5, seconds), memory_mb, _FILE_MB)
            ended = fences.run(command, bounds, text.encode("utf-8", "replace"))
    except subprocess.TimeoutExpired:
        return PandocAnswer(None, f"pandoc took over {seconds:.0f} s")
    except OSError as error:
        return PandocAnswer(None, f"pandoc cannot be started ({error})")
    skipped = frozenset(_SKIPPED.findall(ended.messages))
    if ended.code != 0:
        line = re.search(r"Error at .{0,40}?\(line (\d+), column", ended.messages)
        return PandocAnswer(None, _problem(ended.messages, ended.code), skipped, int(line[1]) if line else None)
    return PandocAnswer(ended.out.decode("utf-8", "replace"), "", skipped)


def _problem(messages: str, code: int) -> str:
    lines = [line.strip() for line in messages.splitlines() if line.strip() and not line.startswith("[INFO]")]
    text = " ".join(" ".join(lines).split())[:200]
    return f"pandoc refused it: {text}" if text else f"pandoc ended with code {code}"
