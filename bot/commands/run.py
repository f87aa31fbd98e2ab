"""`finops run`: the bot, until SIGTERM or Ctrl-C."""

import argparse
import signal
import threading

from bot.configuration import load_configuration
from bot.process import run_process
from bot.settings import read_settings


def run(_arguments: argparse.Namespace) -> int:
    """Serve until asked to stop; raises InvalidInput when Slack's tokens are missing."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    settings = read_settings()
    run_process(settings, load_configuration(settings.config_path), stop=stop)
    return 0
