"""Bills in S3: copied beside DuckDB for one reading, only the months that it needs.

DuckDB's own reader for S3 is an extension that is downloaded when it is first used, by no package
manager and past every lock; boto3 is there already, with the same credentials as everywhere else.
Bills too large to copy are what Athena is for.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from finops.billing.bill_files import ENDINGS
from finops.billing.bill_manifests import current_files
from finops.billing.bill_months import is_within
from finops.domain.errors import InvalidInput, NoBill, TryAgainLater, WillNeverWork

# What the copying needs of IAM, on the bucket of the bill.
ACTIONS = ("s3:GetObject", "s3:ListBucket")
MANIFEST = "manifest.json"
_ENDINGS = (*ENDINGS, MANIFEST)


@dataclass(frozen=True, slots=True)
class S3Bills:
    """Objects under `s3://bucket/prefix` addresses; `client` gives a boto3 client for S3."""

    addresses: tuple[str, ...]
    client: Callable[[], Any]

    def copy(self, folder: Path, *, start: date, end: date) -> Sequence[str]:
        """Copy what may hold days with `start <= day < end`; returns the local paths.

        Raises NoBill when nothing is there, WillNeverWork when it may not be read.
        """
        found: list[str] = []
        client = self.client()
        for address in self.addresses:
            try:
                found += _copied(client, *_parts(address), folder, start=start, end=end)
            except ClientError as error:
                raise WillNeverWork(
                    f"{address} cannot be read (s3:ListBucket, s3:GetObject): {error}"
                ) from error
            except BotoCoreError as error:
                raise TryAgainLater(
                    f"S3 did not answer for {address}: {error}. See whether it can be reached from "
                    "here with the credentials of bill: aws."
                ) from error
        if not found:
            raise NoBill(
                f"There is no bill for {start} to {end} at {', '.join(self.addresses)}; correct "
                "bill: files, or wait for the first export."
            )
        return found


def _copied(
    client: Any, bucket: str, prefix: str, folder: Path, *, start: date, end: date
) -> Sequence[str]:
    """Manifests first: what they have replaced is not copied."""
    keys = {
        _target(folder, bucket, key): key
        for key in _keys(client, bucket, prefix)
        if is_within(key, start=start, end=end)
    }
    bills = [path for path in keys if not path.lower().endswith(MANIFEST)]
    manifests = {path: key for path, key in keys.items() if path not in bills}
    # The manifests of data exports lie beside the folder `data`, which is what people name.
    beside = f"/{prefix}".replace("/data/", "/metadata/")[1:]
    if beside != prefix and bills:
        for key in _keys(client, bucket, beside):
            if key.lower().endswith(MANIFEST) and is_within(key, start=start, end=end):
                manifests[_target(folder, bucket, key)] = key
    for path, key in manifests.items():
        _copy(client, bucket, key, path)
    current = current_files(bills)
    for path in current:
        _copy(client, bucket, keys[path], path)
    return current


def _parts(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc:
        raise InvalidInput(f"{address[:80]!r} is no address such as s3://bucket/folder/.")
    return parts.netloc, parts.path.lstrip("/")


def _keys(client: Any, bucket: str, prefix: str) -> Iterator[str]:
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for one in page.get("Contents", ()):
            key = str(one["Key"])
            if key.lower().endswith(_ENDINGS) and one["Size"]:
                yield key


def _target(folder: Path, bucket: str, key: str) -> str:
    """The key's own folders are kept, since they tell versions apart; none leads out of ours."""
    steps = [step for step in f"{bucket}/{key}".split("/") if step not in ("", ".", "..")]
    return str(folder.joinpath(*steps))


def _copy(client: Any, bucket: str, key: str, path: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    client.download_file(bucket, key, path)
