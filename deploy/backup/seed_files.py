"""The `.bib` files that `ranker.seeds` names: they lie outside the data folder, and go with its backups."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

FOLDER = "seeds"
_BIB = ".bib"


def copy_seed_files(seeds: Sequence[str], folder: Path) -> list[str]:
    """Copy those that are there below a folder; returns which could not be read, in words."""
    unreadable = []
    for seed, name in names_of(seeds).items():
        target = folder / FOLDER / name
        try:
            target.parent.mkdir(exist_ok=True)
            shutil.copy2(seed, target)
        except FileNotFoundError:
            continue  # `papersys status` says so
        except OSError as error:
            unreadable.append(f"{seed} ({error.strerror})")
    return unreadable


def with_restored_seeds(text: str, folder: Path) -> str:
    """The text of a settings file that names the files as they were restored below its folder, those that were."""
    try:
        document = tomlkit.parse(text)
        seeds = document.get("ranker", {}).get("seeds", [])
        names = names_of(map(str, seeds))
        for number, seed in enumerate(list(seeds)):
            name = names.get(str(seed))
            if name and (folder / FOLDER / name).is_file():
                seeds[number] = f"{FOLDER}/{name}"
    except (TOMLKitError, AttributeError, TypeError):
        return text
    return tomlkit.dumps(document)


def names_of(seeds: Iterable[str]) -> dict[str, str]:
    """A name of its own in the backup for each file among seeds, by seed: their own names, numbered where these meet.

    The same for paths as they are written in the settings and as they are resolved.
    """
    files = [seed for seed in dict.fromkeys(seeds) if seed.strip().lower().endswith(_BIB)]
    names: dict[str, str] = {}
    for number, seed in enumerate(files, 1):
        name = Path(seed.strip()).name
        is_taken = name.lower() in {other.lower() for other in names.values()}
        names[seed] = f"{number}-{name}" if is_taken else name
    return names
