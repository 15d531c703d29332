"""arXiv's categories as sets of OAI-PMH: those they belong to, and which are two names of one."""

from shared.categories import ARCHIVES, GROUPS, SUBJECTS

_TWINS = (
    ("math-ph", "math.MP"),
    ("math.IT", "cs.IT"),
    ("math.NA", "cs.NA"),
    ("math.ST", "stat.TH"),
    ("eess.SY", "cs.SY"),
    ("q-fin.EC", "econ.GN"),
)
TWIN_OF = {**dict(_TWINS), **{second: first for first, second in _TWINS}}


def set_of(category: str) -> str:
    """`cs.LG` is in `cs:cs:LG`, `quant-ph` in `physics:quant-ph`; an unknown archive counts as physics."""
    archive, _, subject = category.partition(".")
    group = ARCHIVES[archive][0] if archive in ARCHIVES else "physics"
    return f"{group}:{archive}:{subject}" if subject else f"{group}:{archive}"


def sets_of(categories: tuple[str, ...]) -> tuple[str, ...]:
    """The sets of a paper in the order of its categories, each followed by its twin."""
    both = (name for category in categories for name in (category, TWIN_OF.get(category)) if name)
    return tuple(dict.fromkeys(set_of(name) for name in both))


def all_sets() -> list[tuple[str, str]]:
    archives = [(f"{group}:{archive}", name) for archive, (group, name) in ARCHIVES.items()]
    return [*GROUPS.items(), *archives, *((set_of(category), name) for category, name in SUBJECTS.items())]


KNOWN_SETS = frozenset(spec for spec, _ in all_sets())


def ancestors_of(set_spec: str) -> tuple[str, ...]:
    """`cs:cs:LG` lies in `cs`, `cs:cs` and itself."""
    parts = set_spec.split(":")
    return tuple(":".join(parts[:length]) for length in range(1, len(parts) + 1))
