"""From what was seen and what a person says to what goes into the file."""

import re
from dataclasses import dataclass

from bot.setup.aws_accounts import AwsAccount
from bot.setup.bills import Bill
from bot.setup.git_remote import GitHubRemote
from bot.setup.prometheus_probe import first_usual_address, server_at
from bot.setup.questions import NONE, Questions
from bot.setup.surroundings import Surroundings

_URL = re.compile(r"https?://[^\s/]+\S*")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{8,}")
_APPROVER = re.compile(r"[UWS][A-Z0-9]{8,}")


@dataclass(frozen=True, slots=True)
class ClusterAnswer:
    """A cluster to watch; without a context it is the one the bot runs in."""

    name: str
    context: str = ""
    prometheus_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the file will say; everything else stays a comment with its default."""

    clusters: tuple[ClusterAnswer, ...] = ()
    accounts: tuple[AwsAccount, ...] = ()
    repository: GitHubRemote | None = None
    triage_channel: str = ""
    leadership_channel: str = ""
    approvers: tuple[str, ...] = ()
    bill: Bill | None = None
    time_zone: str = "UTC"


def interview(seen: Surroundings, ask: Questions) -> Answers:
    """Ask about each thing that was seen, then for what no machine can know."""
    ask.say()
    clusters = _clusters(seen, ask)
    accounts = _accounts(seen, ask)
    repository = _repository(seen, ask)
    bill = _bill(seen, ask)
    ask.say()
    ask.say("Slack: ids, not names. Enter leaves one open; the file says what happens without it.")
    triage = ask.text("Channel for waste that nobody owns (C…)", problem=_no_channel)
    leadership = ask.text("Channel for the weekly digest (C…)", problem=_no_channel)
    approvers = ask.text("Who may approve: people (U…) or groups (S…)", problem=_no_approver)
    return Answers(
        clusters=clusters,
        accounts=accounts,
        repository=repository,
        triage_channel=triage,
        leadership_channel=leadership,
        approvers=_listed(approvers),
        bill=bill,
        time_zone=seen.time_zone,
    )


def _clusters(seen: Surroundings, ask: Questions) -> tuple[ClusterAnswer, ...]:
    found: list[ClusterAnswer] = []
    if seen.is_in_cluster and ask.yes("Watch the cluster this runs in?", default=True):
        found.append(ClusterAnswer("this-cluster"))
    if seen.contexts:
        names = [context.name for context in seen.contexts]
        picked = ask.some("Which clusters shall be watched?", names, default=names)
        found += [ClusterAnswer(c.cluster, c.name) for c in seen.contexts if c.name in picked]
    return tuple(_with_prometheus(found, ask))


def _with_prometheus(found: list[ClusterAnswer], ask: Questions) -> list[ClusterAnswer]:
    # An address inside a cluster says nothing of the other ones.
    usual = _usual_address(ask) if len(found) == 1 else ""
    return [
        ClusterAnswer(each.name, each.context, _prometheus(each.name, usual, ask)) for each in found
    ]


def _usual_address(ask: Questions) -> str:
    if not ask.yes("Try the usual addresses of Prometheus from here?", default=False):
        return ""
    usual = first_usual_address()
    ask.say(f"  {server_at(usual)} answers at {usual}." if usual else "  Nobody answers there.")
    return usual


def _prometheus(cluster: str, usual: str, ask: Questions) -> str:
    while True:
        url = ask.text(
            f"Address of the Prometheus of {cluster} (http://… or none)",
            default=usual,
            problem=_no_url,
        )
        if url in ("", NONE):
            return ""
        server = server_at(url)
        ask.say(f"  {server} answers." if server else "  Nobody answers as Prometheus does there.")
        if server or ask.yes("Keep it? It may be reachable from the bot only", default=True):
            return url.rstrip("/")


def _accounts(seen: Surroundings, ask: Questions) -> tuple[AwsAccount, ...]:
    if not seen.accounts:
        return ()
    labels = {account_label(account): account for account in seen.accounts}
    picked = ask.some("Which AWS accounts shall be watched?", list(labels), default=list(labels))
    return tuple(labels[label] for label in picked)


def account_label(account: AwsAccount) -> str:
    """`123456789012 (profile shop)`."""
    return f"{account.number} ({f'profile {account.profile}' if account.profile else 'default'})"


def _repository(seen: Surroundings, ask: Questions) -> GitHubRemote | None:
    if seen.github is None:
        return None
    question = f"Open pull requests in {seen.github.name}?"
    return seen.github if ask.yes(question, default=True) else None


def _bill(seen: Surroundings, ask: Questions) -> Bill | None:
    """The first that is wanted; one in trouble only when somebody says so."""
    for bill in seen.bills.bills:
        if ask.yes(f"Prove savings with the bill {bill.words}?", default=not bill.trouble):
            return bill
    return None


def _no_channel(answer: str) -> str:
    return "" if _CHANNEL.fullmatch(answer) else "That is no id: it looks like C0123456789."


def _no_approver(answer: str) -> str:
    wrong = next((word for word in _listed(answer) if not _APPROVER.fullmatch(word)), "")
    return f"{wrong} is no id: people are U0123456789, groups S0123456789." if wrong else ""


def _no_url(answer: str) -> str:
    if answer == NONE or _URL.fullmatch(answer):
        return ""
    return "Write an address that begins with http:// or https://, or none."


def _listed(answer: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[,\s]+", answer) if word)
