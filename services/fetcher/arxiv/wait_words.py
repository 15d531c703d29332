"""How long a wait is, in words."""


def wait_words(seconds: float) -> str:
    """`40 s`, `2 min`, `1.5 h`: to the precision that a reader of a log cares about."""
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds:.2g} s"
    if seconds < 3_600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.2g} h"
