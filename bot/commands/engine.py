"""The engine that commands work on: settings from the environment, the rest from the file."""

from bot.configuration import load_configuration
from bot.settings import read_settings
from bot.wiring import build_engine
from finops.finops_engine import FinOpsEngine


def configured_engine() -> FinOpsEngine:
    """The engine as `finops run` would build it."""
    settings = read_settings()
    return build_engine(settings, load_configuration(settings.config_path))
