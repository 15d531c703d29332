"""What is fuzzed: each target reads bytes that a stranger may send and raises nothing but what it declares."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Run = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    """`prepare` imports what is fuzzed, so that only a target's own child needs it, instrumented.

    `words` are spliced into inputs; `nests` are pairs that inputs are wrapped in, many times over.
    """

    name: str
    prepare: Callable[[], Run]
    seeds: Callable[[], Iterable[bytes]]
    words: tuple[bytes, ...] = ()
    nests: tuple[tuple[bytes, bytes], ...] = ()
    max_bytes: int = 60_000


def tolerating(read: Callable[[bytes], object], *declared: type[BaseException]) -> Run:
    """`read`, with the errors that it declares counted as answers."""

    def run(content: bytes) -> None:
        try:
            read(content)
        except declared:
            return

    return run


def all_targets() -> dict[str, Target]:
    """Every target by name."""
    from tests.fuzz import archive_targets, json_targets, page_targets, table_targets, tex_targets, xml_targets

    modules = (xml_targets, tex_targets, archive_targets, page_targets, json_targets, table_targets)
    return {target.name: target for module in modules for target in module.TARGETS}
