"""Whether a model has begun to say the same again and again, as small models do: what follows is more of it.

The end of the answer is looked at every `STEP` characters. It repeats itself where its last `WINDOW` characters have a
period of at most `LONGEST` characters, so that the same stands there at least five times in a row.
"""

STEP = 400
WINDOW = 1_600
LONGEST = 320


def repeats_itself(end: str) -> bool:
    """Whether the last `WINDOW` characters are one passage over and over; a shorter text never does."""
    if len(end) < WINDOW:
        return False
    last = end[-WINDOW:]
    return any(last.startswith(last[period:]) for period in range(1, LONGEST + 1))
