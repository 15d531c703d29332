"""The demo arXiv as a web application: which page answers which address."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, unquote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deploy.demo.announcement_days import AnnouncementDays
from deploy.demo.misbehaviour.faults import BadFault, Faults, new_fault, parse_fault
from deploy.demo.misbehaviour.gate import FAULT_KEY, Gate, Switchboard
from deploy.demo.oai_pmh.answers import answer_oai
from deploy.demo.oai_pmh.arguments import Repository
from deploy.demo.papers.corpus import Corpus, View
from deploy.demo.papers.paper import Paper, parse_paper_id
from deploy.demo.papers.sources import Answer, Eprint, garbage_source, serve_eprint, serve_pdf, serve_source
from deploy.demo.web.abstract_page import write_abstract_page, write_missing_page
from deploy.demo.web.query import BadQuery, find_papers, parse_query, write_error, write_results
from deploy.demo.web.rss import UnknownFeed, announced_items, parse_feed, write_atom, write_rss

NO_DAYS = AnnouncementDays()
Endpoint = Callable[[Request], Awaitable[Response]]
_HTML = "text/html; charset=utf-8"


def create_app(
    corpus: Corpus,
    *,
    faults: Faults | None = None,
    page_size: int = 2500,
    identifiers_page_size: int = 20_000,
    pace_seconds: float = 0.0,
    today: date | None = None,
    days: AnnouncementDays = NO_DAYS,
    expires_tokens: bool = False,
) -> Starlette:
    """`today` is the day the server believes in, at first the corpus's last announcement; later papers are not shown.

    `days` are those that `/_demo/next` brings one by one.
    With `pace_seconds`, a request that follows another within that time is answered 429. With `expires_tokens`, a
    resumption token is refused once `today` has moved on since it was given out.
    """
    last_day = max((entry.announced[-1] for entry in corpus.entries), default="2026-11-06")
    switchboard = Switchboard(
        today=today or date.fromisoformat(last_day),
        faults=faults or Faults(),
        pace_seconds=pace_seconds,
        expires_tokens=expires_tokens,
    )
    site = Site(corpus, switchboard, page_size, identifiers_page_size)
    days.note(switchboard.today)
    app = Starlette(routes=[*_pages(site), *_controls(switchboard, days)], middleware=[Middleware(Gate, switchboard)])
    app.state.switchboard = switchboard
    return app


@dataclass(frozen=True, slots=True)
class Site:
    """The corpus as its readers see it today."""

    corpus: Corpus
    switchboard: Switchboard
    page_size: int
    identifiers_page_size: int

    @property
    def view(self) -> View:
        return self.corpus.view(self.switchboard.today)

    def now(self) -> datetime:
        """The clock's time on the day the server believes in."""
        return datetime.combine(self.switchboard.today, datetime.now(UTC).time(), tzinfo=UTC)

    def find(self, name: str) -> tuple[Paper, Eprint | None, int] | None:
        """The paper of `2610.00001` or `2610.00001v2`, its source and the version; None when there is none yet."""
        named = parse_paper_id(name)
        paper = self.corpus.papers.get(named[0]) if named else None
        if named is None or paper is None:
            return None
        newest = paper.version_on(self.switchboard.today.isoformat())
        version = named[1] or newest
        return (paper, self.corpus.shelf.eprints.get(paper.paper_id), version) if 1 <= version <= newest else None


def _pages(site: Site) -> list[Route]:
    return [
        Route("/oai", _oai(site), methods=["GET", "POST"]),
        Route("/rss/{feed:path}", _feed(site, write_rss, "application/rss+xml")),
        Route("/atom/{feed:path}", _feed(site, write_atom, "application/atom+xml")),
        Route("/api/query", _query(site)),
        Route("/src/{name:path}", _source(site, serve_source)),
        Route("/e-print/{name:path}", _source(site, serve_eprint)),
        Route("/pdf/{name:path}", _source(site, serve_pdf)),
        Route("/abs/{name:path}", _abstract(site)),
        Route("/html/{name:path}", _html(site)),
        Route("/robots.txt", _robots),
    ]


def _oai(site: Site) -> Endpoint:
    async def answer(request: Request) -> Response:
        text = request.url.query if request.method == "GET" else (await request.body()).decode("latin-1")
        board, fault = site.switchboard, request.scope.get(FAULT_KEY)
        arguments = parse_qsl(text, keep_blank_values=True)
        token = dict(arguments).get("resumptionToken", "")
        is_stale = board.expires_tokens and board.token_days.get(unquote(token), board.today) < board.today
        repository = Repository(
            site.corpus,
            board.today,
            site.now(),
            str(request.url.replace(query="")),
            site.page_size,
            site.identifiers_page_size,
            tokens_have_expired=is_stale or fault == "token-expired",
            hides_records=fault == "stale-none",
            is_shifted=fault == "shifted",
        )
        answered = answer_oai(repository, arguments)
        if board.expires_tokens:
            board.token_days.update({unquote(given): board.today for given in answered.token_given})
        return Response(answered.body, media_type="text/xml")

    return answer


