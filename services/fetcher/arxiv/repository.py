"""What arXiv's OAI-PMH server says of itself, asked now and then: its first day (Identify) and its sets (ListSets)."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from services.fetcher.arxiv.client import Arxiv, Garbled
from services.fetcher.arxiv.oai import words, xml_root
from services.fetcher.arxiv.oai_xml import OAI
from services.fetcher.arxiv.sets import category_of, nearest_category
from shared.contracts import now as utc_now
from shared.store.files.data_folder import DataFolder

_KEPT_FOR = timedelta(days=30)
_ASKED_AGAIN_AFTER = timedelta(days=1)


class Repository:
    """`state/fetcher/repository.json` keeps the answers."""

    def __init__(self, arxiv: Arxiv, data: DataFolder, clock: Callable[[], datetime] = utc_now) -> None:
        self._arxiv = arxiv
        self._data = data
        self._path = data.path("state", "fetcher", "repository.json")
        self._clock = clock

    async def earliest(self) -> date | None:
        """The first day that a harvest can ask for; None where arXiv does not say. Raises TemporaryFailure."""
        days = await self._answer_to("Identify", parse_earliest, _KEPT_FOR)
        return date.fromisoformat(days[0]) if days else None

    async def problem_of(self, set_name: str) -> str | None:
        """Why there is nothing to harvest in a set: arXiv does not have it. Raises TemporaryFailure."""
        for kept_for in (_KEPT_FOR, _ASKED_AGAIN_AFTER):
            sets = await self._answer_to("ListSets", parse_sets, kept_for)
            if not sets or set_name in sets:
                return None
        near = nearest_category(category_of(set_name), sets)
        hint = f"; did you mean {near}?" if near else ""
        return f"arXiv has no category {category_of(set_name)} (set {set_name}){hint}"

    async def _answer_to(
        self, verb: str, parse: Callable[[bytes], Sequence[str]], kept_for: timedelta
    ) -> Sequence[str]:
        kept = self._kept()
        answer = kept.get(verb)
        if answer is None or abs(self._clock() - answer["at"]) >= kept_for:
            answer = {"at": self._clock(), "values": await self._arxiv.oai({"verb": verb}, parse)}
            self._keep({**kept, verb: answer})
        values: Sequence[str] = answer["values"]
        return values

    def _kept(self) -> dict[str, dict[str, Any]]:
        """The answers of this server that are kept, by verb."""
        try:
            content = json.loads(self._path.read_text("utf-8"))
            if content["oai_url"] != self._arxiv.oai_url:
                return {}
            return {verb: _read(answer) for verb, answer in content["answers"].items()}
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def _keep(self, answers: dict[str, dict[str, Any]]) -> None:
        plain = {
            verb: {"at": answer["at"].isoformat(), "values": list(answer["values"])} for verb, answer in answers.items()
        }
        self._data.write_text(
            self._path, json.dumps({"oai_url": self._arxiv.oai_url, "answers": plain}, indent=1) + "\n"
        )


def _read(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as it was kept; earlier versions called its values `said`."""
    values = answer["values"] if "values" in answer else answer["said"]
    return {"at": datetime.fromisoformat(answer["at"]), "values": [str(value) for value in values]}


def parse_earliest(body: bytes) -> tuple[str, ...]:
    """The earliest datestamp of an Identify answer, a day; none where it has none. Raises Garbled."""
    datestamp = words(xml_root(body, f"{OAI}OAI-PMH").findtext(f"{OAI}Identify/{OAI}earliestDatestamp"))
    try:
        return (date.fromisoformat(datestamp[:10]).isoformat(),) if datestamp else ()
    except ValueError as error:
        raise Garbled(f"an earliest datestamp {datestamp[:20]!r}") from error


def parse_sets(body: bytes) -> tuple[str, ...]:
    """The sets of a ListSets answer; none where it is an error or only a part of the list. Raises Garbled."""
    root = xml_root(body, f"{OAI}OAI-PMH")
    if words(root.findtext(f"{OAI}ListSets/{OAI}resumptionToken")):
        return ()
    return tuple(words(element.text) for element in root.iterfind(f"{OAI}ListSets/{OAI}set/{OAI}setSpec"))
