"""What commands print: text of papers, arXiv or a log cannot steer the terminal that shows it."""

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.segment import Segment

from shared.text.safe.plain_text import harmless, without_credentials


class Harmless:
    """A renderable with all its text made harmless; the styles around it are rich's own."""

    def __init__(self, content: ConsoleRenderable) -> None:
        self._content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self._content, options):
            text = segment.text if segment.control else without_credentials(harmless(segment.text))
            yield Segment(text, segment.style, segment.control)


class _HarmlessText(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [Harmless(renderable) for renderable in renderables]


def open_console(*, stderr: bool = False) -> Console:
    """A console for commands: lines are not wrapped, and what is printed is harmless."""
    console = Console(stderr=stderr, soft_wrap=True)
    console.push_render_hook(_HarmlessText())
    return console
