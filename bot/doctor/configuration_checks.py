"""What `finops doctor` says of the configuration file: who may approve, where cards go, what is
missing for what. Pure.
"""

import calendar
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from bot.configuration import Configuration
from bot.estate_sections import ClusterSection
from bot.people_sections import ApproversSection
from finops.domain.checks import Area, Check

_AREA = Area("Configuration")
MOST_NAMES = 5
# A month's rate and its month: what finance works with, and long enough not to nag.
MOST_RATE_DAYS = 45


@dataclass(frozen=True, slots=True)
class _IdKind:
    noun: str
    pattern: re.Pattern[str]
    example: str


_CHANNEL = _IdKind("channel", re.compile(r"[CGD][A-Z0-9]{8,}"), "C0123456789")
_USER = _IdKind("person", re.compile(r"[UW][A-Z0-9]{8,}"), "U0123456789")
_GROUP = _IdKind("user group", re.compile(r"S[A-Z0-9]{8,}"), "S0123456789")


@dataclass(frozen=True, slots=True)
class ConfigurationChecks:
    """The file as it was read (Checked)."""

    configuration: Configuration
    path: Path | None
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    def check(self) -> Sequence[Check]:
        """Every finding; a file that is fine gives four green lines."""
        return tuple(self._checks())

    def _checks(self) -> Iterator[Check]:
        if self.path is None:
            fix = "Run `finops init`: it writes finops.yaml from what it can see."
            yield _AREA.failed("file", "there is no configuration file", fix=fix)
            return
        yield _AREA.ok("file", str(self.path))
        yield _estate(self.configuration)
        for cluster in self.configuration.clusters:
            yield from _cluster(cluster)
        yield _approvers(self.configuration)
        yield from _channels(self.configuration)
        yield from _ids(self.configuration)
        yield _schedule(self.configuration)
        yield _bill(self.configuration)
        yield from _currency(self.configuration, self.today)


def _estate(configuration: Configuration) -> Check:
    clusters, accounts = len(configuration.clusters), len(configuration.accounts)
    detail = f"{_count(clusters, 'cluster')}, {_count(accounts, 'account')}"
    if clusters + accounts:
        return _AREA.ok("estate", detail)
    fix = "List clusters: or accounts:, or let `finops init` write them."
    return _AREA.failed("estate", f"{detail}: nothing is looked at", fix=fix)


def _cluster(cluster: ClusterSection) -> Iterator[Check]:
    subject = f"cluster {cluster.name}"
    measured = cluster.kubernetes is not None and cluster.kubernetes.metrics_api
    if cluster.prometheus is None and not measured:
        detail = "no usage source, so no request can be judged"
        fix = "Add prometheus: {url: …}, or metrics_api: true under kubernetes:."
        yield _AREA.warning(subject, detail, fix=fix)
    if not cluster.repository:
        detail = "no repository, so waste is shown but no pull request can be opened"
        yield _AREA.warning(subject, detail, fix="Name one of repositories: as its repository:.")


def _approvers(configuration: Configuration) -> Check:
    directory = configuration.directory()
    alone = [team.name for team in directory.teams if not directory.approvers_of(team.name)]
    nobody = not directory.default_approvers
    if nobody and len(alone) == len(directory.teams):
        fix = "List people or user groups under default_approvers:."
        return _AREA.failed("approvers", "nobody may approve anything", fix=fix)
    if nobody:
        others = f"{_names(alone)} and of " if alone else ""
        detail = f"nobody may approve waste of {others}teams that are not listed"
        return _AREA.warning("approvers", detail, fix="List default_approvers:.")
    return _AREA.ok("approvers", "every team has somebody who may approve")


