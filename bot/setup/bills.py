"""The bills that `finops init` can see: files and folders here, and what accounts export."""

from collections.abc import Iterator, Sequence
from concurrent.futures import wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from bot.setup.aws_accounts import AwsAccount
from bot.side_by_side import started
from finops.billing.bill_search import LocalBill, bill_at, bills_in
from finops.billing.data_exports import BillTable, FoundExport, FoundExports, find_exports

WAIT_SECONDS = 20
# As for accounts: what does not answer now is not visible.
_QUICK = Config(connect_timeout=3, read_timeout=8, retries={"total_max_attempts": 2})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A bill as the file will name it: `files`, or a `table` in Athena.

    `region` and `profile` are where S3 and Athena are asked, empty where AWS's own chain decides.
    `words` is what people read, `trouble` why it is no good as it is.
    """

    words: str
    files: tuple[str, ...] = ()
    table: BillTable | None = None
    region: str = ""
    profile: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class SeenBills:
    """The bills, the best first; `notes` say what could not be looked at."""

    bills: tuple[Bill, ...] = ()
    notes: tuple[str, ...] = ()


NO_BILLS = SeenBills()


def visible_bills(folder: Path, accounts: Sequence[AwsAccount]) -> SeenBills:
    """Exports first: unlike a file in a folder they go on. What is in trouble comes last."""
    notes: list[str] = []
    exported = list(_exported(accounts, notes))
    here = [local_bill(one) for one in bills_in(folder)]
    usable = [one for one in exported if not one.trouble]
    return SeenBills((*usable, *here, *(one for one in exported if one.trouble)), tuple(notes))


def shown_bills(addresses: Sequence[str]) -> SeenBills:
    """What a person has named with --bill, as one bill.

    Raises InvalidInput, as reading would, for what is none; objects in S3 are left to the doctor.
    """
    for address in addresses:
        if not address.startswith("s3://"):
            bill_at(address)
    return SeenBills((Bill(words=", ".join(addresses), files=tuple(addresses)),))


def local_bill(found: LocalBill) -> Bill:
    """A bill that lies here."""
    return Bill(words=found.words, files=(found.path,))


def exported_bill(found: FoundExport, account: AwsAccount) -> Bill:
    """Athena where there is a table over the export; else its files in S3."""
    over = f", in Athena as {found.table.database}.{found.table.table}" if found.table else ""
    trouble = f"; {found.trouble}" if found.trouble else ""
    return Bill(
        words=f"{found.address} ({found.kind}, export {found.name}{over}{trouble})",
        files=() if found.table else (found.address,),
        table=found.table,
        region=found.region,
        profile=account.profile,
        trouble=found.trouble,
    )


def _exported(accounts: Sequence[AwsAccount], notes: list[str]) -> Iterator[Bill]:
    """Every account is asked, side by side."""
    asked = {
        started(partial(_exports_of, account), name=f"exports of {account.number}"): account
        for account in accounts
    }
    done, _ = wait(asked, timeout=WAIT_SECONDS)
    for future, account in asked.items():
        if future not in done:
            notes.append(f"exports of {account.number}: no answer in {WAIT_SECONDS} s")
            continue
        found = future.result()
        notes += [f"exports of {account.number}: {note}" for note in found.notes]
        yield from (exported_bill(one, account) for one in found.exports)


def _exports_of(account: AwsAccount) -> FoundExports:
    try:
        session = boto3.session.Session(profile_name=account.profile or None)
    except BotoCoreError as error:
        return FoundExports(notes=[type(error).__name__])
    return find_exports(partial(_client, session))


def _client(session: boto3.session.Session, service: str, region: str) -> object:
    return session.client(service, region_name=region, config=_QUICK)
