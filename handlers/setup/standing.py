"""How the setup stands: what is done, open, or said by the file. Pure but for the desk."""

from collections.abc import Iterable

from finops.domain.people import Directory
from finops.domain.sending import SendingHours
from finops.guardrails import GuardrailRules, GuardrailVerdict
from handlers.blocks import text
from handlers.blocks.setup.approvals import (
    AUTO,
    FOUR_EYES,
    MERGE,
    REQUIRED,
    TWO_FROM_RISK,
    TWO_FROM_USD,
)
from handlers.blocks.setup.channels import CHANNELS, MONTHLY, WEEKLY
from handlers.blocks.setup.currency import currency_words
from handlers.blocks.setup.hub import StepStatus
from handlers.blocks.setup.level import level_words
from handlers.blocks.setup.limits import LIMITS
from handlers.blocks.setup.people import names
from handlers.blocks.setup.rules import OUTSIDE, WINDOWS
from handlers.blocks.setup.times import (
    HOUR,
    PLAN_HOUR,
    PLAN_WEEKDAY,
    QUIET,
    WEEKDAY,
    ZONE,
    time_words,
)
from handlers.context import HandlerContext
from handlers.ids import SetupStep
from handlers.settings_desk import Path, SettingsDesk

# Where each setting of the channels' form stands in the file.
CHANNEL_PATHS: dict[str, Path] = {
    **{name: (name,) for name in CHANNELS},
    WEEKLY: ("schedule", WEEKLY),
    MONTHLY: ("schedule", MONTHLY),
}
TIME_PATHS: dict[str, Path] = {
    name: ("schedule", name) for name in (WEEKDAY, HOUR, PLAN_WEEKDAY, PLAN_HOUR, QUIET, ZONE)
}
APPROVAL_PATHS: dict[str, Path] = {
    name: ("guardrails", *name.split("."))
    for name in (AUTO, REQUIRED, TWO_FROM_USD, TWO_FROM_RISK, FOUR_EYES, MERGE)
}
# The same of the rules' form; protected tags are locked one by one.
RULE_PATHS: dict[str, Path] = {
    WINDOWS: ("guardrails", "change_windows", "windows"),
    OUTSIDE: ("guardrails", "change_windows", "outside"),
}
TAGS: Path = ("guardrails", "protected_tags")
PEOPLE = ("platform", "default_approvers")
CURRENCY: Path = ("currency",)


def standing(context: HandlerContext) -> list[StepStatus]:
    """Every step, in the order in which they are taken."""
    directory = context.engine.directory
    return [
        # Before the triage channel, or everything goes there first.
        _teams(directory),
        _channels(directory, context.desk),
        _times(context.desk, context.engine.parts.pace.hours),
        _people(directory, context.desk),
        _level(directory, context.desk),
        _approvals(context),
        *(_limits(step, context) for step in LIMITS),
        _rules(context),
        _currency(context),
    ]


def is_untouched(directory: Directory) -> bool:
    """Whether nothing is configured that a card or a digest could go to."""
    return not (directory.teams or directory.triage_channel or directory.leadership_channel)


def without_approvers(directory: Directory) -> list[str]:
    """The teams for which nobody may approve."""
    return [team.name for team in directory.teams if not directory.approvers_of(team.name)]


def locked_limits(step: SetupStep, desk: SettingsDesk) -> set[str]:
    """The limits of a form that the file says."""
    return {one.name for one in LIMITS[step] if desk.is_locked(("guardrails", one.name))}


def _channels(directory: Directory, desk: SettingsDesk) -> StepStatus:
    digest = desk.digest_time()
    places = [
        f"Triage: {_place(directory.triage_channel, 'no triage channel')}",
        f"Leadership: {_place(directory.leadership_channel, 'no channel for leaders')}",
        *(
            f"{edition.upper()}: {text.channel(channel)}"
            for channel, edition in directory.digest_channels
            if channel != directory.leadership_channel
        ),
    ]
    kinds = [("weekly", digest.is_weekly), ("monthly", digest.is_monthly)]
    digests = " and ".join(kind for kind, comes in kinds if comes) or "none"
    return StepStatus(
        SetupStep.CHANNELS,
        f"{' · '.join(places)} · Digests: {digests}",
        is_open=not (directory.triage_channel and directory.leadership_channel),
        is_locked=_all_locked(desk, CHANNEL_PATHS.values()),
    )


