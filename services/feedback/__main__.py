"""Run the feedback service."""

from services.feedback.app import create_app
from services.feedback.settings import Settings
from shared.service.runner import run_service

if __name__ == "__main__":
    run_service("feedback", Settings, create_app, is_alone=True)