def _feed(site: Site, write: Callable[..., bytes], media_type: str) -> Endpoint:
    async def answer(request: Request) -> Response:
        try:
            wanted = parse_feed(request.path_params["feed"])
        except UnknownFeed as error:
            return PlainTextResponse(str(error), 400)
        today = site.switchboard.today
        items = announced_items(site.corpus, today, wanted)
        return Response(write(items, wanted, today, site.now(), str(request.url)), media_type=media_type)

    return answer


def _query(site: Site) -> Endpoint:
    async def answer(request: Request) -> Response:
        media_type = "application/atom+xml; charset=utf-8"
        try:
            query = parse_query(dict(request.query_params))
            papers = find_papers(site.corpus, site.view, query)
        except BadQuery as error:
            return Response(write_error(error, site.now()), 400, media_type=media_type)
        page = papers[query.start : query.start + query.max_results]
        total = len(papers)
        if request.scope.get(FAULT_KEY) == "empty-page":
            page, total = [], max(total, 1)
        return Response(write_results(page, total, query, site.now()), media_type=media_type)

    return answer


def _source(site: Site, serve: Callable[[Paper, Eprint | None, int], Answer]) -> Endpoint:
    async def answer(request: Request) -> Response:
        document = site.find(request.path_params["name"].removesuffix(".pdf"))
        if document is None:
            return _missing(request)
        given = garbage_source(document[0].paper_id) if request.scope.get(FAULT_KEY) == "garbage" else serve(*document)
        headers = {"Content-Encoding": given.encoding} if given.encoding else {}
        if given.file_name:
            headers["Content-Disposition"] = f'attachment; filename="{given.file_name}"'
        return Response(given.body, headers=headers, media_type=given.media_type)

    return answer


def _abstract(site: Site) -> Endpoint:
    async def answer(request: Request) -> Response:
        document = site.find(request.path_params["name"])
        if document is None:
            return _missing(request)
        paper, _, version = document
        return Response(write_abstract_page(paper, version), media_type=_HTML)

    return answer


def _html(site: Site) -> Endpoint:
    async def answer(request: Request) -> Response:
        document = site.find(request.path_params["name"])
        page = site.corpus.shelf.pages.get(document[0].paper_id) if document else None
        return Response(page.read_bytes(), media_type=_HTML) if page else _missing(request)

    return answer


async def _robots(request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nCrawl-delay: 3\nDisallow: /e-print/\nDisallow: /src/\n")


def _missing(request: Request) -> Response:
    return Response(write_missing_page(f"There is nothing at {request.url.path}."), 404, media_type=_HTML)


def _controls(switchboard: Switchboard, days: AnnouncementDays) -> list[Route]:
    """What arXiv does not have: controls for tests, and for a person who wants to see a fault."""

    async def get_requests(request: Request) -> Response:
        return JSONResponse({"requests": switchboard.requests, "faults": dict(switchboard.befallen)})

    async def forget_requests(request: Request) -> Response:
        switchboard.requests.clear()
        switchboard.befallen.clear()
        return JSONResponse({"requests": [], "faults": {}})

    async def get_faults(request: Request) -> Response:
        return JSONResponse({"faults": switchboard.faults.described()})

    async def add_fault(request: Request) -> Response:
        try:
            record = await request.json()
            fault = parse_fault(record) if isinstance(record, str) else new_fault(record)
        except (BadFault, ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 400)
        switchboard.faults = switchboard.faults.and_also(fault)
        return JSONResponse({"faults": switchboard.faults.described()})

    async def clear_faults(request: Request) -> Response:
        switchboard.faults = Faults()
        return JSONResponse({"faults": []})

    async def get_today(request: Request) -> Response:
        return JSONResponse({"today": switchboard.today.isoformat()})

    async def set_today(request: Request) -> Response:
        try:
            switchboard.today = date.fromisoformat((await request.json())["today"])
        except (KeyError, TypeError, ValueError):
            return JSONResponse({"error": 'say {"today": "YYYY-MM-DD"}'}, 400)
        days.note(switchboard.today)
        return JSONResponse({"today": switchboard.today.isoformat()})

    async def next_day(request: Request) -> Response:
        day = days.after(switchboard.today)
        if day is None or (state := days.note(day)) is None:
            return JSONResponse({"error": "there is no further day"}, 409)
        switchboard.today = day
        return JSONResponse(state.model_dump(mode="json"))

    async def set_pace(request: Request) -> Response:
        try:
            switchboard.pace_seconds = float((await request.json())["seconds"])
        except (KeyError, TypeError, ValueError):
            return JSONResponse({"error": 'say {"seconds": 3}'}, 400)
        return JSONResponse({"seconds": switchboard.pace_seconds})

    return [
        Route("/_demo/requests", get_requests),
        Route("/_demo/requests", forget_requests, methods=["DELETE"]),
        Route("/_demo/faults", get_faults),
        Route("/_demo/faults", add_fault, methods=["POST"]),
        Route("/_demo/faults", clear_faults, methods=["DELETE"]),
        Route("/_demo/today", get_today),
        Route("/_demo/today", set_today, methods=["POST"]),
        Route("/_demo/next", next_day, methods=["POST"]),
        Route("/_demo/pace", set_pace, methods=["POST"]),
    ]
