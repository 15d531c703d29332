"""The adapter to pandoc: text in, Markdown out, in a sandbox with limits on time and memory."""

import re
import resource
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

import pypandoc

from shared.processes import leash

_MB = 1024**2
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
        done = subprocess.run(
            command,
            input=text.encode("utf-8", "replace"),
            capture_output=True,
            timeout=max(0.5, seconds),
            preexec_fn=limited(seconds, memory_mb),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return PandocAnswer(None, f"pandoc took over {seconds:.0f} s")
    messages = done.stderr.decode("utf-8", "replace")
    skipped = frozenset(_SKIPPED.findall(messages))
    if done.returncode != 0:
        line = re.search(r"Error at .{0,40}?\(line (\d+), column", messages)
        return PandocAnswer(None, _problem(messages, done.returncode), skipped, int(line[1]) if line else None)
    return PandocAnswer(done.stdout.decode("utf-8", "replace"), "", skipped)


def limited(seconds: float, memory_mb: int) -> Callable[[], None]:
    """A `preexec_fn`: tied to its parent, with limits that the kernel enforces."""
    tie = leash()

    def limit() -> None:
        if tie is not None:
            tie()
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _MB, memory_mb * _MB))
        cpu = int(seconds) + 5
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    return limit


def _problem(messages: str, code: int) -> str:
    lines = [line.strip() for line in messages.splitlines() if line.strip() and not line.startswith("[INFO]")]
    said = " ".join(" ".join(lines).split())[:200]
    return f"pandoc refused it: {said}" if said else f"pandoc ended with code {code}"
