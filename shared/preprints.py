"""Papers of other preprint servers than arXiv: how their ids are written and what they say.

`biorxiv:10.1101-2024.01.15.575123` has the DOI 10.1101/2024.01.15.575123; `hal:2401.HAL_hal-04400001` is the record
`oai:HAL:hal-04400001` of the OAI-PMH repository that the settings name `hal`, of January 2024. Like every paper's, the
id has no version, is safe in addresses and as a file's name, and tells its month. DOIs of bioRxiv and medRxiv carry a
date since December 2019; those before carry none and are no ids here.

DOIs: https://www.biorxiv.org/about/FAQ; since December 2025 new ones begin with 10.64898 instead of 10.1101.
"""

import re
from functools import lru_cache
from typing import NamedTuple

LABELS = {"biorxiv": "bioRxiv", "medrxiv": "medRxiv"}
"""The servers with an interface of their own, by the first part of an id, as they write their names."""
RESERVED = frozenset({*LABELS, "arxiv", "doi", "file", "http", "https", "local", "oai"})
"""What no repository may be called."""
NAME = r"[a-z][a-z0-9]{1,19}"
MOST_NATIVE_CHARACTERS = 120

_SUFFIX = r"(?P<month>20\d\d\.(?:0[1-9]|1[0-2]))\.(?:0[1-9]|[12]\d|3[01])\.\d{6,10}"
_DOI = rf"(?P<prefix>10\.\d{{4,9}})/(?P<suffix>{_SUFFIX})"
_DOI_ID = re.compile(rf"(?P<server>biorxiv|medrxiv):(?P<prefix>10\.\d{{4,9}})-(?P<suffix>{_SUFFIX})", re.ASCII)
_OAI_ID = re.compile(
    rf"(?P<server>{NAME}):(?P<month>\d\d(?:0[1-9]|1[0-2]))\.(?P<native>(?=[^_~]*[_~])[A-Za-z0-9._~-]{{1,200}})",
    re.ASCII,
)
_VERSION = re.compile(r"(?<=\d)v(?P<version>[1-9]\d{0,2})$", re.ASCII)
_WRITTEN_DOI = re.compile(
    r"(?:(?:https?://)?(?:(?:dx\.)?doi\.org|(?:www\.|connect\.)?(?P<site>biorxiv|medrxiv)\.org/(?:cgi/)?content)/|"
    rf"(?P<named>biorxiv|medrxiv):|doi:)?\s*{_DOI}(?:v(?P<version>[1-9]\d{{0,2}}))?(?:\.[a-z.+-]+)?(?:[?#].*)?",
    re.I | re.ASCII,
)
_OPENRXIV = ("10.1101", "10.64898")
_MEDRXIV_DIGITS = 8
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-")
_NOT_OAI = "~~"


class ReadId(NamedTuple):
    """An id and, where it was written, its version."""

    paper_id: str
    version: int | None


def read_preprint_id(text: str) -> ReadId | None:
    """The paper that a text is the id, DOI or address of; None for anything else.

    A bare DOI tells the server by its number: medRxiv's begin with the year and have eight digits.
    """
    written = _VERSION.search(text)
    bare = text[: written.start()] if written else text
    if is_preprint(bare):
        return ReadId(bare, int(written["version"]) if written else None)
    match = _WRITTEN_DOI.fullmatch(text)
    if match is None or match["prefix"] not in _OPENRXIV:
        return None
    digits = match["suffix"].rpartition(".")[2]
    named = match["named"] or match["site"]
    server = named.lower() if named else "medrxiv" if len(digits) == _MEDRXIV_DIGITS else "biorxiv"
    return ReadId(f"{server}:{match['prefix']}-{match['suffix']}", int(match["version"]) if match["version"] else None)


@lru_cache(4_096)
def is_preprint(paper_id: str) -> bool:
    """Whether this is the id, without version, of a paper of another server than arXiv."""
    return _match(paper_id) is not None


