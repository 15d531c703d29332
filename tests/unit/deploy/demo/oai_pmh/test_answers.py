"""OAI-PMH of the demo arXiv: paging, dates, sets and errors."""

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.demo.oai_pmh.answers import answer_oai
from deploy.demo.oai_pmh.arguments import OaiError, Repository, decode_token
from deploy.demo.papers.categories import ancestors_of, sets_of
from deploy.demo.papers.corpus import Corpus
from deploy.demo.papers.paper import Author, Paper, datestamp

OAI = "{http://www.openarchives.org/OAI/2.0/}"
ARXIV = "{http://arxiv.org/OAI/arXiv/}"
TODAY = date(2026, 11, 6)
FIRST = date(2026, 10, 20)
CATEGORIES = [("cs.LG",), ("cs.CV", "cs.LG"), ("math.NA",), ("quant-ph",), ("astro-ph.GA", "cs.LG"), ("hep-th",)]
SETS = [None, "cs", "cs:cs", "cs:cs:LG", "math", "math:math:NA", "cs:cs:NA", "physics", "physics:quant-ph", "stat"]


def make_paper(number: int, days: tuple[str, ...], categories: tuple[str, ...]) -> Paper:
    return Paper(
        f"2610.{number:05d}", f"Paper {number}", "What it says.", (Author("Doe", "J."),), categories, announced=days
    )


def make_repository(papers: list[Paper], **changes: object) -> Repository:
    return Repository(
        Corpus({paper.paper_id: paper for paper in papers}),
        today=TODAY,
        now=datetime(2026, 11, 6, 12, tzinfo=UTC),
        base_url="http://localhost/oai",
        **changes,  # type: ignore[arg-type]
    )


def ask(repository: Repository, **arguments: str) -> ET.Element:
    pairs = [(name.removesuffix("_"), value) for name, value in arguments.items()]
    return ET.fromstring(answer_oai(repository, pairs).body)