def _times(desk: SettingsDesk, hours: SendingHours) -> StepStatus:
    digest = desk.digest_time()
    return StepStatus(
        SetupStep.TIMES,
        f"Digest: {time_words(digest.weekday, digest.hour)} · "
        f"Plans: {time_words(hours.plan_weekday, hours.plan_hour)} · "
        f"Quiet: {hours.quiet_words or 'never'} · {text.safe(digest.time_zone, 60)}",
        is_locked=_all_locked(desk, TIME_PATHS.values()),
    )


def _teams(directory: Directory) -> StepStatus:
    homeless = [t.name for t in directory.teams if not directory.contact_of(t.name).place]
    words = text.count(len(directory.teams), "team") if directory.teams else "No team yet"
    if homeless:
        words += f" · nowhere to ask {_some(homeless)}"
    is_open = not directory.teams or bool(homeless)
    return StepStatus(SetupStep.TEAMS, words, is_open=is_open)


def _people(directory: Directory, desk: SettingsDesk) -> StepStatus:
    nobody = without_approvers(directory)
    is_open = bool(nobody) or not (directory.teams or directory.default_approvers)
    words = f"Platform engineers: {names(directory.platform)}"
    if directory.default_approvers:
        words += f" · Approvers for everybody: {names(directory.default_approvers)}"
    if nobody:
        words += f" · *nobody may approve for {_some(nobody)}*"
    return StepStatus(
        SetupStep.PEOPLE,
        words,
        is_open=is_open,
        is_locked=_all_locked(desk, [(name,) for name in PEOPLE]),
    )


def _level(directory: Directory, desk: SettingsDesk) -> StepStatus:
    is_locked = desk.is_locked(("approval_levels",))
    return StepStatus(SetupStep.LEVEL, level_words(directory.approval_levels), is_locked=is_locked)


def _limits(step: SetupStep, context: HandlerContext) -> StepStatus:
    rules = context.engine.parts.guardrails.settings
    usual = GuardrailRules()
    other = sum(getattr(rules, one.name) != getattr(usual, one.name) for one in LIMITS[step])
    locked = locked_limits(step, context.desk)
    words = f"{text.count(other, 'limit')} of your own" if other else "The usual limits hold"
    if locked:
        words += f" · {len(locked)} set in the file"
    return StepStatus(step, words, is_locked=len(locked) == len(LIMITS[step]))


def _approvals(context: HandlerContext) -> StepStatus:
    rules = context.engine.parts.guardrails.settings.rules_for("")
    approved = "Approved by the bot or by people" if rules.auto_approve else "Approved by people"
    merged = "merged by the code host" if rules.auto_merge else "merged by people"
    eyes = " · Four eyes" if rules.approvals.four_eyes else ""
    # With four eyes the host merges only what two people have agreed to.
    is_unseen = rules.auto_approve and rules.auto_merge and not rules.approvals.four_eyes
    unseen = " · :warning: some changes are seen by nobody" if is_unseen else ""
    return StepStatus(
        SetupStep.APPROVALS,
        f"{approved}, {merged}{eyes}{unseen}",
        is_locked=_all_locked(context.desk, APPROVAL_PATHS.values()),
    )


def _rules(context: HandlerContext) -> StepStatus:
    rules = context.engine.parts.guardrails.settings.rules_for("")
    welcome = text.count(len(rules.change_windows.windows), "change window")
    tags = sum(verdict is not GuardrailVerdict.ALLOW for verdict in rules.protected_tags.values())
    return StepStatus(
        SetupStep.RULES,
        f"{welcome if rules.change_windows.windows else 'Changes at any time'} · "
        f"{text.count(tags, 'protected tag')}",
        is_locked=_all_locked(context.desk, RULE_PATHS.values()),
    )


def _currency(context: HandlerContext) -> StepStatus:
    words = currency_words(context.engine.currency)
    return StepStatus(SetupStep.CURRENCY, words, is_locked=context.desk.is_locked(CURRENCY))


def _all_locked(desk: SettingsDesk, paths: Iterable[Path]) -> bool:
    return all(desk.is_locked(path) for path in paths)


def _place(channel: str, otherwise: str) -> str:
    return text.channel(channel) if channel else otherwise


def _some(teams: list[str]) -> str:
    shown = ", ".join(text.safe(name, 60) for name in teams[:3])
    return f"{shown} and {len(teams) - 3} more" if len(teams) > 3 else shown
