"""How inputs are changed beyond single bytes: words spliced in, parts repeated thousands of times, deep nesting."""

import random
from collections.abc import Callable

from tests.fuzz.targets import Target

_MOST_TIMES = 5_000
Mutate = Callable[[bytes, int], bytes]


def mutator(target: Target, by_bytes: Mutate) -> Callable[[bytes, int, int], bytes]:
    """A custom mutator for atheris; `by_bytes` is libFuzzer's own."""

    def mutate(content: bytes, most_bytes: int, seed: int) -> bytes:
        dice = random.Random(seed)
        kind = dice.random()
        if kind < 0.3 and target.words:
            return _spliced(content, dice.choice(target.words), dice)[:most_bytes]
        if kind < 0.4:
            return _repeated(content, most_bytes, dice)
        if kind < 0.45 and target.nests:
            return _nested(content, dice.choice(target.nests), most_bytes, dice)
        return by_bytes(content, most_bytes)

    return mutate


def _spliced(content: bytes, word: bytes, dice: random.Random) -> bytes:
    start = dice.randint(0, len(content))
    end = start + (dice.randint(0, 20) if dice.random() < 0.3 else 0)
    return content[:start] + word + content[end:]


def _repeated(content: bytes, most_bytes: int, dice: random.Random) -> bytes:
    start = dice.randint(0, len(content))
    part = content[start : start + dice.choice((1, 2, 4, 8, 30, 100))] or b" "
    times = min(dice.choice((2, 10, 100, _MOST_TIMES)), max(0, most_bytes - len(content)) // len(part))
    return content[:start] + part * times + content[start:]


def _nested(content: bytes, pair: tuple[bytes, bytes], most_bytes: int, dice: random.Random) -> bytes:
    opens, closes = pair
    room = max(0, most_bytes - len(content)) // (len(opens) + len(closes))
    times = min(dice.choice((3, 50, 500, _MOST_TIMES)), room)
    at = dice.choice((0, dice.randint(0, len(content))))
    return content[:at] + opens * times + content[at:] + (closes * times if dice.random() < 0.7 else b"")
