"""A journal reference as arXiv has it, taken apart for BibTeX: only what stands there in a form that is known.

Authors write it as they like (https://info.arxiv.org/help/jref.html); what is in no known form stays in one piece.
"""

import re
from dataclasses import dataclass

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_VOLUME = r"(?:vol(?:ume)?\.?\s*)?(?P<volume>[A-Z]?\d+[A-Za-z]?)"
_NUMBER = r"(?:(?:no|nr|issue|iss)\.?\s*(?P<number>\d+(?:[-–]\d+)?)|\((?P<bracketed>\d{1,3}(?:[-–]\d{1,3})?)\))"
_PAGES = r"(?:(?:pp?|pages?|article|art)\.?\s*(?:no\.?\s*)?)?(?P<pages>[A-Z]?\d+(?:\s*[-–]+\s*[A-Z]?\d+)?)"
_MONTH = r"(?:[A-Z][a-z]{2,8}\.?(?:[-–/][A-Z][a-z]{2,8}\.?)?(?:\s+\d{1,2},)?)"
_JOURNAL = r"(?P<journal>[^\d,;()]*[^\d,;()\s.]\.?)"
_FORMS = tuple(
    re.compile(rf"{form}\.?$", re.I)
    for form in (
        rf"(?P<journal>[A-Za-z][A-Za-z.\s]*?)\s*(?P<volume>[A-Z]?\d+):(?P<pages>[A-Z]?\d+(?:[-–]\d+)?),{_YEAR}",
        rf"{_JOURNAL},?\s+{_VOLUME}\s*,?\s*(?:{_NUMBER},?)?\s*\(?{_YEAR}\)?[,:]?\s*(?:no\.?\s*(?P<late>\d+),?\s*)?{_PAGES}",
        rf"{_JOURNAL},?\s+{_VOLUME}\s*,?\s*(?:{_NUMBER})?\s*[,:]\s*{_PAGES}\s*[,.]?\s*\(?(?:{_MONTH}\s+)?{_YEAR}\)?",
        rf"{_JOURNAL},?\s+{_YEAR}\s*,\s*{_VOLUME}\s*(?:{_NUMBER})?\s*[,:]\s*{_PAGES}",
        rf"{_JOURNAL},?\s*\({_YEAR}\)\s*{_VOLUME}\s*(?:{_NUMBER})?\s*[:,]\s*{_PAGES}",
        rf"{_JOURNAL},?\s*\({_YEAR}\)\s*(?P<pages>\d+\s*[-–]+\s*\d+)",
        rf"{_JOURNAL},?\s+{_VOLUME}\s*,?\s*(?:{_NUMBER})?\s*,?\s*\(?(?:[A-Z][a-z]+\.?\s+)?{_YEAR}\)?",
        rf"{_JOURNAL}(?:,\s*|\s+\(){_YEAR}\)?",
    )
)
_CONFERENCE = re.compile(
    r"\b(?:proc\w*\.?|conference|symposium|workshops?|conf\.|CVPR|ICCV|ECCV|NeurIPS|NIPS|ICML|ICLR|AAAI|IJCAI|EMNLP|NAACL|ICASSP|INTERSPEECH"
    r"|KDD|SIGIR|CIKM|WSDM|ICRA|IROS|MICCAI|AISTATS|WACV|BMVC|INFOCOM|GLOBECOM)\b"
    r"|^in(?=\s?(?:proc|the)\b)",
    re.I,
)
_OF_A_JOURNAL = re.compile(
    r"\bproc(?:eedings|\.)?(?:\s+of)?\s+(?:the\s+)?"
    r"(?:natl\.?|national academy|roy(?:al|\.)|amer(?:ican|\.)|london|edinburgh|IEEE\b(?!.*conf))",
    re.I,
)
_LONGEST = 300
_ANY_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_PAGES_OF = re.compile(r",?\s*\(?\b(?:pp?\.|pages)\s*(?P<pages>\d+\s*[-–]+\s*\d+)\)?", re.I)


@dataclass(frozen=True)
class JournalReference:
    """`kind` is BibTeX's; `container` the journal or the proceedings; a field that is not known is empty."""

    kind: str
    container: str
    year: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""


def read_reference(text: str) -> JournalReference | None:
    """None for an empty reference."""
    line = " ".join(text.split()).rstrip(" .;,")
    if not line:
        return None
    if _CONFERENCE.search(line) and not _OF_A_JOURNAL.search(line):
        return _conference(line)
    for form in _FORMS if len(line) <= _LONGEST else ():
        if match := form.match(line):
            found = match.groupdict()
            number = found.get("number") or found.get("bracketed") or found.get("late") or ""
            pages = re.sub(r"\s*[-–]+\s*", "--", found.get("pages") or "")
            journal = found["journal"].strip(" ,")
            return JournalReference("article", journal, found["year"], found.get("volume") or "", number, pages)
    return JournalReference("article", line, _only_year(line))


def _conference(line: str) -> JournalReference:
    pages = _PAGES_OF.search(line)
    name = (line[: pages.start()] + line[pages.end() :]) if pages else line
    found = re.sub(r"\s*[-–]+\s*", "--", pages["pages"]) if pages else ""
    title = re.sub(r"^in:?\s+(?=[A-Z(])", "", name.strip(" .,"), flags=re.I)
    return JournalReference("inproceedings", title, _only_year(line), pages=found)


def _only_year(line: str) -> str:
    """The year, where only one is named."""
    years = set(_ANY_YEAR.findall(line))
    return years.pop() if len(years) == 1 else ""
