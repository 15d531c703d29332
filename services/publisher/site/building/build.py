"""Builds the site: Astro makes the pages of what changed, the others are taken over from the last build, then pagefind.

A page of a paper depends on its own file, on the project and on the settings, and on nothing else.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.publisher.site.building.builds import Builds, LeftOut, Manifest
from services.publisher.site.building.content_files import content_stamp, days_of, paper_hashes, papers_leading_to
from services.publisher.site.building.lost_pages import loses_most_pages, loses_pages, new_pages, unchanged_pages
from services.publisher.site.building.node import Node, find_node
from services.publisher.site.building.web_project import WebProject, prepare_project
from services.publisher.site.settings import GiscusSettings, SiteSettings
from shared.contracts import now
from shared.errors import PapersysError
from shared.paper_ids import folder_name
from shared.store.files.data_folder import DataFolder
from shared.store.files.hard_links import link_or_copy

_LOCK_SECONDS = 1.0
_NOT_USED = tuple(f"pagefind-{part}" for part in ("ui", "modular-ui", "component-ui", "highlight"))
"""Pagefind's own search fields; the site has its own."""


@dataclass(frozen=True)
class Built:
    """A build that is published in `folder`: pages of papers made anew and taken over, and what was left out."""

    folder: Path
    made: int
    taken_over: int
    days: int
    left_out: tuple[LeftOut, ...]
    seconds: float


