"""The system seen and set up from the reader: Status, Setup, the demo's days, imports."""
