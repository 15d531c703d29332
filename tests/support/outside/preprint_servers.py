"""bioRxiv's API and site, and an OAI-PMH repository, for tests: real HTTP on free ports, with their rules and faults.

bioRxiv: https://api.biorxiv.org/details/biorxiv/help; a page has 30 records, `total` is a text or a number and may be
more than is listed, an empty span says `no posts found`, every version is a record of its own.
OAI-PMH: http://www.openarchives.org/OAI/openarchivesprotocol.html; resumption tokens expire, deleted records stay as
headers, errors of the protocol come in a 200.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

PAGE = 30
PDF = b"%PDF-1.4 a preprint"
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Fault:
    """The next answers, so many times."""

    answer: Answer
    times: int = 1


@dataclass
class PreprintServer:
    """What is asked of a server, and its faults by the beginning of a path."""

    asked: list[str] = field(default_factory=list)
    faults: dict[str, Fault] = field(default_factory=dict)
    address: str = ""

    def answer(self, path: str) -> Answer:
        """The answer to a path with its query; where a fault is set, that one."""
        self.asked.append(path)
        for start, fault in self.faults.items():
            if path.startswith(start) and fault.times > 0:
                fault.times -= 1
                return fault.answer
        return self.respond(path)

    def respond(self, path: str) -> Answer:
        raise NotImplementedError


@dataclass
class BioRxiv(PreprintServer):
    """Both the API and the site; `records` as the API gives them, in the order in which they were posted."""

    records: list[dict[str, str]] = field(default_factory=list)
    overstated: int = 0
    robots: str = "User-agent: *\nDisallow: /search\n"
    pdf: bytes = PDF

    def post(self, number: int, day: str, version: int = 1, **facts: str) -> str:
        """Post a version; returns the DOI. The day in the DOI is that of the first version's submission."""
        doi = facts.pop("doi", "") or f"10.1101/{facts.pop('submitted', day).replace('-', '.')}.{number}"
        record = {
            "doi": doi,
            "title": f"Neurons of preprint {number}",
            "authors": "Doe, J. A.; van Dam, B.; The Consortium",
            "author_corresponding": "Jane A. Doe",
            "author_corresponding_institution": "Institute of Tests",
            "date": day,
            "version": str(version),
            "type": "new results",
            "license": "cc_by_nc",
            "category": "neuroscience",
            "jatsxml": f"https://www.biorxiv.org/content/early/{day.replace('-', '/')}/{number}.source.xml",
            "abstract": f"We measured {number} neurons in mice and found that they remember.",
            "published": "NA",
            "server": "bioRxiv",
        }
        self.records.append({**record, **facts})
        return doi

    def respond(self, path: str) -> Answer:
        parts = urlsplit(path)
        if parts.path == "/robots.txt":
            return 200, {"Content-Type": "text/plain"}, self.robots.encode()
        if match := re.fullmatch(r"/content/(10\.\d+/[\d.]+)v(\d+)\.full\.pdf", parts.path):
            there = any((record["doi"], record["version"]) == match.groups() for record in self.records)
            return (200, {"Content-Type": "application/pdf"}, self.pdf) if there else (404, {}, b"Page not found")
        if match := re.fullmatch(r"/details/biorxiv/(10\.\d+/[\d.]+)/na/json", parts.path):
            return self._details([record for record in self.records if record["doi"] == match[1]], 0, "")
        match = re.fullmatch(r"/details/biorxiv/(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)/(\d+)/json", parts.path)
        if match is None:
            return 404, {}, b"Error : no such endpoint"
        wanted = parse_qs(parts.query).get("category", [""])[0].replace("_", " ")
        within = [record for record in self.records if match[1] <= record["date"] <= match[2]]
        chosen = [record for record in within if not wanted or record["category"] == wanted]
        return self._details(chosen, int(match[3]), f"{match[1]}:{match[2]}")

    def _details(self, records: list[dict[str, str]], cursor: int, interval: str) -> Answer:
        page = records[cursor : cursor + PAGE]
        message: dict[str, Any] = {"status": "ok", "interval": interval, "cursor": str(cursor), "count": len(page)}
        message["total"] = str(len(records) + self.overstated)
        content = {"messages": [message if page else {"status": "no posts found"}], "collection": page}
        return 200, {"Content-Type": "application/json"}, json.dumps(content).encode()


