"""`finops prices`: what an hour of each machine type really costs, learnt from the bill."""

import argparse
import json

from bot.configuration import load_configuration
from bot.price_lines import as_json, price_lines
from bot.settings import read_settings
from bot.terminal_output import output, print_spans, width_of
from finops.billing.known_rates import KnownRates
from finops.domain.errors import InvalidInput
from finops.ledger.bill_rates import LedgerBillRates
from finops.savings_ledger import SavingsLedger


def run(arguments: argparse.Namespace) -> int:
    """Print a table or, with `--json`, one object; exit status 1 where the bill gives no price.

    Raises InvalidInput where no bill is configured.
    """
    settings = read_settings()
    configuration = load_configuration(settings.config_path)
    bill = configuration.bill
    if bill is None:
        raise InvalidInput("No bill is configured: `finops init` finds one, or docs/billing.md.")
    ledger = SavingsLedger(settings.database_url)
    known = KnownRates(LedgerBillRates(ledger.engine, bill.name), bill.name)
    rates, [check] = known.rates(), known.check()
    ledger.close()
    if arguments.json:
        print(json.dumps(as_json(rates)))
    else:
        print_spans(output(), price_lines(rates, check, width=width_of(output())))
    return 0 if rates.options else 1
