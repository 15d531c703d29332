"""arXiv's categories as OAI-PMH sets: `cs.CV` is `cs:cs:CV`, `hep-th` is `physics:hep-th`, all of `cs` is `cs`.

The set `physics` is a group of archives, `astro-ph` among them; the archive of this name is `physics:physics`.

Taxonomy: https://arxiv.org/category_taxonomy; sets: https://oaipmh.arxiv.org/oai?verb=ListSets
"""

import difflib
import re
from collections.abc import Iterable

_GROUPS = ("cs", "econ", "eess", "math", "physics", "q-bio", "q-fin", "stat")
_PHYSICS = (
    "astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nlin", "nucl-ex", "nucl-th",
    "quant-ph",
)  # fmt: skip
_CLASS = re.compile(r"[A-Za-z][A-Za-z-]*")


def set_of(category: str) -> str:
    """The set of a category or a whole archive. Raises ValueError that names the nearest archive."""
    archive, dot, part = category.partition(".")
    if archive not in _GROUPS + _PHYSICS or (dot and not _CLASS.fullmatch(part)):
        near = difflib.get_close_matches(archive.lower(), _GROUPS + _PHYSICS, n=1)
        nearest = ".".join([near[0], *([part] if part else [])]) if near else ""
        hint = f"; did you mean {nearest}?" if nearest not in ("", category) else ""
        raise ValueError(f"{category!r} is no arXiv category; they look like cs.CV or hep-th{hint}")
    group = "physics" if archive in _PHYSICS else archive
    if not dot:
        return archive if archive in _GROUPS and archive != "physics" else f"{group}:{archive}"
    return f"{group}:{archive}:{part}"


def category_of(set_name: str) -> str:
    """The category or archive of a set: `cs:cs:CV` is `cs.CV`, `physics:hep-th` is `hep-th`."""
    return ".".join(set_name.split(":")[1:]) or set_name


def nearest_category(category: str, sets: Iterable[str]) -> str:
    """The category of one of these sets that is most like a name; empty where none is."""
    names = {name.lower(): name for name in map(category_of, sets)}
    return next((names[near] for near in difflib.get_close_matches(category.lower(), names, n=1)), "")


def categories_in(set_name: str | None, categories: Iterable[str]) -> tuple[str, ...]:
    """Those of some categories that are harvested with this set."""
    return tuple(category for category in categories if f"{set_of(category)}:".startswith(f"{set_name}:"))


def sets_of(categories: Iterable[str]) -> tuple[str | None, ...]:
    """The sets to ask for, each once and none that another contains; `(None,)`, everything, for no categories."""
    sets = sorted({set_of(category) for category in categories})
    kept = [name for name in sets if not any(name.startswith(f"{other}:") for other in sets)]
    return tuple(kept) or (None,)


def is_within(category: str, wanted: Iterable[str]) -> bool:
    """Whether a category, or its archive, is wanted; nothing wanted means everything."""
    names = tuple(wanted)
    return not names or category in names or category.partition(".")[0] in names
