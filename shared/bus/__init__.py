"""The bus: events over JetStream, requests over NATS, retries and dead letters."""
