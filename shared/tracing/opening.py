"""The tracer that the settings ask for."""

from shared.errors import SettingsError
from shared.service.metrics import papersys_version
from shared.settings.secret_files import read_secret
from shared.settings.sections.tracing import TracingSettings
from shared.tracing.spans import NO_TRACER, Tracer


def open_tracer(settings: TracingSettings, service: str) -> Tracer:
    """Without an endpoint there are no spans, and OpenTelemetry's SDK is not imported. Raises SettingsError."""
    if settings.endpoint is None:
        return NO_TRACER
    try:
        from shared.tracing.open_telemetry import OpenTelemetryTracer, open_exporter
    except ImportError as error:
        raise SettingsError(
            f"tracing.endpoint is set, and OpenTelemetry is not installed ({error}); "
            "run pip install 'papersys[tracing]', or remove tracing.endpoint."
        ) from error
    path = settings.authorization_file
    authorization = read_secret(path, "tracing.authorization_file") if path else None
    exporter = open_exporter(settings.endpoint, authorization)
    return OpenTelemetryTracer(service, papersys_version(), settings.sample, exporter)
