"""Lists of papers in plain text or Markdown: ids, addresses, DOIs or titles, one or several a line.

A heading or remark that is a rating (`# like`, `## Disliked`) holds for the lines below it.
"""

import re

from shared.text.rating_files.paper_mentions import mention_in, mentions_in, preprints_in
from shared.text.rating_files.rated_rows import RatedRow, Reading, Said
from shared.text.rating_files.rating_words import said_by

_REMARK = re.compile(r"\s*(?:#+|//|%|;)\s*(.*)")
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
_WORDS_OF_A_TITLE = 3
_SHOWN = 60


def read_list(reading: Reading, text: str) -> None:
    said: Said | None = None
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if not line.strip():
            continue
        remark = _REMARK.fullmatch(line)
        if remark and not mentions_in(line):
            said = said_by(remark[1].strip(" :")) or said
            continue
        _read_line(reading, number, line, said)


def _read_line(reading: Reading, number: int, line: str, said: Said | None) -> None:
    preprints = preprints_in(line)
    for preprint_id in preprints:
        reading.add(RatedRow(number, said, preprint_id=preprint_id))
    mentions = mentions_in(line) or list(filter(None, map(mention_in, re.split(r"[\s;]+", line))))
    for mention in mentions:
        reading.add(RatedRow(number, said, *mention))
    if mentions or preprints:
        return
    title = _BULLET.sub("", line).strip().strip("\"'“”")
    if len(title.split()) >= _WORDS_OF_A_TITLE and "://" not in title:
        reading.add(RatedRow(number, said, title=title[:1_000]))
    else:
        reading.problem(number, f"{title[:_SHOWN]!r} names no arXiv paper; ids look like 2403.12345 or hep-th/9901001")
