"""arXiv papers as people and programs write them: ids, addresses of arXiv and of sites about it, DOIs of arXiv.

An id that passed through a spreadsheet or a float is damaged: `2410.12850` became `2410.1285`, `0704.0001` became
`704.0001`. It is recognised, and what it can have been is worked out; whether that paper exists is for others to say.
A number of old style without its archive, `9901001`, is recognised too: any archive can have such a paper.
"""

import re
import urllib.parse
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from shared.paper_ids import parse_paper_id
from shared.preprints import read_preprint_id

_NEW = r"\d{3,4}\.\d{1,5}"
_OLD = r"[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{7}"
_ID = rf"(?P<id>{_NEW}|{_OLD})(?:v\d+)?(?![\d])"
_SITES = (
    "arxiv.org", "alphaxiv.org", "huggingface.co", "hf.co", "ar5iv.org", "scirate.com", "arxiv-sanity.com",
    "arxiv-sanity-lite.com", "papers.cool", "scholar-inbox.com", "paperswithcode.com", "emergentmind.com",
    "deeplearn.org", "semanticscholar.org", "catalyzex.com", "moonlight.io", "arxivxplorer.com",
)  # fmt: skip
_SITE = "|".join(map(re.escape, _SITES))
_ADDRESS = re.compile(rf"(?:[\w-]+\.)*(?:{_SITE})/(?:(?!{_OLD})[\w.:-]+/)*?(?:arxiv[.:])?{_ID}", re.I | re.ASCII)
_DOI = re.compile(rf"10\.48550/arxiv\.{_ID}", re.I | re.ASCII)
_NAMED = re.compile(
    rf"(?<![\w.])(?:oai:arxiv\.org:|arxiv(?:\s+preprint)?(?:\s+id)?\s*[:.]?\s*|\babs/){_ID}", re.I | re.ASCII
)
_BARE = re.compile(rf"(?<![\w./-]){_ID}(?:\.pdf)?(?![\w/])", re.ASCII)
_PLAIN_FORMS = (_ADDRESS, _DOI, _NAMED)
_PREPRINT = re.compile(
    r"(?<![\w.:/-])(?:(?:bio|med)rxiv:10\.\d{4,9}-20[\d.]{12,30}|[a-z][a-z0-9]{1,19}:\d{4}\.[A-Za-z0-9._~-]{1,200})",
    re.ASCII,
)
"""Ids of papers of other servers as exports write them; their DOIs: `preprints_in`."""
_PREPRINT_DOI = re.compile(
    r"(?<![\w.])(?:(?:bio|med)rxiv\.org/(?:cgi/)?content/)?10\.\d{4,9}/20\d\d\.\d\d\.\d\d\.\d{6,10}(?!\d)",
    re.I | re.ASCII,
)
_NUMBER = re.compile(r"(?P<thousands>\d{1,2}[,.' ])?(?P<whole>\d{3,4})[.,](?P<rest>\d{1,17})", re.ASCII)
_OLD_NUMBER = re.compile(r"(?:9[1-9]|0?\d)(?:0[1-9]|1[0-2])\d{3}", re.ASCII)
_FIVE_DIGITS_SINCE, _FIRST_NEW = 1501, 704
_FLOAT_ERROR = Decimal("2e-7")
_AROUND = "<>()[]{}\"'’‘`,;:*"


class Mention(NamedTuple):
    """A paper that a text names: by a whole id, or by a damaged one."""

    paper_id: str
    damaged_id: str = ""


def mention_in(text: str, *, is_id: bool = True) -> Mention | None:
    """The paper that a cell or a word names; None where it names none.

    Where it is no place for an id (`is_id` False), a bare number is none: it must be said to be one of arXiv.
    """
    mention = next(iter(mentions_in(text, most=1, is_id=is_id)), None)
    return mention or ((_number(text) or _old_number(text)) if is_id else None)


def mentions_in(text: str, most: int = 1_000, *, is_id: bool = True) -> list[Mention]:
    """Every paper that a text names, each once, in its order."""
    if "%" in text:
        text = urllib.parse.unquote(text)
    found: dict[Mention, int] = {}
    taken: list[tuple[int, int]] = []
    for form in (*_PLAIN_FORMS, _BARE) if is_id else _PLAIN_FORMS:
        for match in form.finditer(text):
            start, end = match.span("id")
            if any(start < stop and end > begin for begin, stop in taken):
                continue
            if mention := _mention(match["id"]):
                taken.append((start, end))
                found[mention] = min(start, found.get(mention, start))
    for match in _PREPRINT.finditer(text) if ":" in text else ():
        preprint = read_preprint_id(match[0].rstrip("."))
        if preprint is not None and not any(match.start() < stop and match.end() > begin for begin, stop in taken):
            found.setdefault(Mention(preprint.paper_id), match.start())
    return sorted(found, key=lambda mention: found[mention])[:most]


def preprints_in(text: str) -> list[str]:
    """The ids of papers of bioRxiv and medRxiv that a text names by DOI or address.

    Other programs know such papers too, so these count only where a paper of that id is stored.
    """
    if "10." not in text:
        return []
    written = _PREPRINT_DOI.findall(urllib.parse.unquote(text))
    found = (read_preprint_id(each) for each in written)
    return list(dict.fromkeys(preprint.paper_id for preprint in found if preprint))


def undamaged(damaged_id: str) -> str:
    """The id that a damaged one was, read as a number; empty where no id can have become this."""
    match = _NUMBER.fullmatch(damaged_id)
    if match is None:
        return ""
    whole = match["whole"].zfill(4)
    if not 1 <= int(whole[2:]) <= 12 or int(whole) < _FIRST_NEW:
        return ""
    digits = 5 if int(whole) >= _FIVE_DIGITS_SINCE else 4
    fraction = Decimal(f"0.{match['rest']}")
    rounded = fraction.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    if abs(fraction - rounded) > _FLOAT_ERROR or not 0 < rounded < 1:
        return ""
    return f"{whole}.{str(rounded)[2:]}"


def other_readings(damaged_id: str) -> list[str]:
    """The ids that a damaged one may have been if zeros were lost elsewhere, which numbers do not do: `2410.01285`."""
    whole = undamaged(damaged_id)
    month, _, digits = whole.partition(".")
    bare = digits.rstrip("0")
    spare = len(digits) - len(bare)
    return [f"{month}.{'0' * left}{bare}{'0' * (spare - left)}" for left in range(1, spare + 1)]


def old_number_of(damaged_id: str) -> str:
    """The seven digits of an old id without its archive; empty for anything else."""
    return damaged_id.zfill(7) if _OLD_NUMBER.fullmatch(damaged_id) else ""


def _mention(written: str) -> Mention | None:
    try:
        return Mention(parse_paper_id(written))
    except ValueError:
        return Mention("", written) if undamaged(written) else None


def _number(text: str) -> Mention | None:
    """A cell that is a number and nothing else, as spreadsheets of several countries write it."""
    match = _NUMBER.fullmatch(text.strip().removeprefix("=").strip(_AROUND))
    if match is None:
        return None
    whole = "".join(filter(str.isdigit, match["thousands"] or "")) + match["whole"]
    return _mention(f"{whole}.{match['rest']}") if len(whole) <= 4 else None


def _old_number(text: str) -> Mention | None:
    number = text.strip().strip(_AROUND)
    return Mention("", number) if _OLD_NUMBER.fullmatch(number) else None
