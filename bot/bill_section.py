"""The section `bill:` of the configuration, and the bill that it means."""

import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from bot.estate_sections import AwsLogin, Section
from finops.billing.allocated_bill import SHARED_NAMESPACES, AllocationRules
from finops.billing.athena_engine import AthenaTable
from finops.billing.bill_source import BillSource
from finops.billing.duckdb_engine import MEMORY_MB
from finops.billing.usage_hours import UsageFiles
from finops.domain.errors import InvalidInput
from finops.sources.aws.clients import session_for

log = logging.getLogger(__name__)


class AthenaSection(Section):
    """A bill in Athena. `max_usd` is what one reading may cost; more stops it."""

    database: str
    table: str
    output: str = Field(pattern=r"^s3://[^/]+")
    workgroup: str = "primary"
    max_usd: Decimal = Field(default=Decimal(1), gt=0, le=1000)

    def to_domain(self) -> AthenaTable:
        """As the engine knows it."""
        return AthenaTable(**self.model_dump())

    @model_validator(mode="after")
    def _is_a_table(self) -> Self:
        try:
            self.to_domain()
        except InvalidInput as error:
            raise ValueError(str(error)) from error
        return self


class UsageFilesSection(Section):
    """Container-hours of one's own, beside those that the bot records (docs/billing.md)."""

    containers: list[str] = []
    estate: list[str] = []


class BillSection(Section):
    """What was paid: FOCUS or CUR, in files, in S3 or in Athena.

    `files` are paths, folders, patterns and s3:// addresses. With `aws` S3 and Athena are read in
    another account. `focus_csv` is how one file was named before any bill could be read.
    """

    name: str = Field(default="bill", min_length=1, max_length=100)
    focus_csv: str = ""
    files: list[str] = []
    athena: AthenaSection | None = None
    aws: AwsLogin = AwsLogin()
    region: str = ""
    usage: UsageFilesSection = UsageFilesSection()
    # Namespaces that serve the whole cluster: their costs are charged to the others.
    shared_namespaces: list[str] = list(SHARED_NAMESPACES)
    # What DuckDB may keep in memory; the rest goes to disk.
    memory_mb: int = Field(default=MEMORY_MB, ge=200, le=64_000)
    # So far back the bill is read once, so that there is a year to compare with.
    history_months: int = Field(default=13, ge=0, le=36)

    @field_validator("focus_csv")
    @classmethod
    def _is_there(cls, path: str) -> str:
        if path and not Path(path).is_file():
            raise ValueError(f"there is no file {path!r} here")
        return path

    @model_validator(mode="after")
    def _is_one_bill(self) -> Self:
        given = [bool(self.focus_csv), bool(self.files), self.athena is not None]
        if sum(given) != 1:
            raise ValueError("give exactly one of files: a list, or athena:")
        return self

    @property
    def addresses(self) -> tuple[str, ...]:
        """The files, whichever key names them; none for Athena."""
        return tuple(self.files) or ((self.focus_csv,) if self.focus_csv else ())

    @property
    def place(self) -> str:
        """Where it is, in few words."""
        if self.athena is not None:
            return f"Athena, {self.athena.database}.{self.athena.table}"
        return ", ".join(self.addresses)

    def source(self, team_keys: Sequence[str], team_names: Mapping[str, str]) -> BillSource:
        """The bill as the engine reads it; nothing is asked yet.

        `team_keys` are tags that name a team, `team_names` its spellings.
        """
        login = self.aws.login(self.region)
        return BillSource(
            name=self.name,
            files=self.addresses,
            athena=self.athena.to_domain() if self.athena else None,
            session=partial(session_for, login),
            usage=UsageFiles(tuple(self.usage.containers), tuple(self.usage.estate)),
            rules=AllocationRules(
                team_keys=tuple(team_keys),
                shared_namespaces=tuple(self.shared_namespaces),
                team_names=dict(team_names),
            ),
            memory_mb=self.memory_mb,
            history_months=self.history_months,
            say=log.info,
        )
