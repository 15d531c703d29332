"""Papers synced to Notion by real processes that are killed in between, with answers lost: then compared one by one."""

import asyncio
import os
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.publisher.outlets.notion.blocks import Block
from services.publisher.outlets.notion.rich_text import signature
from services.publisher.outlets.notion.row_content import RowContents
from services.publisher.records.records import Records
from shared.notion.properties import TYPES, wanted_schema
from shared.store.files.data_folder import DataFolder
from shared.store.files.jsonlines import dump_line
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.summaries import Claim, FieldValue, MadeBy, Quote, Summary
from tests.support.notion.beside import Desk
from tests.support.notion.server import TOKEN, Asked, Fault, NotionServer, notion_server
from tests.support.notion.workspace import Page

ROOT = Path(__file__).parents[3]
MADE_AT = datetime(2026, 11, 6, 12, tzinfo=UTC)
A_MONTH = 250
HOSTILE_TEXTS = (
    "plain words",
    "<script>alert(1)</script> [x](javascript:alert(1))",
    "\U0001f600" * 1_200 + " and more",
    "$\\frac{1}{2$ open, $5 and $10; \u202eturned\u202c \x1b[31m",
    "x" * 5_000,
    "{{ 7*7 }} $a<b$ **bold** _under_ `code` | # 1. - >",
)


def seed_papers(root: Path, count: int) -> DataFolder:
    """So many papers with summaries of very different lengths, some of more than 100 blocks."""
    data = DataFolder(root, min_free_mb=0)
    papers = [_paper(number) for number in range(count)]
    MetadataStore(data).put(papers)
    months: dict[str, list[str]] = {}
    for number, paper in enumerate(papers):
        months.setdefault(paper.paper_id[:4], []).append(dump_line(_summary(paper, number)))
    for month, lines in months.items():
        data.write_text(data.path("summaries", f"20{month[:2]}-{month[2:]}.jsonl"), "".join(lines))
    return data


def _paper(number: int) -> Paper:
    paper_id = f"26{1 + number // A_MONTH:02d}.{number:05d}"
    hostile = HOSTILE_TEXTS[number % len(HOSTILE_TEXTS)]
    title, authors = f"Paper {number}: {hostile}", ("Mira Oduya", hostile[:200])
    abstract = f"About $x_{{{number}}}$. {hostile}"
    return Paper(paper_id, 1, title, abstract, authors, ("cs.LG",), "cs.LG", MADE_AT, MADE_AT)


def _summary(paper: Paper, number: int) -> Summary:
    quote = (Quote(text="words of the paper", section="2 Method"),)
    count = 130 if number % 50 == 7 else 1 + number % 5
    claims = tuple(Claim(text=f"Claim {n} of {number}", quotes=quote) for n in range(count))
    return Summary(
        paper_id=paper.paper_id,
        version=1,
        mode="extractive",
        fields=(FieldValue(name="result", claims=claims),),
        tags=(f"tag {number % 40}", "Graphs, trees"),
        made_at=MADE_AT,
        made_by=MadeBy(event_id="event-1", model="extractive"),
    )


class Kills:
    """Kills the process that asks, at requests chosen by chance, before or after they are carried out."""

    def __init__(self, seed: int, share: float, faults: float, most: int = 1_000) -> None:
        self.random, self.share, self.faults, self.most = random.Random(seed), share, faults, most
        self.process: subprocess.Popen[str] | None = None
        self.kills = self.lost = 0

    def __call__(self, asked: Asked) -> Fault | None:
        chance = self.random.random()
        after = self.random.random() < 0.5
        if chance < self.share and self.kills < self.most and self.process is not None:
            self.kills += 1
            self.process.kill()
            return Fault(0, after=after)
        if self.share <= chance < self.share + self.faults:
            self.lost += 1
            return self.random.choice(
                [Fault(502, after), Fault(504, after), Fault(429, retry_after="1"), Fault(409, code="conflict_error")]
            )
        return None


