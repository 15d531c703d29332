# ruff: noqa: E501 (seeds and words stand in one line)
"""XML of arXiv: OAI-PMH pages, the daily feeds, answers of the query API."""

from tests.fuzz.seeds import files
from tests.fuzz.targets import Run, Target, tolerating

_WORDS = (
    b"<record>", b"</record>", b"<header>", b'<header status="deleted">', b"<identifier>oai:arXiv.org:2401.00001</identifier>",
    b"<datestamp>2024-01-01</datestamp>", b"<datestamp>0000-00-00</datestamp>", b"<setSpec>cs:cs:LG</setSpec>", b"<metadata>",
    b"<resumptionToken>x</resumptionToken>", b"<error code='noRecordsMatch'/>", b"<categories>cs.LG</categories>",
    b"<created>2024-13-01</created>", b"<created>2024-01-01T99:99:99Z</created>", b"<title/>", b"<title>$x$</title>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"&#x0;", b"&#xd800;", b"\x0c", b"\x00", b"\xff", b"\xed\xa0\x80", b"<![CDATA[",
    b"]]>", b"<?xml version='1.0' encoding='utf-16'?>", b"<!--", b"-->", b"xmlns='x'", b"<item>", b"<guid>oai:arXiv.org:2401.1v9",
    b"<pubDate>Mon, 99 Foo 2024 99:99:99 -9999</pubDate>", b"<entry>", b"<updated>2024</updated>", b"<id>http://arxiv.org/abs/1",
    b"<totalResults>\xc2\xb2</totalResults>", b"999999999999999999999", b"\xd9\xa3",
)  # fmt: skip
_NESTS = ((b"<a>", b"</a>"), (b"<record>", b"</record>"), (b"<authors><author>", b"</author></authors>"))


def _oai() -> Run:
    from services.fetcher.arxiv.client import Garbled
    from services.fetcher.arxiv.oai import parse

    return tolerating(parse, Garbled)


def _feed() -> Run:
    from services.fetcher.arxiv.client import Garbled
    from services.fetcher.arxiv.feeds import parse_feed

    return tolerating(parse_feed, Garbled)


def _query() -> Run:
    from services.fetcher.arxiv.client import Garbled
    from services.fetcher.arxiv.query import parse_results

    return tolerating(parse_results, Garbled)


_RECORD = (
    b'<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2024-01-01T00:00:00Z'
    b"</responseDate><request/><ListRecords><record><header><identifier>oai:arXiv.org:2401.00001</identifier><datestamp>"
    b'2024-01-02</datestamp><setSpec>cs:cs:LG</setSpec></header><metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>'
    b"2401.00001</id><created>2024-01-01</created><authors><author><keyname>A</keyname><forenames>B</forenames></author>"
    b"</authors><title>T</title><categories>cs.LG</categories><abstract>x</abstract></arXiv></metadata></record>"
    b"<resumptionToken>t</resumptionToken></ListRecords></OAI-PMH>"
)
_FEED = (
    b'<rss xmlns:arxiv="http://arxiv.org/schemas/atom"><channel><pubDate>Mon, 01 Jan 2024 00:00:00 -0500</pubDate><item>'
    b"<guid>oai:arXiv.org:2401.00001v1</guid><arxiv:announce_type>new</arxiv:announce_type></item></channel></rss>"
)
TARGETS = (
    Target("oai", _oai, files("oai/**/*.xml", most_bytes=20_000, written=(_RECORD,)), _WORDS, _NESTS),
    Target("feed", _feed, files("rss/*.xml", most_bytes=20_000, written=(_FEED,)), _WORDS, _NESTS),
    Target("query", _query, files("atom/*.xml", most_bytes=20_000), _WORDS, _NESTS),
)
