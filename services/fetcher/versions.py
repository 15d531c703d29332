"""The exact version of papers, which the prefix `arXiv` does not tell: OAI-PMH in the prefix `arXivRaw`, one by one."""

import re
from collections.abc import Sequence

from services.fetcher.arxiv import Arxiv
from services.fetcher.catalogue import Catalogue
from services.fetcher.oai import xml_root

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_RAW = "{http://arxiv.org/OAI/arXivRaw/}"
_NUMBER = re.compile(r"v([1-9]\d*)")


async def correct_versions(paper_ids: Sequence[str], arxiv: Arxiv, catalogue: Catalogue) -> dict[str, int]:
    """Ask for the newest version of each paper and note it where it is stored; papers that arXiv does not have are
    left out. Raises TemporaryFailure; what was noted until then stays."""
    found: dict[str, int] = {}
    for paper_id in paper_ids:
        identifier = f"oai:arXiv.org:{paper_id}"
        asked = {"verb": "GetRecord", "metadataPrefix": "arXivRaw", "identifier": identifier}
        version = await arxiv.oai(asked, newest_version)
        if version is not None:
            await catalogue.correct_version(paper_id, version)
            found[paper_id] = version
    return found


def newest_version(body: bytes) -> int | None:
    """The highest version in an answer; None where there is no such paper. Raises Garbled."""
    root = xml_root(body, f"{_OAI}OAI-PMH")
    named = (_NUMBER.fullmatch(one.get("version", "")) for one in root.iter(f"{_RAW}version"))
    return max((int(match[1]) for match in named if match), default=None)
