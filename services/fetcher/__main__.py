"""`python -m services.fetcher`."""

from services.fetcher.app import create_app
from services.fetcher.settings import Settings
from shared.service import run_service

if __name__ == "__main__":
    run_service("fetcher", Settings, create_app)
