"""`python -m deploy.demo`: serves papers as arXiv would, on this machine only."""

import argparse
import logging
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import uvicorn

from deploy.demo.announcement_days import AnnouncementDays
from deploy.demo.misbehaviour.faults import KINDS, parse_faults
from deploy.demo.papers.corpus import Corpus, load_corpus, load_folder
from deploy.demo.papers.synthetic import generate_corpus
from deploy.demo.server import create_app

HOST = "127.0.0.1"


class DemoServer(uvicorn.Server):
    """Says where it listens once it does; ends cleanly on SIGTERM and SIGINT, with exit code 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's own, but a signal that was obeyed is not raised again."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.handle_exit)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            print(f"demo arXiv ready at http://{HOST}:{sockets[0].getsockname()[1]}", flush=True)


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8099, help="0 takes a free one")
    parser.add_argument(
        "--folder", type=Path, help="a corpus, *.jsonl[.gz] lists or e-prints; default: the demo's own papers"
    )
    parser.add_argument("--made-up", type=int, metavar="N", help="N papers of noise, for stress tests")
    parser.add_argument("--page-size", type=int, default=2500, help="records a page of ListRecords")
    parser.add_argument("--identifiers-page-size", type=int, default=20_000, help="headers a page of ListIdentifiers")
    parser.add_argument(
        "--pace", type=float, default=0.0, help="seconds between requests below which the answer is 429"
    )
    parser.add_argument("--today", type=date.fromisoformat, help="the day it is; default: the last announcement")
    parser.add_argument(
        "--days", type=int, default=0, metavar="N", help="begin N announcement days before the end; 0: on the last"
    )
    parser.add_argument("--clock", type=Path, metavar="FILE", help="keeps the day, for the next start to go on from")
    parser.add_argument("--expire-tokens", action="store_true", help="refuse resumption tokens of an earlier day")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="KIND[:PATH-PREFIX][:TIMES]", help=f"one of {', '.join(KINDS)}"
    )
    return parser.parse_args(arguments)


def bind(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    return listener


def chosen_corpus(options: argparse.Namespace) -> Corpus:
    if options.made_up:
        return generate_corpus(options.made_up)
    return load_folder(options.folder) if options.folder else load_corpus()


def main() -> int:
    options = parse_arguments()
    try:
        corpus = chosen_corpus(options)
        faults = parse_faults(options.fault)
        listener = bind(options.port)
    except (OSError, ValueError) as error:
        logging.error("The demo arXiv cannot start: %s", error)
        return 1
    days = AnnouncementDays.last_of(corpus.days if options.days else (), options.days, options.clock)
    app = create_app(
        corpus,
        faults=faults,
        page_size=options.page_size,
        identifiers_page_size=options.identifiers_page_size,
        pace_seconds=options.pace,
        today=options.today or days.first(),
        days=days,
        expires_tokens=options.expire_tokens,
    )
    settings = uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=2, lifespan="off")
    DemoServer(settings).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
