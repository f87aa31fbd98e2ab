"""`finops demo`: the whole loop in a sandbox, in a browser or once by itself."""

import argparse
import json
import logging

from bot import terminal
from bot.demo import serve_demo
from bot.demo_once import run_once


def run(arguments: argparse.Namespace) -> int:
    """Serve the page until Ctrl-C, or play one loop and print its figures."""
    # A tick that takes longer than a second on a busy laptop is no news for a newcomer.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    if not arguments.once:
        serve_demo(port=arguments.port, say=lambda line: print(line, flush=True))
        return 0
    if not arguments.json:
        print("Playing the whole loop once, with real clicks; this takes about 15 seconds ...")
    figures = run_once(database_url=arguments.database_url)
    lines = [json.dumps(figures)] if arguments.json else terminal.figures_lines(figures)
    print("\n".join(lines))
    return 0