def server_name(paper_id: str) -> str:
    """The first part of such an id: `biorxiv`, or the name that the settings give a repository."""
    return paper_id.partition(":")[0]


def preprint_month(paper_id: str) -> str:
    """The month in such an id, as `YYYY-MM`; of years before 1991, which ids cannot tell, the id says 1991.

    Raises ValueError.
    """
    match = _match(paper_id)
    if match is None:
        raise ValueError(f"{paper_id!r} is no id of a paper")
    month = match["month"]
    if "." in month:
        return month.replace(".", "-")
    return f"{'19' if int(month[:2]) >= 91 else '20'}{month[:2]}-{month[2:]}"


def preprint_doi(paper_id: str) -> str:
    """The DOI of a paper of bioRxiv or medRxiv; empty for any other."""
    match = _DOI_ID.fullmatch(paper_id)
    return f"{match['prefix']}/{match['suffix']}" if match else ""


def doi_id(server: str, doi: str) -> str:
    """What the paper of bioRxiv or medRxiv with this DOI is called here. Raises ValueError that names the DOI."""
    match = re.fullmatch(_DOI, doi.strip(), re.ASCII)
    if match is None or server not in LABELS:
        raise ValueError(f"{doi[:100]!r} is no DOI of {LABELS.get(server, server)} with a date in it")
    return f"{server}:{match['prefix']}-{match['suffix']}"


def oai_id(name: str, identifier: str, year: int, month: int) -> ReadId:
    """What a record of an OAI-PMH repository is called here, by its identifier and the month of the paper.

    Identifiers that end in `v2` after a digit are versions of one paper. Raises ValueError for a long or empty one.
    """
    bare = _VERSION.sub("", identifier.strip())
    native = escaped(bare)
    if not bare or len(native) > MOST_NATIVE_CHARACTERS:
        raise ValueError(f"the identifier {identifier[:60]!r} is empty or longer than {MOST_NATIVE_CHARACTERS}")
    written = _VERSION.search(identifier.strip())
    digits = f"{year % 100:02d}{month:02d}" if 1991 <= year <= 2090 else "9101"
    return ReadId(f"{name}:{digits}.{native}", int(written["version"]) if written else None)


def oai_identifier(paper_id: str) -> str:
    """The OAI identifier, without version, that such an id was made of; empty for any other."""
    match = _OAI_ID.fullmatch(paper_id)
    if match is None or match["server"] in RESERVED:
        return ""
    native = match["native"]
    body = native.removeprefix(_NOT_OAI)
    plain = _unescaped(body)
    return plain if native.startswith(_NOT_OAI) else f"oai:{plain}"


def escaped(identifier: str) -> str:
    """An identifier without its `oai:` in characters that are safe everywhere: `_` is a colon, `~2F` a slash.

    At least one `_` or `~` is always there, so that no number of arXiv's is taken for one (`eprint:2401.00001`).
    """
    is_oai = identifier.startswith("oai:") and ":" in identifier[4:]
    body = identifier[4:] if is_oai else identifier
    pieces = (
        character if character in _PLAIN else "_" if character == ":" else _bytes_of(character) for character in body
    )
    return ("" if is_oai else _NOT_OAI) + "".join(pieces)


def _bytes_of(character: str) -> str:
    return "".join(f"~{byte:02X}" for byte in character.encode("utf-8", "replace"))


def _unescaped(text: str) -> str:
    raw = text.replace("_", ":").encode("ascii", "replace")
    return re.sub(rb"~([0-9A-F]{2})", lambda match: bytes.fromhex(match[1].decode()), raw).decode("utf-8", "replace")


def _match(paper_id: str) -> re.Match[str] | None:
    match = _DOI_ID.fullmatch(paper_id)
    if match is not None:
        return match
    match = _OAI_ID.fullmatch(paper_id)
    return None if match is None or match["server"] in RESERVED or _VERSION.search(paper_id) else match
