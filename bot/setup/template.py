"""The commented configuration file. Pure: answers in, text out.

What was answered stands as a setting; everything else stands as a comment with its default or an
example. Each key says what it does, and what happens without it. Two `##` explain; taking away one
`#` switches a setting on.
"""

from collections.abc import Iterable, Sequence

from bot.setup.aws_accounts import AwsAccount
from bot.setup.bills import Bill
from bot.setup.interview import Answers, ClusterAnswer
from bot.setup.template_texts import (
    ACCOUNT_EXAMPLE,
    ACCOUNTS_HEAD,
    APPROVERS_HEAD,
    BILL_HEAD,
    CLUSTER_EXAMPLE,
    CLUSTERS_HEAD,
    FIRST_LINES,
    LEADERSHIP_HEAD,
    REPOSITORIES_HEAD,
    REST,
    SCHEDULE,
    TEAMS,
    TRIAGE_HEAD,
)


def render(answers: Answers) -> str:
    """The whole file; `finops check-config` accepts it whatever was answered."""
    parts = [
        FIRST_LINES,
        _repositories(answers),
        _clusters(answers),
        _accounts(answers.accounts),
        TEAMS,
        _approvers(answers.approvers),
        TRIAGE_HEAD + _setting("triage_channel", answers.triage_channel, example="C0223456789"),
        LEADERSHIP_HEAD
        + _setting("leadership_channel", answers.leadership_channel, example="C0323456789"),
        BILL_HEAD + _bill(answers.bill),
        SCHEDULE.replace("TIME_ZONE", quoted(answers.time_zone)),
        REST,
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def quoted(text: str) -> str:
    """A YAML scalar: always quoted, because `no`, `1e3` and `a: b` are not what they look like."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def _repositories(answers: Answers) -> str:
    repository = answers.repository
    if repository is None:
        lines = ["#repositories:", "#  - github: acme/platform", "#    name: acme/platform"]
        lines += ["#    base_url: https://api.github.com", "#    pull_requests: {max_open: 10}"]
    else:
        lines = ["repositories:", f"  - github: {quoted(repository.name)}"]
        lines += [f"    base_url: {quoted(repository.base_url)}"]
        lines += ["#    pull_requests: {max_open: 10, max_per_hour: 5, rebase_when: conflicted}"]
    return REPOSITORIES_HEAD + _joined(lines)


def _clusters(answers: Answers) -> str:
    if not answers.clusters:
        return CLUSTERS_HEAD + CLUSTER_EXAMPLE
    repository = answers.repository.name if answers.repository else ""
    entries = [_cluster(each, repository) for each in answers.clusters]
    return CLUSTERS_HEAD + "clusters:\n" + "".join(entries)


def _cluster(cluster: ClusterAnswer, repository: str) -> str:
    how = f"context: {quoted(cluster.context)}" if cluster.context else "in_cluster: true"
    lines = [f"  - name: {quoted(cluster.name)}", "    kubernetes:", f"      {how}"]
    if cluster.prometheus_url:
        lines += ["    prometheus:", f"      url: {quoted(cluster.prometheus_url)}"]
    if repository:
        lines.append(f"    repository: {quoted(repository)}")
    return _joined(lines)


def _accounts(accounts: Sequence[AwsAccount]) -> str:
    if not accounts:
        return ACCOUNTS_HEAD + ACCOUNT_EXAMPLE
    entries = [_account(each) for each in accounts]
    return ACCOUNTS_HEAD + "accounts:\n" + "".join(entries)


def _account(account: AwsAccount) -> str:
    lines = [f"  - name: {quoted(f'aws-{account.number}')}"]
    if account.profile:
        lines.append(f"    profile: {quoted(account.profile)}")
    return _joined(lines)


def _approvers(ids: Sequence[str]) -> str:
    if not ids:
        lines = ["#default_approvers:", "#  users: [U0123456789]", "#  user_groups: [S0123456789]"]
        return APPROVERS_HEAD + _joined(lines)
    lines = ["default_approvers:"]
    users = [each for each in ids if not each.startswith("S")]
    groups = [each for each in ids if each.startswith("S")]
    lines += [f"  users: [{', '.join(users)}]"] if users else ["#  users: [U0123456789]"]
    lines += [f"  user_groups: [{', '.join(groups)}]"] if groups else []
    return APPROVERS_HEAD + _joined(lines)


def _bill(bill: Bill | None) -> str:
    if bill is None:
        return _joined(["#bill:", '#  files: ["bill/focus.csv"]'])
    lines = ["bill:"]
    if bill.table is not None:
        table = bill.table
        lines += ["  athena:", f"    database: {quoted(table.database)}"]
        lines += [f"    table: {quoted(table.table)}", f"    output: {quoted(table.output)}"]
    else:
        lines.append(f"  files: [{', '.join(quoted(file) for file in bill.files)}]")
    lines += [f"  region: {quoted(bill.region)}"] if bill.region else []
    lines += [f"  aws: {{profile: {quoted(bill.profile)}}}"] if bill.profile else []
    return _joined(lines)


def _setting(key: str, value: str, *, example: str) -> str:
    return f"{key}: {quoted(value)}\n" if value else f"#{key}: {example}\n"


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
