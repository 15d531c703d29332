"""Where a paper was published, as arXiv's metadata say: journal reference and the authors' comment. Pure.

What they do not say is not guessed: a comment that speaks of a submission, a review or a condition is no acceptance.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from shared.store.papers.rows import Paper

PublicationKind = Literal["published", "accepted", ""]
LinkKind = Literal["code", "data", "project"]

_MOST_VENUE = 120
_MOST_COMMENT = 4_000
_SPACE = re.compile(r"\s+")
_URL = re.compile(r"https?://[^\s<>\"'{}|\\^`]+")
_TAG = re.compile(r"<[^<>]*>")
_NOT_YET = re.compile(
    r"\b(?:submi\w+|under (?:[\w-]+ ){0,2}(?:review|revision|consideration|submission)"
    r"|in (?:review|preparation|submission)"
    r"|if accepted|(?:not|never|yet to be|to be|being|before) accepted|possible publication|reject\w*"
    r"|resubmi\w+|draft|target(?:ed|ing)?|planned|intended|may be|will be submitted|extended version|extension of"
    r"|(?:previous|earlier|preliminary|shorter|short|conference|abridged|initial) version"
    r"|(?:based on|builds? on|follow-?up|companion)|supplementa\w+ (?:material )?(?:for|to|of)|superseded)\b",
    re.I,
)
_PUBLISHED = re.compile(
    r"(?<!\bbe )\b(?:published|appeared|appears)(?:\s+(?:online|as\s+[\w\s-]{1,40}?|by\s+\w+))?\s+"
    r"(?:in|at|on|with)\b[:\s]*"
    r"|(?<!\bbe )\bpublished\s+by\b\s*",
    re.I,
)
_ACCEPTED = re.compile(
    r"\b(?:accept(?:ed)?|acceptted|accpted|acepted)\b(?:\s*\((?:oral|spotlight|poster|highlight|main|findings|long|short|demo)[^)]*\))?"
    r"|(?<!code )(?<!codes )(?<!data )(?<!dataset )(?<!datasets )(?<!models )\b(?:to|will)\s+"
    r"(?:appear|be\s+(?:published|presented|included))\b"
    r"|\bin\s+press\b|\bforthcoming\b|^\W*appear(?:ing)?\s+(?:in|at|on)\b|,\s*appearing\s+in\b"
    r"|\b(?:presented|presentation)\s+(?:at|in)\b|\bcamera[- ]ready\b",
    re.I,
)
_LEAD = re.compile(
    r"^(?:\W*(?:(?:for|as|to|in|at|by|on|with|and|the|a|an|version|of|will|be|was|is|has|been)\b"
    r"|(?:full|long|short|regular|oral|poster|spotlight|demo|highlight|invited|camera[- ]ready|non-archival|archival)\b"
    r"|(?:workshop|research|position|conference|journal|tutorial|industry)\s+(?:papers?|presentations?|talks?|articles?)\b"
    r"|(?:publications?|presentations?|inclusion|appear|published|presented|papers?|talks?|articles?|manuscripts?"
    r"|(?:main|research|industry)\s+track|work-in-progress|proceedings)\b"
    r"|\((?:oral|spotlight|poster|highlight)[^)]*\)|[:,;@–-]))*\s*",
    re.I,
)
_END = re.compile(
    r"(?:[.!;]\s|[.!;]$|\s\|\s|https?://|,?\s*\(?\b(?:\d+|[a-z]+)\s+(?:pages?|pp|figures?|figs?|tables?)\b|\.?\s+(?:codes?|codebase|data|dataset|datasets|project|homepage|home"
    r"|github|website|webpage|demo|our|we|please|copyright|peer|this|these|doi|see|link|source|arxiv|camera|page"
    r"|accepted|version|available|including|supplement\w*|under|scheduled|\bto\s+(?:appear|be)|held|which|where|that|as\s+an?|submission|and\s+(?:is|was|will|accepted|selected|the\s+code))\b|,?\s*(?:https?:|doi\b))",
    re.I,
)
_ACRONYMS = (
    r"NeurIPS|NIPS|ICLR|ICML|CVPR|ICCV|ECCV|WACV|BMVC|ACCV|3DV|ACL|EMNLP|NAACL|EACL|AACL|COLING|CoNLL|TACL|AAAI|IJCAI|ECAI|UAI|AISTATS"
    r"|COLT|COLM|KDD|WWW|TheWebConf|SIGIR|CIKM|WSDM|ECIR|RecSys|ICRA|IROS|CoRL|RSS|ICASSP|INTERSPEECH|ISMIR|MICCAI|ISBI|MIDL"
    r"|ACM\s?MM|SIGGRAPH(?:\s+Asia)?|Eurographics|CHI|UIST|CSCW|IUI|SIGMOD|VLDB|ICDE|OSDI|SOSP|NSDI|USENIX\s+\w+|CCS|NDSS|ICSE|FSE|ASE"
    r"|ISSTA|TMLR|JMLR|ICPR|ICIP|ICME|IJCNN|GECCO|LREC(?:-COLING)?|AAMAS|ICAPS|FAccT|PODS|STOC|FOCS|SODA"
)
_BARE = re.compile(
    rf"^\W*(?P<venue>(?:IEEE/?CVF?\s+|IEEE\s+|ACM\s+)?(?:{_ACRONYMS})W?\s*[-,]?\s*['’]?(?:20)?\d\d\b(?:\s+(?:Main|Findings|Oral|Spotlight|Highlight|Workshops?|Industry\s+Track|Demo))?)",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[.!;|])\s+(?=[\"'(]?[A-Z0-9])|\s+\|\s+")
_DATA_HOSTS = (
    "zenodo.org",
    "kaggle.com",
    "figshare.com",
    "datadryad.org",
    "huggingface.co/datasets",
    "osf.io",
    "dataverse",
)
_CODE_HOSTS = ("github.com", "gitlab.", "bitbucket.org", "codeberg.org", "sourceforge.net", "anonymous.4open.science")
_DATA_WORD = re.compile(r"\b(?:data(?:\s?sets?)?|benchmark|corpus|corpora)\b", re.I)
_CODE_WORD = re.compile(r"\b(?:codes?|codebase|implementation|repository|repo|software|github|package|toolbox)\b", re.I)
_PROJECT_WORD = re.compile(r"\b(?:project|home|web)[\s-]*(?:page|site)?\b|\b(?:demos?|website|videos?|page)\b", re.I)


@dataclass(frozen=True)
class PaperLink:
    """An address that the authors name in their comment."""

    kind: LinkKind
    address: str


@dataclass(frozen=True)
class Publication:
    """`venue` as the metadata have it, shortened; empty where they only say that the paper was accepted."""

    kind: PublicationKind = ""
    venue: str = ""
    links: tuple[PaperLink, ...] = ()

    @property
    def badge(self) -> str:
        """In a few words; empty where nothing is said of a publication."""
        if not self.kind:
            return ""
        return f"{self.kind}: {self.venue}" if self.venue else self.kind


NOT_PUBLISHED = Publication()


def publication_of(paper: Paper) -> Publication:
    """What a paper's metadata say of its publication; a withdrawn one has none."""
    if paper.withdrawn:
        return NOT_PUBLISHED
    return _read(paper.journal_ref[:_MOST_COMMENT], paper.comment[:_MOST_COMMENT])


