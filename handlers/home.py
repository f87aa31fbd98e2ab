"""Gathers what one person's Home tab shows, and publishes it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from finops.domain.errors import NotPermitted
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import Actor, Approvers, Directory, Preferences
from finops.finops_engine import FinOpsEngine, SavingsSummary
from handlers.blocks.home import MOST_WAITING, HomeContent, Role, home_view
from handlers.context import HandlerContext, deciders_of
from handlers.interaction import Interaction
from handlers.setup.offer import teaching_of

TREND_WEEKS = 12


def publish_home(context: HandlerContext, interaction: Interaction, *, notice: str = "") -> None:
    """Render and publish. Calls Slack: after the ack, or for an event, which needs none."""
    content = home_content(context, interaction, notice=notice)
    view = home_view(content, instance=context.instance, currency=context.engine.currency)
    interaction.client.views_publish(user_id=interaction.user, view=view)


def home_content(
    context: HandlerContext, interaction: Interaction, *, notice: str = ""
) -> HomeContent:
    """What waits for this person's teams, their savings, and how fresh all of it is."""
    engine, directory = context.engine, context.engine.directory
    actor = _actor(context, interaction)
    waiting = engine.ledger.find(statuses=[Status.NOTIFIED], limit=500)
    names = {r.opportunity.team for r in waiting} | {t.name for t in directory.teams}
    teams = {name for name in names if actor.is_among(deciders_of(directory, name))}
    mine = [record for record in waiting if record.opportunity.team in teams]
    preferences = engine.preferences(actor.id)
    role = chosen_role(preferences, actor, directory)
    is_of_all = role in (Role.LEADER, Role.PLATFORM) or not teams
    return HomeContent(
        waiting=mine,
        teams=sorted(teams),
        summary=engine.savings() if is_of_all else _summary_of(engine, teams),
        freshness=engine.freshness(),
        role=role,
        approves=_approved_teams(actor, directory),
        owns=sorted(team.name for team in directory.teams if actor.id in team.owners),
        approvals=engine.approvals([record.id for record in mine[:MOST_WAITING]]),
        needed={r.id: engine.check(r.id).approvals_needed for r in mine[:MOST_WAITING]},
        trend=trend(engine, () if is_of_all else teams, now=engine.now()),
        streak=engine.streak(actor.id),
        mutes=[mute for mute in engine.mutes() if mute.scope.team in teams],
        preferences=preferences,
        notice=notice,
        setup=teaching_of(context, actor),
        may_set=context.desk.may_set(actor),
    )


def chosen_role(preferences: Preferences, actor: Actor, directory: Directory) -> Role:
    """The view that the person has chosen, else the one that fits what they do."""
    return Role(preferences.home) if preferences.home in set(Role) else role_of(actor, directory)


def role_of(actor: Actor, directory: Directory) -> Role:
    """The view of a person. Who approves what has no own approvers looks after the installation."""
    if any(team.approvers and actor.is_among(team.approvers) for team in directory.teams):
        return Role.APPROVER
    if any(actor.id in team.owners for team in directory.teams):
        return Role.OWNER
    looks_after = (directory.platform, directory.default_approvers)
    return Role.PLATFORM if any(map(actor.is_among, looks_after)) else Role.LEADER


def trend(engine: FinOpsEngine, teams: Collection[str], *, now: datetime) -> Sequence[Decimal]:
    """Verified cash a month at the end of each of the last weeks, of some teams or of all."""
    verified = [
        record
        for record in engine.ledger.find(statuses=[Status.VERIFIED])
        if not teams or record.opportunity.team in teams
    ]
    if not any(record.realised.cashable_usd_per_month for record in verified):
        return ()
    ends = [now - timedelta(weeks=back) for back in range(TREND_WEEKS - 1, -1, -1)]
    return [_verified_by(verified, end) for end in ends]


def _verified_by(verified: Sequence[OpportunityRecord], end: datetime) -> Decimal:
    known = (r for r in verified if r.verified_at is not None and r.verified_at <= end)
    return sum((r.realised.cashable_usd_per_month for r in known), Decimal(0))


def _approved_teams(actor: Actor, directory: Directory) -> list[str]:
    return sorted(
        team.name
        for team in directory.teams
        if actor.is_among(directory.every_approver_of(team.name))
    )


def _summary_of(engine: FinOpsEngine, teams: Collection[str]) -> SavingsSummary:
    """The savings of some teams."""
    everything = engine.savings()
    rows = tuple(row for row in everything.by_team if row.name in teams)
    return SavingsSummary(
        estimated=sum((row.offered + row.in_flight for row in rows), Saving()),
        in_flight=sum((row.in_flight for row in rows), Saving()),
        realised=sum((row.realised for row in rows), Saving()),
        by_team=rows,
        by_kind=(),
        by_cluster=(),
    )


def _actor(context: HandlerContext, interaction: Interaction) -> Actor:
    """The person with all configured groups; without them when Slack cannot be asked.

    Nothing is permitted here, so an unknown membership only leaves something off the page.
    """
    directory = context.engine.directory
    groups = [*directory.default_approvers.user_groups, *directory.platform.user_groups]
    groups += [group for team in directory.teams for group in team.approvers.user_groups]
    try:
        return context.membership.actor_of(
            interaction.body, Approvers(user_groups=tuple(dict.fromkeys(groups)))
        )
    except NotPermitted:
        return Actor(interaction.user)
