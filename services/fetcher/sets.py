"""arXiv's categories as OAI-PMH sets: `cs.CV` is `cs:cs:CV`, `hep-th` is `physics:hep-th`, all of `cs` is `cs`.

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
        near = difflib.get_close_matches(archive, _GROUPS + _PHYSICS, n=1)
        hint = f"; did you mean {'.'.join([near[0], *([part] if part else [])])}?" if near else ""
        raise ValueError(f"{category!r} is no arXiv category; they look like cs.CV or hep-th{hint}")
    group = "physics" if archive in _PHYSICS else archive
    if not dot:
        return archive if archive in _GROUPS else f"{group}:{archive}"
    return f"{group}:{archive}:{part}"


def sets_of(categories: Iterable[str]) -> tuple[str | None, ...]:
    """The sets to ask for, each once and none that another contains; `(None,)`, everything, for no categories."""
    sets = sorted({set_of(category) for category in categories})
    kept = [name for name in sets if not any(name.startswith(f"{other}:") for other in sets)]
    return tuple(kept) or (None,)


def is_within(category: str, wanted: Iterable[str]) -> bool:
    """Whether a category, or its archive, is wanted; nothing wanted means everything."""
    names = tuple(wanted)
    return not names or category in names or category.partition(".")[0] in names
