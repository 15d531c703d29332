"""Where a paper was published, as arXiv's metadata say: journal reference and the authors' comment. Pure.

What they do not say is not guessed: a comment that speaks of a submission, a review or a condition is no acceptance.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from shared.store.papers.rows import Paper
from shared.text.references.publication_links import PaperLink, links_in

PublicationKind = Literal["published", "accepted", ""]

_MOST_VENUE = 120
_MOST_COMMENT = 4_000
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"<[^<>]*>")
_TEX = re.compile(r"\\(?:it|bf|em|rm|sl|textit|textbf|emph|textrm)\b\s*|[{}]")
_NO_REFERENCE = re.compile(
    r"(?:none|n/?a|nil|null|unknown|unpublished|preprint|tb[ad]|\W*)\.?|(?:arxiv|e-?print)\b.*", re.I
)
_AWAITED = re.compile(
    r"\b(?:(?:re)?submi\w+|under (?:[\w-]+ ){0,2}(?:review|revision|consideration)|in preparation)\b", re.I
)
_NOT_YET = re.compile(
    r"\b(?:submi\w+|under (?:[\w-]+ ){0,2}(?:review|revision|consideration|submission)"
    r"|in (?:review|preparation|submission)"
    r"|if accepted|(?:not|never|yet to be|to be|being|before|conditionally) accepted|possible publication|reject\w*"
    r"|withdrawn|retracted"
    r"|resubmi\w+|draft|target(?:ed|ing)?|planned|intended|may be|will be submitted|extended version|extension of"
    r"|(?:previous|earlier|preliminary|shorter|short|conference|abridged|initial) version"
    r"|(?:based on|builds? on|follow-?up|companion)|supplementa\w+ (?:material )?(?:for|to|of)|superseded)\b",
    re.I,
)
_PUBLISHED = re.compile(
    r"(?<!\bbe )\b(?:published|appeared|appears)(?:\s+(?:online|version|as\s+[\w\s-]{1,40}?|by\s+\w+))?\s+"
    r"(?:in|at|on|with)\b[:\s]*"
    r"|(?<!\bbe )\bpublished\s+by\b\s*",
    re.I,
)
_ACCEPTED = re.compile(
    r"\b(?:accepted|accept(?=\s+(?:at|in|by|to|for|as)\b)|acceptted|accpted|acepted)\b(?:\s*\((?:oral|spotlight|poster|highlight|main|findings|long|short|demo)[^)]*\))?"
    r"|(?<!code )(?<!codes )(?<!data )(?<!dataset )(?<!datasets )(?<!models )\b(?:to|will)\s+"
    r"(?:appear|be\s+(?:published|presented|included))\b"
    r"|\bin\s+press\b|\bforthcoming\b|^\W*appear(?:ing)?\s+(?:in|at|on)\b|,\s*appearing\s+in\b"
    r"|\b(?:presented|presentation)\s+(?:at|in)\b|\bcamera[- ]ready\b",
    re.I,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,7}\.?"
_DATE = (
    rf"(?:\d{{1,2}}\s+{_MONTH},?\s+\d{{4}}|\d{{4}}\s+{_MONTH}\s+\d{{1,2}}|{_MONTH}\s+(?:\d{{1,2}},?\s+)?\d{{4}}"
    r"|\d{4}-\d\d-\d\d)"
)
_LEAD = re.compile(
    rf"^(?:\W*(?:{_DATE}|(?:with\s+)?(?:minor|major)\s+(?:revisions?|changes|corrections)\b"
    r"|(?:for|as|to|in|at|by|on|with|and|the|a|an|version|of|will|be|was|is|has|been)\b"
    r"|(?:full|long|short|regular|oral|poster|spotlight|demo|highlight|invited|camera[- ]ready|non-archival|archival)\b"
    r"|(?:workshop|research|position|conference|journal|tutorial|industry)\s+(?:papers?|presentations?|talks?|articles?)\b"
    r"|(?:publications?|presentations?|inclusion|appear|published|presented|papers?|talks?|articles?|manuscripts?"
    r"|(?:main|research|industry)\s+track|work-in-progress|proceedings)\b"
    r"|\((?:oral|spotlight|poster|highlight)[^)]*\)|[:,@–-]))*\s*",
    re.I,
)
_END = re.compile(
    r"(?:[.!;]\s|[.!;]$|\s\|\s|https?://|,?\s*\(?\b(?:\d+|[a-z]+)\s+(?:pages?|pp|figures?|figs?|tables?)\b|\.?\s+(?:codes?|codebase|data|dataset|datasets|project|homepage|home"
    r"|github|website|webpage|demo|our|we|please|copyright|peer|this|these|doi|see|link|source|arxiv|camera|page"
    r"|accepted|version|available|including|supplement\w*|under|scheduled|\bto\s+(?:appear|be)|held|which|where|that|as\s+an?|submission|and\s+(?:is|was|will|accepted|selected|the\s+code))\b|,?\s*(?:https?:|doi\b)"
    r"|,\s+(?:many|some|few|several|minor|typos?|corrected|updated|revised|references\s+added|added|with)\b)",
    re.I,
)
_ACRONYMS = (
    r"NeurIPS|NIPS|ICLR|ICML|CVPR|ICCV|ECCV|WACV|BMVC|ACCV|3DV|ACL|EMNLP|NAACL|EACL|AACL|COLING|CoNLL|TACL|AAAI|IJCAI|ECAI|UAI|AISTATS"
    r"|COLT|COLM|KDD|WWW|TheWebConf|SIGIR|CIKM|WSDM|ECIR|RecSys|ICRA|IROS|CoRL|RSS|ICASSP|INTERSPEECH|ISMIR|MICCAI|ISBI|MIDL"
    r"|ACM\s?MM|SIGGRAPH(?:\s+Asia)?|Eurographics|CHI|UIST|CSCW|IUI|SIGMOD|VLDB|ICDE|OSDI|SOSP|NSDI|USENIX\s+\w+|CCS|NDSS|ICSE|FSE|ASE"
    r"|ISSTA|TMLR|JMLR|ICPR|ICIP|ICME|IJCNN|GECCO|LREC(?:-COLING)?|AAMAS|ICAPS|FAccT|PODS|STOC|FOCS|SODA"
)
_BARE = re.compile(
    rf"^\W*(?P<venue>(?:Proc[.\u2024]?\s+(?:of\s+)?)?(?:IEEE/?CVF?\s+|IEEE\s+|ACM\s+)?(?:{_ACRONYMS})W?\s*[-,]?\s*['’]?(?:20)?\d\d\b(?:\s+(?:Main|Findings|Oral|Spotlight|Highlight|Workshops?|Industry\s+Track|Demo))?)",
    re.I,
)
_ABBREVIATED = re.compile(
    r"\b(Phys|Rev|Lett|Proc|Int|Conf|Trans|Astron|Astrophys|Mon|Not|Roy|Soc|Math|Annu?|Comm(?:un)?|Nucl|Instr(?:um)?|Meth"
    r"|Appl|Sci|Amer?|Eur|Natl?|Mod|Ser|Vol|Symp|Adv|Comp(?:ut)?|Chem|Opt|Stat|Mech|Theor|Res|Acad|Geophys|Geom|Topol|Phil(?:os)?"
    r"|Rep|Prog|Class|Grav|Bull|Lond|Univ|Eng|Electron|Anal|Funct|Combin|Probab|Biol|Med|Neurosci|Syst|Softw|Inf(?:orm)?|Mach"
    r"|Learn|Intell|Artif|Robot|Autom|Lect|Fiz|Jpn|Can|Aust|Cim|Suppl?|Sect|Publ?|Astr|Tech(?:nol)?|Planet|Atmos|Environ|Mater|Surf"
    r"|Inst|Invent|Compos|Rend|Mat|Vis|Jan|Feb|Aug|Sept?|Oct|Nov|Dec|Nos?(?=\.\s\d)|[JR]|[A-Z](?=\.\s[A-Z][a-z]+\.))\.(?=\s|$)"
)
_DOT = "\u2024"
"""Stands for the full stop of an abbreviation, which ends no sentence."""
_SENTENCE = re.compile(r"(?<=[.!;|])\s+(?=[\"'(]?[A-Z0-9])|\s+\|\s+")


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


def reference_in(journal_ref: str) -> str:
    """A journal reference without TeX; empty where it names no journal or conference, or says that it is to come."""
    reference = _one_line(_TEX.sub("", journal_ref[:_MOST_COMMENT]))
    is_one = not (_NO_REFERENCE.fullmatch(reference) or _AWAITED.search(reference) or _ACCEPTED.search(reference))
    return reference if is_one and reference.casefold() != "accepted" else ""


@lru_cache(8_192)
def _read(journal_ref: str, comment: str) -> Publication:
    links = links_in(comment)
    if reference := reference_in(journal_ref):
        return Publication("published", _shortened(reference), links)
    for text in (journal_ref, comment):
        whole = _ABBREVIATED.sub(rf"\1{_DOT}", _one_line(_TAG.sub(" ", text)))
        for sentence in _SENTENCE.split(whole):
            kind, venue = _said(sentence)
            if kind:
                return Publication(kind, venue.replace(_DOT, "."), links)
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
    if venue.count("(") > venue.count(")"):
        venue = venue.rpartition("(")[0].strip()
    elif re.fullmatch(r"\([^()]*\)", venue):
        venue = venue[1:-1]
    return _shortened(venue)


def _one_line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _shortened(venue: str) -> str:
    return venue if len(venue) <= _MOST_VENUE else f"{venue[:_MOST_VENUE].rsplit(' ', 1)[0]} …"