@dataclass
class Repository(PreprintServer):
    """A repository with pages of two records; `records` by identifier."""

    records: dict[str, tuple[str, str, bool]] = field(default_factory=dict)
    page_size: int = 2
    generation: int = 0
    """Tokens of an earlier generation have expired."""

    def deposit(self, record: str, changed_on: str, /, *, deleted: bool = False, **fields: str | list[str]) -> None:
        """Put a record in, in place of the earlier one; the last one changed comes last."""
        self.records.pop(record, None)
        texts = {
            "title": f"Title of {record}",
            "creator": "Doe, Jane",
            "description": f"What {record} says.",
            **fields,
        }
        dc = "".join(
            f"<dc:{name}>{escape(text)}</dc:{name}>"
            for name, value in texts.items()
            for text in ([value] if isinstance(value, str) else value)
        )
        self.records[record] = (f"{changed_on}T10:00:00Z", dc, deleted)

    def respond(self, path: str) -> Answer:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        verb = asked.get("verb")
        if verb == "GetRecord":
            found = [name for name in self.records if name == asked.get("identifier")]
            return self._list(found, "GetRecord", "") if found else self._error("idDoesNotExist", "no such record")
        if verb != "ListRecords":
            return self._error("badVerb", f"{verb} is no verb here")
        if "resumptionToken" in asked:
            since, at, generation = asked["resumptionToken"].split("|")
            if int(generation) != self.generation:
                return self._error("badResumptionToken", "the token has expired")
            start = int(at)
        else:
            if asked.get("metadataPrefix") != "oai_dc":
                return self._error("cannotDisseminateFormat", "only oai_dc")
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", asked.get("from", "2000-01-01")):
                return self._error("badArgument", "from")
            since, start = asked.get("from", ""), 0
        names = [name for name, (stamp, _, _) in self.records.items() if stamp[:10] >= since]
        if not names:
            return self._error("noRecordsMatch", "nothing")
        page = names[start : start + self.page_size]
        after = start + self.page_size
        return self._list(page, "ListRecords", f"{since}|{after}|{self.generation}" if after < len(names) else "")

    def _list(self, names: list[str], verb: str, token: str) -> Answer:
        records = "".join(self._record(name) for name in names)
        resumption = f"<resumptionToken>{escape(token)}</resumptionToken>"
        return self._xml(f"<{verb}>{records}{resumption if verb == 'ListRecords' else ''}</{verb}>")

    def _record(self, name: str) -> str:
        stamp, dc, deleted = self.records[name]
        status = ' status="deleted"' if deleted else ""
        header = f"<header{status}><identifier>{escape(name)}</identifier><datestamp>{stamp}</datestamp></header>"
        if deleted:
            return f"<record>{header}</record>"
        spaces = (
            'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        )
        return f"<record>{header}<metadata><oai_dc:dc {spaces}>{dc}</oai_dc:dc></metadata></record>"

    def _error(self, code: str, text: str) -> Answer:
        return self._xml(f'<error code="{code}">{escape(text)}</error>')

    def _xml(self, content: str) -> Answer:
        head = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-06T12:00:00Z</responseDate>'
        body = f'<?xml version="1.0" encoding="UTF-8"?>{head}{content}</OAI-PMH>'
        return 200, {"Content-Type": "text/xml"}, body.encode()


class _Handler(BaseHTTPRequestHandler):
    respond: ClassVar[Callable[[str], Answer]]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status, headers, body = type(self).respond(self.path)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(server: PreprintServer) -> Iterator[str]:
    """The server on a free port; its address."""
    handler = type("Handler", (_Handler,), {"respond": staticmethod(server.answer)})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            server.address = f"http://127.0.0.1:{http.server_port}"
            yield server.address
        finally:
            http.shutdown()
            thread.join()


def text_pdf(lines: list[str], lines_a_page: int = 45) -> bytes:
    """A PDF of these lines (of Latin letters, without brackets) in Helvetica, as small as a whole one can be."""
    pages = [lines[at : at + lines_a_page] for at in range(0, len(lines), lines_a_page)]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, page in enumerate(pages):
        shown = " T* ".join(f"({line}) Tj" for line in page)
        stream = f"BT /F1 11 Tf 14 TL 60 760 Td {shown} ET"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
    )
    return body + f"{end}startxref\n{len(body)}\n%%EOF\n".encode()
