"""`finops why ID`: the chain of evidence of one opportunity, as text, JSON, picture and page."""

import argparse
import json

from bot.commands.engine import configured_engine
from bot.commands.report import write
from finops.reports.evidence_page import evidence_html, evidence_text
from finops.reports.evidence_picture import evidence_picture


def run(arguments: argparse.Namespace) -> int:
    """Print the chain, and write the files that were asked for."""
    chain = configured_engine().evidence(arguments.id).with_names()
    if arguments.picture is not None or arguments.html is not None:
        picture = evidence_picture(chain)
        if arguments.picture is not None:
            write(arguments.picture, picture.png)
        if arguments.html is not None:
            write(arguments.html, evidence_html(chain, picture).encode())
    print(json.dumps(chain.as_dict(), indent=2) if arguments.json else evidence_text(chain))
    return 0
