"""Text that remembers where each of its characters stood before anything was taken out of it."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Origins = NDArray[np.int32]


@dataclass(frozen=True)
class TracedText:
    """A text, and for each of its characters the place it had in the original."""

    text: str
    origins: Origins

    @classmethod
    def of(cls, text: str) -> "TracedText":
        return cls(text, np.arange(len(text), dtype=np.int32))

    def without(self, pattern: re.Pattern[str]) -> "TracedText":
        """What the pattern matches is left out."""
        return self._replaced(pattern, None, "")

    def keeping(self, pattern: re.Pattern[str], group: int = 1) -> "TracedText":
        """Of what the pattern matches one group stays."""
        return self._replaced(pattern, group, "")

    def with_literal(self, pattern: re.Pattern[str], literal: str) -> "TracedText":
        """Matches become `literal`, whose characters stand where the match began."""
        return self._replaced(pattern, None, literal)

    def stripped(self) -> "TracedText":
        start = len(self.text) - len(self.text.lstrip())
        end = len(self.text.rstrip())
        return TracedText(self.text[start:end], self.origins[start:end])

    def _replaced(self, pattern: re.Pattern[str], group: int | None, literal: str) -> "TracedText":
        texts: list[str] = []
        origins: list[Origins] = []
        position = 0
        for match in pattern.finditer(self.text):
            kept = match.span(group) if group is not None else (match.start(), match.start())
            for start, end in ((position, match.start()), kept):
                texts.append(self.text[start:end])
                origins.append(self.origins[start:end])
            texts.append(literal)
            origins.append(np.repeat(self.origins[match.start() : match.start() + 1], len(literal)))
            position = match.end()
        if not texts:
            return self
        return TracedText("".join([*texts, self.text[position:]]), np.concatenate([*origins, self.origins[position:]]))