def run_until_done(server: NotionServer, data: DataFolder, kills: Kills, pace: float) -> list[str]:
    """Start it again until a pass ends by itself, and well; returns what the passes that ended printed."""
    (database,) = server.workspace.databases
    settings = data.path("papersys.toml")
    settings.write_text("# all by the environment\n")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PAPERSYS_")},
        "PYTHONPATH": str(ROOT),
        "PAPERSYS_CONFIG": str(settings),
        "PAPERSYS_DATA__PATH": str(data.root),
        "PAPERSYS_DATA__MIN_FREE_MB": "1",
        "PAPERSYS_NOTION__TOKEN": TOKEN,
        "PAPERSYS_NOTION__DATABASE": database,
        "PAPERSYS_NOTION__BASE_URL": server.url,
        "PAPERSYS_NOTION__REQUESTS_PER_SECOND": str(pace),
    }
    said: list[str] = []
    for _ in range(200):
        command = [sys.executable, "-m", "deploy.cli", "notion", "sync"]
        kills.process = subprocess.Popen(command, cwd=data.root, env=environment, text=True, stdout=-1, stderr=-1)
        out, err = kills.process.communicate()
        if kills.process.returncode >= 0:
            said.append(out + err)
        if kills.process.returncode == 0:
            return said
    raise AssertionError(f"never done; it said: {said[-1:]}")


def assert_rows_are_right(server: NotionServer, data: DataFolder) -> None:
    """Each paper has one row, with every property and every block as they should be."""
    contents = RowContents(Records(data, "minilm"), "https://arxiv.org")
    rows: dict[str, list[Page]] = {}
    for page in server.workspace.rows():
        rows.setdefault(server.workspace.text(page, "Paper ID"), []).append(page)
    assert sorted(rows) == sorted(contents.paper_ids())
    assert [paper_id for paper_id, pages in rows.items() if len(pages) > 1] == []
    for paper_id, (page,) in rows.items():
        content = contents.row(paper_id)
        assert content is not None
        shown = server.workspace.shown(page)["properties"]
        for key, value in content.properties.items():
            name, kind = TYPES[key]
            assert _plain(shown[name][kind]) == _plain(value[kind]), (paper_id, name)
        assert [_looks(block) for block in page.blocks] == [_looks(block) for block in content.blocks], paper_id


def _plain(value: object) -> object:
    if isinstance(value, list) and value and "name" in value[0]:
        return {option["name"] for option in value}
    return signature(value) if isinstance(value, list) else value


def _looks(block: Block) -> object:
    return block["type"], signature(block[block["type"]]["rich_text"])


def make_database(server: NotionServer) -> None:
    server.workspace.create_database(server.workspace.home, "papersys", wanted_schema())


def prove(folder: Path, papers: int, pace: float, kills: Kills, server: NotionServer) -> None:
    data = seed_papers(folder, papers)
    make_database(server)
    server.fault = kills
    said = run_until_done(server, data, kills, pace)
    assert_rows_are_right(server, data)
    server.fault = lambda asked: None
    requests = len(server.asked)
    report = asyncio.run(Desk(server, data).passed())
    assert (report.unchanged, report.written, report.doubled) == (papers, 0, [])
    print(f"{papers} papers, {kills.kills} kills, {kills.lost} faults, {requests} requests, {dict(server.refused)}")
    assert all(TOKEN not in text for text in said)


@pytest.mark.proof
def test_papers_synced_with_kills_in_between_have_one_right_row_each(tmp_path: Path) -> None:
    with notion_server(per_second=1_000, burst=1_000) as server:
        kills = Kills(seed=7, share=0.15, faults=0.0, most=2)
        prove(tmp_path, 12, 500, kills, server)
        assert kills.kills == 2


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_a_thousand_papers_at_notions_own_pace_with_kills_and_faults(tmp_path: Path) -> None:
    with notion_server() as server:
        kills = Kills(seed=11, share=0.02, faults=0.03)
        prove(tmp_path, int(os.environ.get("PAPERSYS_NOTION_PAPERS", "1000")), 2.5, kills, server)
        assert kills.kills >= 5
