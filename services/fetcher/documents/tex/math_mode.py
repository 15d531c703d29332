"""Where mathematics begins and ends, for a reader that goes from left to right."""

from services.fetcher.documents.tex.scan import read_group

_MATH_ENVIRONMENTS = frozenset((
    "equation", "align", "eqnarray", "gather", "multline", "alignat", "flalign", "displaymath", "math", "dmath",
    "IEEEeqnarray", "subeqnarray",
))  # fmt: skip


class MathMode:
    """Inside a formula or not, as dollars, brackets and environments say."""

    def __init__(self) -> None:
        self._dollar = ""
        self._depth = 0

    @property
    def is_math(self) -> bool:
        return bool(self._dollar) or self._depth > 0

    def toggle(self, dollars: str) -> str:
        """Take in one or two dollars; returns those that are to stand there, so that pairs match."""
        if self._dollar:
            closing = self._dollar
            self._dollar = ""
            return closing if closing == dollars else dollars
        self._dollar = dollars
        return dollars

    def track(self, word: str, text: str, position: int) -> None:
        """Take in the command `word` that ends at `position`."""
        if word in ("[", "("):
            self._depth += 1
        elif word in ("]", ")"):
            self._depth = max(0, self._depth - 1)
        elif word in ("begin", "end"):
            name = read_group(text, position)
            if name is not None and name.text.rstrip("*") in _MATH_ENVIRONMENTS:
                self._depth = max(0, self._depth + (1 if word == "begin" else -1))
                self._dollar = ""
        elif word in ("section", "subsection", "item", "paragraph"):
            self._dollar, self._depth = "", 0