def _channels(configuration: Configuration) -> Iterator[Check]:
    silent = [name for name, team in configuration.teams.items() if not team.channel]
    if not configuration.triage_channel:
        whose = f"of {_names(silent)} and " if silent else ""
        detail = f"no triage channel: waste {whose}that nobody owns is told to nobody"
        yield _AREA.failed("triage", detail, fix="Set triage_channel: to a channel's id.")
    elif silent:
        detail = f"{_names(silent)} without a channel: their cards go to the triage channel"
        yield _AREA.warning("teams", detail, fix="Give each team a channel:.")
    elif configuration.teams:
        yield _AREA.ok("teams", f"{_count(len(configuration.teams), 'team')}, each with a channel")
    else:
        yield _AREA.ok("teams", "none is listed, so the triage channel gets everything")
    if not configuration.directory().digest_channels:
        detail = "no leadership channel, so no digest for leaders"
        yield _AREA.warning("leadership", detail, fix="Set leadership_channel: to a channel's id.")


def _ids(configuration: Configuration) -> Iterator[Check]:
    """Names where ids belong: Slack would answer `channel_not_found`, or nobody could approve."""
    for where, kind, value in _written_ids(configuration):
        if value and not kind.pattern.fullmatch(value):
            fix = f"Write the id, such as {kind.example}; not the name."
            yield _AREA.failed(where, f"{value!r} is no id of a {kind.noun}", fix=fix)


def _written_ids(configuration: Configuration) -> Iterator[tuple[str, "_IdKind", str]]:
    yield "triage_channel", _CHANNEL, configuration.triage_channel
    yield "leadership_channel", _CHANNEL, configuration.leadership_channel
    yield "cfo_channel", _CHANNEL, configuration.cfo_channel
    yield "cto_channel", _CHANNEL, configuration.cto_channel
    yield from _approver_ids("default_approvers", configuration.default_approvers)
    for name, team in configuration.teams.items():
        yield f"teams.{name}.channel", _CHANNEL, team.channel
        for owner in team.owners:
            yield f"teams.{name}.owners", _USER, owner
        yield from _approver_ids(f"teams.{name}.approvers", team.approvers)


def _approver_ids(where: str, section: ApproversSection) -> Iterator[tuple[str, "_IdKind", str]]:
    for user in section.users:
        yield f"{where}.users", _USER, user
    for group in section.user_groups:
        yield f"{where}.user_groups", _GROUP, group


def _schedule(configuration: Configuration) -> Check:
    schedule = configuration.schedule
    days = [calendar.day_name[schedule.digest_weekday]] if schedule.weekly_digest else []
    days += ["first working day of the month"] if schedule.monthly_digest else []
    at = f"{schedule.digest_hour:02d}:00 {schedule.time_zone}"
    when = f"digest {' and '.join(days)} {at}" if days else "no digest"
    return _AREA.ok("schedule", f"{when}, a cycle every {schedule.cycle_every_hours} h")


def _bill(configuration: Configuration) -> Check:
    bill = configuration.bill
    if bill is not None and bill.focus_csv:
        fix = f"Write bill: {{files: [{json.dumps(bill.focus_csv)}]}}; focus_csv goes away."
        return _AREA.warning("bill", f"{bill.focus_csv}, by its old key focus_csv", fix=fix)
    if bill is not None:
        return _AREA.ok("bill", bill.place)
    fix = "Export CUR 2.0 or FOCUS (AWS Data Exports) and set bill: {files: [...]}, or athena:."
    return _AREA.warning("bill", "no bill, so no saving can ever be proved", fix=fix)


def _currency(configuration: Configuration, today: date) -> Iterator[Check]:
    """Whether the rate is one of these days; nothing to say of dollars."""
    currency = configuration.currency.to_domain()
    if currency.as_of is None:
        return
    age = (today - currency.as_of).days
    if age > MOST_RATE_DAYS:
        fix = "Set currency.per_usd and currency.as_of to a rate of this month."
        detail = f"{currency.rate_words}: that is {age} days ago"
        yield _AREA.warning("currency", detail, fix=fix)
    elif age < -1:
        fix = "Set currency.as_of to the day of the rate."
        yield _AREA.warning("currency", f"{currency.rate_words}: that day is to come", fix=fix)
    else:
        yield _AREA.ok("currency", currency.rate_words)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more
