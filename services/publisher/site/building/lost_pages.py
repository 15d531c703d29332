"""What a build changes against the one that is published: pages that can be taken over, new ones, lost ones."""

from pathlib import Path

from services.publisher.site.building.builds import LeftOut, Manifest

_HIDDEN = "hidden: true"
"""Why a person's own wish leaves a file out: `services/publisher/site/web/src/markdown_folder.mjs`."""


def unchanged_pages(folder: Path, last: Manifest, manifest: Manifest) -> list[str]:
    """The papers that have a page in the last build, made of the same file in the same way."""
    if last.stamp != manifest.stamp:
        return []
    same = (name for name, value in manifest.papers.items() if last.papers.get(name) == value)
    return [name for name in same if (folder / "papers" / name / "index.html").exists()]


def new_pages(last: Manifest, manifest: Manifest) -> set[str]:
    """The papers that had no page and may get one."""
    left_out = {Path(file.file).stem for file in last.left_out if file.file.startswith("papers/")}
    return manifest.papers.keys() - (last.papers.keys() - left_out)


def loses_pages(last: Manifest, manifest: Manifest, left_out: tuple[LeftOut, ...]) -> bool:
    """Whether a page that the last build had is not there any more."""
    gone = {f"papers/{name}.md" for name in last.papers.keys() - manifest.papers.keys()}
    newly_left_out = {file.file for file in left_out} - {file.file for file in last.left_out}
    return bool(gone or newly_left_out)


def loses_most_pages(last: Manifest, manifest: Manifest, left_out: tuple[LeftOut, ...]) -> str:
    """Why a build is a mistake, such as of a template, rather than of one file: more than half of the papers that had a
    page would lose it, although their files are there. Empty where it is none.
    """
    had_none = {file.file for file in last.left_out}
    had = {f"papers/{name}.md" for name in last.papers.keys() & manifest.papers.keys()} - had_none
    lost = [file for file in left_out if file.file in had and _HIDDEN not in file.reason]
    if 2 * len(lost) <= len(had):
        return ""
    return (
        f"The site was not built, because {len(lost)} of {len(had)} papers would lose their pages. Mend the template "
        "in site/templates, or delete it, and run `papersys publish --build`. The first of them: "
        f"{lost[0].file}: {lost[0].reason.rstrip('.')}."
    )