def identifiers(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{OAI}identifier")]


def harvest(repository: Repository, verb: str, **arguments: str) -> list[str]:
    """All pages of a list, as a client sees them: the token is decoded once by the server that gets it."""
    root = ask(repository, verb=verb, metadataPrefix="arXiv", **arguments)
    found = identifiers(root)
    token = root.find(f".//{OAI}resumptionToken")
    while token is not None and token.text:
        root = ask(repository, verb=verb, resumptionToken=token.text)
        found += identifiers(root)
        token = root.find(f".//{OAI}resumptionToken")
        assert token is not None
    return found


papers_strategy = st.lists(
    st.tuples(st.lists(st.integers(0, 20), min_size=1, max_size=3, unique=True), st.sampled_from(CATEGORIES)),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(
    drawn=papers_strategy,
    size=st.integers(1, 12),
    since=st.one_of(st.none(), st.integers(0, 17)),
    until=st.one_of(st.none(), st.integers(0, 17)),
    set_spec=st.sampled_from(SETS),
    verb=st.sampled_from(["ListRecords", "ListIdentifiers"]),
)
def test_the_pages_of_a_list_are_exactly_the_matching_records_in_order(
    drawn: list[tuple[list[int], tuple[str, ...]]],
    size: int,
    since: int | None,
    until: int | None,
    set_spec: str | None,
    verb: str,
) -> None:
    def day(number: int) -> str:
        return (FIRST + timedelta(days=number)).isoformat()

    papers = [
        make_paper(number, tuple(day(offset) for offset in sorted(offsets)), categories)
        for number, (offsets, categories) in enumerate(drawn)
    ]
    low, high = day(since) if since is not None else "", day(until) if until is not None else ""
    if low and high and low > high:
        low, high = high, low
    expected = []
    for paper in papers:
        seen = [announced for announced in paper.announced if announced <= TODAY.isoformat()]
        inside = [spec for own in sets_of(paper.categories) for spec in ancestors_of(own)]
        if seen and (low or "0") <= seen[-1] <= (high or "9") and (set_spec is None or set_spec in inside):
            expected.append((seen[-1], f"oai:arXiv.org:{paper.paper_id}"))
    arguments = {"from_": low, "until": high, "set": set_spec or ""}
    repository = make_repository(papers, page_size=size, identifiers_page_size=size)
    found = harvest(repository, verb, **{name: value for name, value in arguments.items() if value})
    assert found == [identifier for _, identifier in sorted(expected)]


def test_a_token_names_the_next_day_and_how_much_of_it_is_done() -> None:
    papers = [make_paper(number, ("2026-11-02" if number < 2 else "2026-11-03",), ("cs.LG",)) for number in range(6)]
    root = ask(make_repository(papers, page_size=3), verb="ListRecords", metadataPrefix="arXiv", set="cs:cs:LG")
    token = root.find(f".//{OAI}resumptionToken")
    assert token is not None
    assert token.attrib == {"expirationDate": "2026-11-07T00:00:00Z"}
    assert token.text == (
        "verb%3DListRecords%26metadataPrefix%3DarXiv%26from%3D2026-11-03%26set%3Dcs%253Acs%253ALG%26skip%3D1"
    )
    assert decode_token(unquote(token.text)) == decode_token(token.text)


def test_a_single_page_has_no_token_and_the_last_of_several_an_empty_one() -> None:
    papers = [make_paper(number, ("2026-11-03",), ("cs.LG",)) for number in range(4)]
    single = ask(make_repository(papers), verb="ListRecords", metadataPrefix="arXiv")
    assert single.find(f".//{OAI}resumptionToken") is None
    paged = make_repository(papers, page_size=3)
    first = ask(paged, verb="ListRecords", metadataPrefix="arXiv")
    given_token = first.findtext(f".//{OAI}resumptionToken") or ""
    last = ask(paged, verb="ListRecords", resumptionToken=given_token).find(f".//{OAI}resumptionToken")
    assert last is not None
    assert not last.text
    assert not last.attrib


ERRORS = [
    ({"verb": "Nope"}, "badVerb", "Invalid verb provided", {}),
    ({}, "badVerb", "Invalid verb provided", {}),
    ({"verb": "ListRecords"}, "badArgument", "metadataPrefix required.", {}),
    (
        {"verb": "ListRecords", "metadataPrefix": "arXiv", "from_": "1999-01-01"},
        "badArgument",
        "start date too early",
        {},
    ),
    (
        {"verb": "ListRecords", "metadataPrefix": "arXiv", "from_": "2005-09-15"},
        "badArgument",
        "start date too early",
        {},
    ),
    (
        {"verb": "ListRecords", "metadataPrefix": "arXiv", "from_": "2024-01-01T00:00:00Z"},
        "badArgument",
        "from date format must be YYYY-MM-DD",
        {},
    ),
    (
        {"verb": "ListRecords", "metadataPrefix": "arXiv", "until": "2024-02-30"},
        "badArgument",
        "until date format must be YYYY-MM-DD",
        {},
    ),
    (
        {"verb": "ListRecords", "metadataPrefix": "arXiv", "from_": "2026-11-03", "until": "2026-11-02"},
        "badArgument",
        "until date must be greater than or equal to from date",
        {},
    ),
    (
        {"verb": "ListRecords", "metadataPrefix": "arXiv", "until": "2999-01-01"},
        "badArgument",
        "until date too late",
        {},
    ),
    ({"verb": "ListRecords", "metadataPrefix": "arXiv", "set": "cs:xx"}, "badArgument", "Set does not exist", {}),
    (
        {"verb": "ListRecords", "metadataPrefix": "arXiv", "set": "a:b:c:d"},
        "badArgument",
        "Set has too many levels",
        {},
    ),
    (
        {"verb": "ListRecords", "metadataPrefix": "xyz"},
        "cannotDisseminateFormat",
        "Did not recognize requested format",
        {"verb": "ListRecords"},
    ),
    (
        {"verb": "ListRecords", "resumptionToken": "xyz"},
        "badResumptionToken",
        "Token decoding failed or format is invalid.",
        {},
    ),
    (
        {"verb": "ListRecords", "metadataPrefix": "arXiv", "from_": "2026-11-05"},
        "noRecordsMatch",
        "",
        {"verb": "ListRecords", "metadataPrefix": "arXiv", "from": "2026-11-05"},
    ),
    (
        {"verb": "GetRecord", "metadataPrefix": "arXiv", "identifier": "oai:arXiv.org:9999.99999"},
        "idDoesNotExist",
        "Invalid arXiv_id structure",
        {},
    ),
    (
        {"verb": "GetRecord", "metadataPrefix": "arXiv", "identifier": "oai:arXiv.org:2601.00001"},
        "idDoesNotExist",
        "No matching record found",
        {},
    ),
    ({"verb": "Identify", "set": "cs"}, "badArgument", "Unallowed parameter. Allowed parameters: verb", {}),
]


@pytest.mark.parametrize(("arguments", "code", "reason", "echo"), ERRORS)
def test_errors_have_the_code_reason_and_echo_of_arxiv(
    arguments: dict[str, str], code: str, reason: str, echo: dict[str, str]
) -> None:
    root = ask(make_repository([make_paper(1, ("2026-11-03",), ("cs.LG",))]), **arguments)
    error, request = root.find(f"{OAI}error"), root.find(f"{OAI}request")
    assert error is not None
    assert request is not None
    assert error.get("code") == code
    assert (error.text or "").partition(" Reason: ")[2] == reason
    assert request.attrib == echo


def test_a_repeated_argument_is_a_bad_argument() -> None:
    answer = answer_oai(make_repository([]), [("verb", "Identify"), ("verb", "Identify")])
    assert b'code="badArgument"' in answer.body


def test_a_token_of_another_verb_is_refused() -> None:
    papers = [make_paper(number, ("2026-11-03",), ("cs.LG",)) for number in range(4)]
    repository = make_repository(papers, page_size=3)
    token = ask(repository, verb="ListRecords", metadataPrefix="arXiv").findtext(f".//{OAI}resumptionToken") or ""
    assert (
        b"badResumptionToken" in answer_oai(repository, [("verb", "ListIdentifiers"), ("resumptionToken", token)]).body
    )


def test_a_paper_of_the_future_is_not_seen_and_a_replaced_one_is_seen_in_its_version_of_the_day() -> None:
    papers = [make_paper(1, ("2026-10-30", "2026-11-09"), ("cs.LG",)), make_paper(2, ("2026-11-10",), ("cs.LG",))]
    corpus = Corpus({paper.paper_id: paper for paper in papers})
    before, after = corpus.view(TODAY), corpus.view(date(2026, 11, 9))
    assert [(row.paper_id, row.version, row.datestamp) for row in before.rows] == [("2610.00001", 1, "2026-10-30")]
    assert [(row.paper_id, row.version, row.datestamp) for row in after.rows] == [("2610.00001", 2, "2026-11-09")]


def test_accents_are_converted_in_arxiv_and_kept_in_arxivraw() -> None:
    paper = Paper(
        "2610.00001",
        r"On Erd\H{o}s and $\alpha$",
        "Text & <more>.",
        (Author(r"Kov\'acs", "B."),),
        ("math.CO",),
        ("2026-11-03",),
    )
    repository = make_repository([paper])
    asked = {"verb": "GetRecord", "identifier": "oai:arXiv.org:2610.00001"}
    nice = ask(repository, metadataPrefix="arXiv", **asked)
    raw = ask(repository, metadataPrefix="arXivRaw", **asked)
    assert nice.findtext(f".//{ARXIV}title") == r"On Erdős and $\alpha$"
    assert nice.findtext(f".//{ARXIV}keyname") == "Kovács"
    assert nice.findtext(f".//{ARXIV}abstract") == "  Text & <more>.\n"
    assert raw.findtext(".//{http://arxiv.org/OAI/arXivRaw/}title") == r"On Erd\H{o}s and $\alpha$"


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        (("cs.LG",), ("cs:cs:LG",)),
        (("quant-ph", "cs.IT", "math.IT"), ("physics:quant-ph", "cs:cs:IT", "math:math:IT")),
        (("cs.SY",), ("cs:cs:SY", "eess:eess:SY")),
        (("math-ph",), ("physics:math-ph", "math:math:MP")),
        (("astro-ph",), ("physics:astro-ph",)),
    ],
)
def test_the_sets_of_a_paper_follow_its_categories(categories: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert sets_of(categories) == expected


def test_a_paper_older_than_oai_has_a_datestamp_that_can_be_asked_for() -> None:
    assert datestamp("1999-01-04") == "2007-05-23"
    assert datestamp("2026-10-28") == "2026-10-28"


def test_a_token_without_skip_is_an_error() -> None:
    with pytest.raises(OaiError):
        decode_token("verb%3DListRecords")
