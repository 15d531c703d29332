"""Run the publisher."""

from fastapi import FastAPI

from services.publisher.app import create_app, open_listener
from services.publisher.settings import Settings
from shared.service.runner import run_service


def open_app(settings: Settings) -> FastAPI:
    """The app with its port taken, so that a taken port is one clear line and no traceback."""
    return create_app(settings, open_listener(settings))


if __name__ == "__main__":
    run_service("publisher", Settings, open_app)
