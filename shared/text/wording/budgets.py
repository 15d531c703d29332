"""A budget in words, as people type it: `tokens:20000 seconds:60 money:0.05`."""

import math
import re

from shared.contracts.papers.research import Budget

FORMS = "tokens:20000, money:0.05 and seconds:60"
"""What a budget may be made of, for help and errors."""
_SHORT = {"k": 1_000, "m": 1_000_000}


def parse_budget(text: str) -> Budget:
    """The budget that a text means; what it does not name is what the settings say. Raises ValueError."""
    values: dict[str, float] = {}
    for word in filter(None, re.split(r"[,\s]+", text.strip())):
        name, colon, value = word.partition(":")
        name = name.casefold().rstrip("s") + "s" if name.casefold() != "money" else "money"
        if not colon or name not in Budget.model_fields:
            raise ValueError(f"{word!r} is no budget; it is made of {FORMS}")
        values[name] = _number(value, word)
    if values.get("seconds") == 0:
        raise ValueError("a question takes more than 0 seconds; give it at least one")
    if "tokens" in values:
        return Budget.model_validate({**values, "tokens": int(values["tokens"])})
    return Budget.model_validate(values)


def _number(text: str, word: str) -> float:
    scale = _SHORT.get(text[-1:].casefold(), 1)
    try:
        number = float(text[:-1] if scale > 1 else text) * scale
    except ValueError as error:
        raise ValueError(f"{word!r} has no number after the colon; a budget is made of {FORMS}") from error
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(f"{word!r} is not a possible budget; numbers from 0 on are")
    return number
