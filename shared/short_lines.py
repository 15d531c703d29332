"""Text of unknown origin, made fit for a log line, a record and a terminal."""

LONGEST_LINE = 2_000


def short_line(text: str, longest: int = LONGEST_LINE) -> str:
    """A text on one line: cut, without control characters and lone surrogates."""
    line = " ".join(text[: 4 * longest].split())
    shown = "".join(char if char.isprintable() else "\ufffd" for char in line)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
