"""How a paper is named for people, and where its original is: at arXiv, or at the preprint server it is of."""

import re

from shared.preprints import LABELS, oai_identifier, preprint_doi, server_name

ARXIV = "https://arxiv.org"
OAI_SOURCE = "oai_dc"
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\^`{|}\x00-\x20\x7f]{3,1000}", re.ASCII)


def server_label(paper_id: str) -> str:
    """Who has the original: `arXiv`, `bioRxiv`, or what the settings call a repository."""
    if ":" not in paper_id:
        return "arXiv"
    name = server_name(paper_id)
    return LABELS.get(name, name)


def paper_label(paper_id: str, version: int | None = None) -> str:
    """`arXiv:2403.12345v2`, `bioRxiv 10.1101/2024.01.15.575123`, `hal:hal-04400001`; `own file` of a person's own."""
    number = f"v{version}" if version else ""
    if ":" not in paper_id:
        return f"arXiv:{paper_id}{number}"
    name = server_name(paper_id)
    if name == "local":
        return "own file"
    if name in LABELS:
        return f"{LABELS[name]} {preprint_doi(paper_id)}{number}"
    return f"{name}:{oai_identifier(paper_id).rpartition(':')[2]}{number}"


def written_id(paper_id: str) -> str:
    """The id as files for other programs have it, and imports read it: `arXiv:2403.12345`, because a spreadsheet would
    take the bare number for 2403.1234; ids of other servers as they are."""
    return paper_id if ":" in paper_id else f"arXiv:{paper_id}"


def own_doi(paper_id: str) -> str:
    """The DOI of the preprint itself; empty where its server gives none that the id tells."""
    return preprint_doi(paper_id) if ":" in paper_id else f"10.48550/arXiv.{paper_id}"


def page_address(paper_id: str, arxiv: str = ARXIV, version: int | None = None, source: str = "") -> str:
    """The page of the original; `arxiv` is where arXiv's are, `source` the paper's column of this name.

    Empty where there is none: of a person's own file, and of a repository's paper whose column says nothing.
    """
    number = f"v{version}" if version else ""
    if ":" not in paper_id:
        return f"{arxiv}/abs/{paper_id}{number}"
    if doi := preprint_doi(paper_id):
        return f"https://www.{server_name(paper_id)}.org/content/{doi}{number}"
    return _recorded(source)[0]


def pdf_address(paper_id: str, arxiv: str = ARXIV, version: int | None = None, source: str = "") -> str:
    """Where a person opens the PDF; empty where none is known. Arguments as of `page_address`.

    bioRxiv and medRxiv have it only under a version, the first where none is given.
    """
    if ":" not in paper_id:
        return f"{arxiv}/pdf/{paper_id}{f'v{version}' if version else ''}"
    if doi := preprint_doi(paper_id):
        return f"https://www.{server_name(paper_id)}.org/content/{doi}v{version or 1}.full.pdf"
    return _recorded(source)[1]


def source_of_pages(page: str, pdf: str) -> str:
    """The column `source` of a repository's paper: how it came, its page and, where it is named, its PDF."""
    return " ".join(filter(None, (OAI_SOURCE, page if is_address(page) else "", pdf if is_address(pdf) else "")))


def is_address(text: str) -> bool:
    """Whether a text is an address of the web, with nothing in it that could end an attribute or a line."""
    return _ADDRESS.fullmatch(text) is not None


def _recorded(source: str) -> tuple[str, str]:
    kind, *addresses = source.split(" ")
    if kind != OAI_SOURCE:
        return "", ""
    whole = [address for address in addresses if is_address(address)]
    page = whole[0] if whole else ""
    return page, whole[1] if len(whole) > 1 else (page if page.lower().endswith(".pdf") else "")
