"""The Setup page: shows what is set, tries a model's server, and hands the answers to the launcher."""

import asyncio
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.publisher.pages.cards import build_cards
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from services.publisher.system.setup.answers import NO_PAPERS, SERVER, Checked, Entered, check, read_entered
from services.publisher.system.setup.category_groups import category_groups
from services.publisher.system.setup.costs import Costs, costs_of
from services.publisher.system.setup.handover import hand_over
from services.publisher.system.setup.model_keys import ModelKeys
from services.publisher.system.setup.model_trial import ServerTrial, try_server
from services.publisher.system.setup.rating_sets import RatingSets
from services.publisher.system.setup.reading_forms import read_form
from services.publisher.system.setup.settings_file import SettingsFile, overriding
from shared.contracts import DEFAULT_USER
from shared.errors import SettingsError
from shared.hosts.local_model_servers import find_local_servers
from shared.hosts.model_server import checked_address
from shared.settings.changes import PendingFile, PendingLikes, SettingsChanges
from shared.store.files.data_folder import DataFolder
from shared.store.models.speeds import ModelSpeed, ModelSpeeds


@dataclass
class Setup:
    """What the page works with; `instance` tells one life of this process from the next."""

    data: DataFolder
    file: SettingsFile
    keys: ModelKeys
    sets: RatingSets
    instance: str = field(default_factory=lambda: uuid.uuid4().hex)
    speeds: dict[tuple[str, str], ModelSpeed] = field(default_factory=dict)

    def speed_of(self, address: str, model: str) -> ModelSpeed | None:
        return self.speeds.get((address, model)) or ModelSpeeds(self.data).of(address, model)


def router(components: Components, setup: Setup) -> APIRouter:
    """Pages for the owner alone: whoever else has an account here reads, and does not administer."""
    pages = APIRouter(prefix="/setup")

    @pages.get("")
    async def show(request: Request) -> Response:
        _only_owner(components, request)
        try:
            entered = await asyncio.to_thread(setup.file.entered)
        except SettingsError as error:
            raise HTTPException(503, str(error)) from error
        return await _page(components, setup, request, Checked(entered))

    @pages.post("")
    async def save(request: Request) -> Response:
        _only_owner(components, request)
        checked = await _read(setup, request)
        if checked.problems:
            return await _page(components, setup, request, checked)
        files = (PendingFile(name=checked.ratings.name, text=checked.entered.ratings),) if checked.ratings else ()
        likes = PendingLikes(paper_ids=checked.pasted.paper_ids, files=files, user=components.of(request).user)
        outcome = await hand_over(checked, checked.entered.model_choice, likes, setup.keys, SettingsChanges(setup.data))
        if outcome.problem:
            return await _page(components, setup, request, replace(checked, problems={"all": outcome.problem}))
        facts: dict[str, Any] = {"outcome": outcome, "checked": checked, "setup": setup, "files": files}
        return render(components, request, "setup_done.html", **facts)

    @pages.post("/model")
    async def model(request: Request) -> Response:
        _only_owner(components, request)
        entered = (await _read(setup, request)).entered
        trial = await _try(setup, entered)
        name = entered.model or (trial.speed.model if trial.speed else "")
        chosen = replace(entered, model=name, model_choice=SERVER)
        return await _page(components, setup, request, Checked(chosen), trial)

    @pages.get("/state")
    async def state(request: Request) -> Response:
        """Which process answers: the page that waits for a new start sees by it that it has happened."""
        return JSONResponse({"instance": setup.instance})

    @pages.get("/rate")
    async def rate(request: Request) -> Response:
        mine = components.of(request)
        paper_ids = await asyncio.to_thread(lambda: setup.sets.of(mine.user, mine.ratings.current()))
        cards = await asyncio.to_thread(build_cards, mine.records, mine.ratings, paper_ids)
        facts: dict[str, Any] = {"cards": cards, "has_no_others": request.query_params.get("others") == "none"}
        return render(components, request, "setup_rate.html", **facts)

    @pages.post("/rate")
    async def rate_others(request: Request) -> Response:
        mine = components.of(request)
        others = await asyncio.to_thread(lambda: setup.sets.renew(mine.user, mine.ratings.current()))
        return RedirectResponse("/setup/rate" if others.is_new else "/setup/rate?others=none#others", status_code=303)

    return pages


def _only_owner(components: Components, request: Request) -> None:
    if components.of(request).user != DEFAULT_USER:
        raise HTTPException(403, "Only the owner of this system can change its settings.")


async def _read(setup: Setup, request: Request) -> Checked:
    """The fields of a form, checked; a key among them is kept for its server."""
    fields = await read_form(request)
    entered = read_entered(fields)
    setup.keys.enter(entered.base_url, next(iter(fields.get("key", ())), "").strip())
    return await asyncio.to_thread(lambda: check(entered, may_read_all=setup.file.reads_all))


async def _page(
    components: Components, setup: Setup, request: Request, checked: Checked, trial: ServerTrial | None = None
) -> Response:
    entered = checked.entered
    facts: dict[str, Any] = {
        "entered": entered,
        "problems": checked.problems,
        "trial": trial,
        "groups": category_groups(),
        "file": setup.file,
        "overriding": overriding(),
        "costs": await asyncio.to_thread(_costs, setup, entered),
        "has_key": await asyncio.to_thread(setup.keys.has, entered.base_url),
    }
    return render(components, request, "setup.html", 422 if checked.problems else 200, **facts)


def _costs(setup: Setup, entered: Entered) -> Costs:
    """What summaries by the model that is entered take; what is not usable yet counts as none."""
    answers = check(replace(entered, papers=NO_PAPERS, papers_file=NO_PAPERS)).answers
    model = answers.model
    return costs_of(model, answers.per_day, setup.speed_of(model.base_url, model.model) if model.base_url else None)


async def _try(setup: Setup, entered: Entered) -> ServerTrial:
    """Ask the server; without an address, look for servers on this machine."""
    if not entered.base_url:
        return ServerTrial(servers=await asyncio.to_thread(find_local_servers), has_looked=True)
    try:
        address = checked_address(entered.base_url)
        key = await asyncio.to_thread(setup.keys.key_for, address)
    except (ValueError, SettingsError) as error:
        return ServerTrial(problem=f"{error}")
    async with httpx.AsyncClient() as client:
        trial = await try_server(address, entered.model, key, client)
    if trial.speed is not None:
        setup.speeds[address, trial.speed.model] = trial.speed
    return trial
