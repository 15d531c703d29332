"""New settings on their way to the launcher, which checks them, writes them and starts again what they concern."""

import asyncio
from dataclasses import replace

from services.publisher.system.setup.answers import KEEP, SERVER, Checked
from services.publisher.system.setup.model_keys import ModelKeys
from shared.errors import PapersysError
from shared.settings.changes import ChangeOutcome, PendingLikes, SettingsChange, SettingsChanges

_LAUNCHER_SECONDS = 10.0
_NO_LAUNCHER = (
    "Nothing was changed: papersys was not started by `papersys up`, so there is nobody to start it again. "
    "Write the settings file with `papersys init`."
)


async def hand_over(
    checked: Checked, model_choice: str, likes: PendingLikes, keys: ModelKeys, changes: SettingsChanges
) -> ChangeOutcome:
    """What came of it; its `problem` says why nothing was changed."""
    try:
        text = await asyncio.to_thread(_text, checked, model_choice, keys)
        change = SettingsChange(text=text, likes=likes)
        await asyncio.to_thread(changes.submit, change)
    except (PapersysError, OSError) as error:
        return ChangeOutcome(change_id="", problem=f"Nothing was changed: {error}")
    outcome = await changes.outcome_of(change, _LAUNCHER_SECONDS)
    return outcome or ChangeOutcome(change_id=change.change_id, problem=_NO_LAUNCHER)


def _text(checked: Checked, model_choice: str, keys: ModelKeys) -> str:
    answers = checked.answers
    if model_choice == SERVER:
        key_file = keys.keep(answers.model.base_url)
        answers = replace(answers, model=replace(answers.model, api_key_file=key_file))
    return keys.file.text_with(answers, keeps_model=model_choice == KEEP)
