"""How many tokens a text is likely to be, without the model's own tokenizer; rather too many than too few.

Words of up to seven letters are one token, longer ones one for every four letters; digits go by three, signs and the
letters of other scripts singly. Of 40 English abstracts this makes 1.25 times the tokens that Qwen2.5's own tokenizer
makes (median; 1.13 to 1.45).
"""

import re

_PIECES = re.compile(r"[A-Za-z]+|\d+|[^\sA-Za-z\d]")


def tokens_of(text: str) -> int:
    """An estimate of the tokens of a text."""
    return sum(_cost(piece.group()) for piece in _PIECES.finditer(text))


def _cost(piece: str) -> int:
    if piece[0].isascii() and piece[0].isalpha():
        return 1 if len(piece) <= 7 else -(-len(piece) // 4)
    return -(-len(piece) // 3) if piece[0].isdigit() else 1