class SiteBuilder:
    """Builds what lies in `site/content`; `arxiv` is where originals are found."""

    def __init__(
        self,
        data: DataFolder,
        site: SiteSettings,
        giscus: GiscusSettings,
        arxiv: str,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._data, self._site, self._giscus, self._arxiv, self._say = data, site, giscus, arxiv, say
        self._content = data.path("site", "content")
        self._log = data.path("site", "build.log")
        self._cache = data.path("cache", "site-content")
        self._builds = Builds(data)

    def build(self) -> Built:
        """Build and publish. Raises PapersysError; what is published stays as it was then."""
        started = time.monotonic()
        node = find_node()
        with self._data.lock("site-build", _LOCK_SECONDS):
            project = prepare_project(self._site.tools or self._data.path("cache", "site"), node, self._say)
            folder = self._builds.begin(now())
            self._log.unlink(missing_ok=True)
            try:
                made, manifest = self._build(node, project, folder)
            except BaseException:
                self._builds.drop(folder)
                raise
            self._builds.publish(folder, manifest)
        pages = len(manifest.papers) - sum(file.file.startswith("papers/") for file in manifest.left_out)
        return Built(
            folder=self._builds.public,
            made=made,
            taken_over=pages - made,
            days=sum(1 for _ in folder.glob("days/*/index.html")),
            left_out=manifest.left_out,
            seconds=time.monotonic() - started,
        )

    def _build(self, node: Node, project: WebProject, folder: Path) -> tuple[int, Manifest]:
        manifest = Manifest(
            stamp=self._stamp(project),
            content=content_stamp(self._content),
            papers=paper_hashes(self._content),
            days=tuple(days_of(self._content)),
            built_at=now(),
        )
        last = self._builds.published()
        unchanged = self._unchanged(last, manifest)
        left_out = self._run_astro(node, project, folder, unchanged, manifest.days)
        if last and (mistake := loses_most_pages(last[1], manifest, left_out)):
            raise PapersysError(f"{mistake} What is published stays as it was.")
        if last and unchanged and loses_pages(last[1], manifest, left_out):
            unchanged = []  # other pages may lead to one that is no longer there
            _empty(folder)
            left_out = self._run_astro(node, project, folder, unchanged, manifest.days)
        for name in unchanged if last else ():
            assert last is not None  # noqa: S101 (only then is anything unchanged)
            _link(last[0] / "papers" / name / "index.html", folder / "papers" / name / "index.html")
        self._check(folder, manifest, left_out)
        self._add_figures(folder)
        self._index(node, project, folder, manifest)
        made = sum(1 for _ in folder.glob("papers/*/index.html")) - len(unchanged)
        return made, manifest.model_copy(update={"left_out": left_out})

    def _unchanged(self, last: tuple[Path, Manifest] | None, manifest: Manifest) -> list[str]:
        """The papers whose page can be taken over: neither their file changed, nor whether its links lead to pages."""
        if last is None:
            return []
        unchanged = unchanged_pages(*last, manifest)
        pages, days = new_pages(last[1], manifest), set(last[1].days) ^ set(manifest.days)
        leading_there = papers_leading_to(self._content, pages, days) if unchanged else set()
        return [name for name in unchanged if name not in leading_there]

    def _run_astro(
        self, node: Node, project: WebProject, folder: Path, unchanged: list[str], days: tuple[str, ...]
    ) -> tuple[LeftOut, ...]:
        facts = self._cache / "site.json"
        problems = self._cache / "left-out.jsonl"
        self._cache.mkdir(parents=True, exist_ok=True)
        problems.write_bytes(b"")
        shown = self._shown() | {
            "content": str(self._content),
            "out": str(folder),
            "cache": str(self._cache / project.stamp),
            "problems": str(problems),
            "unchanged": unchanged,
            "days": days,
        }
        facts.write_text(json.dumps(shown), "utf-8")
        for outdated in self._cache.iterdir():
            if outdated.is_dir() and outdated.name != project.stamp:
                shutil.rmtree(outdated, ignore_errors=True)
        arguments = (str(project.modules / "astro" / "bin" / "astro.mjs"), "build")
        self._run(node, (self._memory(), *arguments), project, "Astro", {"PAPERSYS_SITE": str(facts)})
        lines = problems.read_text("utf-8").splitlines()
        return tuple({line.file: line for line in map(LeftOut.model_validate_json, lines)}.values())

    def _index(self, node: Node, project: WebProject, folder: Path, manifest: Manifest) -> None:
        """The index of the search, over the papers that have a page."""
        pages = {name: hash for name, hash in manifest.papers.items() if (folder / "papers" / name).exists()}
        facts = {"papers": pages, "folder": str(folder / "pagefind"), "kept": str(self._records(project))}
        path = self._cache / "search.json"
        path.write_text(json.dumps(facts), "utf-8")
        site = {"PAPERSYS_SITE": str(self._cache / "site.json")}
        self._run(node, (str(project.folder / "search_index.mjs"), str(path)), project, "pagefind", site)
        for path in [path for path in (folder / "pagefind").iterdir() if path.stem in _NOT_USED]:
            path.unlink()

    def _records(self, project: WebProject) -> Path:
        return self._cache / project.stamp / "search-records.jsonl"

    def _run(
        self,
        node: Node,
        arguments: tuple[str, ...],
        project: WebProject,
        name: str,
        environment: dict[str, str] | None = None,
    ) -> None:
        seconds = 60 * self._site.timeout_minutes
        try:
            node.run(arguments, project.folder, self._log, timeout_seconds=seconds, environment=environment)
        except PapersysError as error:
            raise PapersysError(
                f"The site could not be built ({name}): {error}\nWhat is published stays as it was; see {self._log}."
            ) from error

    def _memory(self) -> str:
        return f"--max-old-space-size={self._site.memory_mb}"

    def _shown(self) -> dict[str, object]:
        """What every page depends on."""
        giscus = self._giscus.model_dump() if self._giscus.repo else None
        facts = self._site.model_dump(include={"title", "description"})
        return facts | {"address": self._site.address_in_use(), "giscus": giscus, "arxiv": self._arxiv}

    def _stamp(self, project: WebProject) -> str:
        shown = json.dumps(self._shown(), sort_keys=True)
        return f"{project.stamp}-{hashlib.sha256(shown.encode()).hexdigest()[:16]}"

    def _check(self, folder: Path, manifest: Manifest, left_out: tuple[LeftOut, ...]) -> None:
        """A page of each paper, or a word on why there is none."""
        wanted = set(manifest.papers) - {Path(file.file).stem for file in left_out if file.file.startswith("papers/")}
        missing = sorted(name for name in wanted if not (folder / "papers" / name / "index.html").exists())
        if missing or not (folder / "index.html").exists():
            raise PapersysError(
                f"The site could not be built: no page was made of {', '.join(missing[:5]) or 'the newest day'}. "
                "What is published stays as it was."
            )

    def _add_figures(self, folder: Path) -> None:
        """The pictures of the papers that have a page."""
        for pictures in self._content.glob("figures/*"):
            if (folder / "papers" / folder_name(pictures.name)).exists():
                for picture in pictures.iterdir():
                    _link(picture, folder / "figures" / pictures.name / picture.name)


def _link(source: Path, target: Path) -> None:
    """The same file under another name, or a copy where the disk knows no such thing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    link_or_copy(source, target)


def _empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