@lru_cache(8_192)
def _read(journal_ref: str, comment: str) -> Publication:
    links = links_in(comment)
    if reference := _one_line(journal_ref):
        return Publication("published", _shortened(reference), links)
    text = _one_line(_TAG.sub(" ", comment))
    for sentence in _SENTENCE.split(text):
        kind, venue = _said(sentence)
        if kind:
            return Publication(kind, venue, links)
    return Publication(links=links)


def _said(sentence: str) -> tuple[PublicationKind, str]:
    """What one sentence of a comment says."""
    if _NOT_YET.search(sentence):
        return "", ""
    for kind, pattern in (("published", _PUBLISHED), ("accepted", _ACCEPTED)):
        if match := pattern.search(sentence):
            venue = _venue(sentence[match.end() :]) or _bare(sentence[: match.start()])
            return ("published" if kind == "published" and venue else "accepted"), venue
    venue = _bare(sentence)
    return ("accepted", venue) if venue else ("", "")


def _bare(text: str) -> str:
    """A venue and its year with nothing before it: that is how authors say that they were accepted there."""
    match = _BARE.match(text)
    return _shortened(_one_line(match["venue"])) if match else ""


def _venue(text: str) -> str:
    text = text[_LEAD.match(text).end() :]  # type: ignore[union-attr]
    end = _END.search(f"{text} ")
    venue = (text[: end.start()] if end else text).strip(" ,:-–.;\"'“”")
    return _shortened(venue.rpartition("(")[0].strip() if venue.count("(") > venue.count(")") else venue)


def links_in(comment: str) -> tuple[PaperLink, ...]:
    """Addresses of code, data and project pages; others are left out."""
    found: dict[str, PaperLink] = {}
    position = 0
    for match in _URL.finditer(comment):
        address = match[0].rstrip(".,;:)]!?'’”")
        kind = _link_kind(address, _TAG.sub(" ", comment[max(position, match.start() - 80) : match.start()]))
        position = match.end()
        if kind:
            found.setdefault(address, PaperLink(kind, address))
    return tuple(found.values())


def _link_kind(address: str, before: str) -> LinkKind | None:
    """By the words before the address, the nearest counting most; else by its host."""
    nearest = max(
        ((kind, last.start()) for kind, last in ((kind, _last(pattern, before)) for kind, pattern in _WORDS) if last),
        key=lambda item: item[1],
        default=None,
    )
    place = address.partition("://")[2].lower()
    if any(host in place for host in _DATA_HOSTS):
        return "data"
    if any(host in place for host in _CODE_HOSTS) and (nearest is None or nearest[0] != "data"):
        return "code"
    return nearest[0] if nearest else None


_WORDS: tuple[tuple[LinkKind, re.Pattern[str]], ...] = (
    ("data", _DATA_WORD),
    ("code", _CODE_WORD),
    ("project", _PROJECT_WORD),
)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(iter([*pattern.finditer(text)][::-1]), None)


def _one_line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _shortened(venue: str) -> str:
    return venue if len(venue) <= _MOST_VENUE else f"{venue[:_MOST_VENUE].rsplit(' ', 1)[0]} …"
