"""The engine's parts: cycles, decisions, pull requests, verification. See `finops_engine`."""
