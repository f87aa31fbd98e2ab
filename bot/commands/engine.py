"""The engine that commands work on: settings from the environment, the rest from the file."""

from bot.configuration import Configuration, load_configuration
from bot.settings import Settings, read_settings
from bot.settings_in_force import settings_in_force
from bot.wiring import build_engine
from finops.finops_engine import FinOpsEngine


def configured_engine() -> FinOpsEngine:
    """The engine as `finops run` would build it."""
    settings = read_settings()
    return build_engine(settings, configuration_in_force(settings))


def configuration_in_force(settings: Settings) -> Configuration:
    """The file, with the currency that people read as it holds in Slack too.

    An amount at a terminal is the amount on the card.
    """
    file = load_configuration(settings.config_path)
    holding = settings_in_force(file, settings.database_url)
    return file.model_copy(update={"currency": holding.currency})
