"""`python -m services.fetcher`."""

from fastapi import FastAPI

from services.fetcher.app import create_app
from services.fetcher.settings import Settings
from shared.service.memory import limit_memory
from shared.service.runner import run_service


def create_limited_app(settings: Settings) -> FastAPI:
    """The app, in a process that takes no more memory than the settings say: it reads what strangers sent."""
    limit_memory(settings.fetcher.memory_mb)
    return create_app(settings)


if __name__ == "__main__":
    run_service("fetcher", Settings, create_limited_app, is_alone=True)
