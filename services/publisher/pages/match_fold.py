"""A weak day says so: its strong matches are shown, and the rest is folded. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from services.publisher.pages.cards import Card

_WEAK_BELOW = 3
_RANKED = "top"


@dataclass(frozen=True)
class Fold:
    """The cards of a day: those `shown`, and those `folded` under a line that counts them. `headline` sums up."""

    shown: list[Card]
    folded: list[Card]
    headline: str = ""
    line: str = ""


def fold(cards: Sequence[Card], *, is_today: bool) -> Fold:
    """Weak is a day of whose picks by score fewer than a third are strong matches; then the weaker ones are folded.

    Nothing is folded where matches are not known, and nothing that was not picked by its score.
    """
    ranked = [card for card in cards if card.pick and card.pick.slot == _RANKED]
    counts = Counter[str](card.match for card in ranked)
    if not ranked or counts[""]:
        return Fold(list(cards), [])
    day = "today" if is_today else "on this day"
    if _WEAK_BELOW * counts["strong"] >= len(ranked):
        return Fold(list(cards), [], f"{_matches(counts, 'strong')} {day}")
    kept = "strong" if counts["strong"] else "fair"
    folded = [card for card in ranked if card.match != kept]
    shown = [card for card in cards if card not in folded]
    return Fold(shown, folded, _headline(counts, day), _line(folded, counts, kept))


def _headline(counts: Counter[str], day: str) -> str:
    if counts["strong"]:
        return f"Only {_matches(counts, 'strong')} {day}"
    return f"No strong matches {day}, {counts['fair']} fair" if counts["fair"] else f"No close matches {day}"


def _line(folded: Sequence[Card], counts: Counter[str], kept: str) -> str:
    if not folded:
        return ""
    kinds = [match for match in ("fair", "weak") if counts[match] and match != kept]
    more = "more " if counts[kept] else ""
    if len(folded) == 1:
        return f"1 {more}pick, a {kinds[0]} match"
    if len(kinds) == 1:
        return f"{len(folded)} {more}picks, all {kinds[0]} matches"
    return f"{len(folded)} {more}picks: {counts[kinds[0]]} {kinds[0]} and {counts[kinds[1]]} {kinds[1]} matches"


def _matches(counts: Counter[str], match: str) -> str:
    return f"{counts[match]} {match} {'match' if counts[match] == 1 else 'matches'}"
