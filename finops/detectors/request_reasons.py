"""Every reasoned no about a request: why it is not judged, and why it stays as it is."""

from decimal import Decimal

from finops.detectors.detector import plural
from finops.detectors.over_request import OverRequest
from finops.domain.estate import Container, ContainerRole, UsageSummary, Workload
from finops.domain.money import format_usd
from finops.rightsizing.refresh import RAISE_SHARE
from finops.rightsizing.rules import (
    memory_kills,
    running_time,
    vertical_autoscaler,
)
from finops.rightsizing.rules.measure import Measure
from finops.rightsizing.rules.pod_room import largest_init

# Under a dollar a month a pull request costs more attention than it frees.
LEAST_SAVING_USD_PER_MONTH = Decimal(1)
_NO = frozenset({"", "0", "false", "no", "none", "off"})


def why_not_judged(
    measure: Measure,
    workload: Workload,
    container: Container,
    usage: UsageSummary | None,
    *,
    min_history_days: float,
) -> str:
    """The first reason not to look at usage at all, or an empty text."""
    if container.role is ContainerRole.INIT:
        return _why_not_init(measure, workload, container)
    short = usage is not None and 0 < usage.window_days < min_history_days
    days = usage.window_days if usage else 0
    hpa = f"A HorizontalPodAutoscaler scales it on {measure.noun}: a smaller request would only "
    unlisted = "Whether a HorizontalPodAutoscaler scales it is unknown: they could not be listed."
    reasons = (
        (workload.replicas <= 0, "It is scaled to zero and holds nothing."),
        (
            not measure.request_of(container),
            f"No {measure.noun} request is set, so there is nothing to lower.",
        ),
        (_is_said_to_scale_on(workload, measure.word), f"{hpa}add replicas."),
        (not workload.is_scaling_known, unlisted),
        (
            _scales_on_the_unknown(workload),
            "What its HorizontalPodAutoscaler scales it on is unknown.",
        ),
        (usage is None, f"No {measure.noun} usage was found for this container."),
        (short, f"{days:.2g} of {plural(min_history_days, 'day')} of history."),
    )
    return (
        running_time.why_not_priced(workload, usage)
        or vertical_autoscaler.why_not(workload)
        or next((sentence for applies, sentence in reasons if applies), "")
    )


def why_not_changed(found: OverRequest) -> str:
    """Why the request stays as it is, or an empty text."""
    case, proposal = found.case, found.proposal
    if found.rises:
        return _why_not_raised(found)
    if proposal.refusal:
        return proposal.refusal
    if proposal.request == case.current:
        right = f"The request of {case.written(case.current)} is already right."
        return " ".join((right, *proposal.notes))
    return _why_too_small(found) or _why_nothing_is_freed(found)


def why_next(found: OverRequest, container: str) -> str:
    """Why a container waits for another whose request is measured by the same target."""
    name = found.proposal.target.holder if found.proposal.target else ""
    return (
        f"One at a time: the target of the HorizontalPodAutoscaler {name} moves with the request "
        f"of container {container} first."
    )


def _why_not_init(measure: Measure, workload: Workload, container: Container) -> str:
    """An init container counts only where it asks for more than all that runs after it."""
    asked = measure.request_of(container) or 0
    running = [each for each in workload.containers if each.role is not ContainerRole.INIT]
    later = sum(measure.request_of(each) or 0 for each in running)
    if asked <= later:
        return "An init container has ended before the others start, so it holds nothing."
    return (
        f"This init container asks for {measure.written(asked)} {measure.noun} and all that runs "
        f"after it for {measure.written(later)}, so it sets what the pod holds. What it needs is "
        "not measured here: look whether it needs that much."
    )


def _why_too_small(found: OverRequest) -> str:
    case, least = found.case, found.rule.least_fall_share(found.case.current)
    if found.fall_share < least:
        return (
            f"The change is too small: {case.written(case.current)} to "
            f"{case.written(found.proposal.request)} is {found.fall_share:.0%}, and {least:.0%} is "
            "worth a restart at this size."
        )
    return ""


def _why_nothing_is_freed(found: OverRequest) -> str:
    case, usd = found.case, found.usd_per_month
    if found.moved_per_pod <= 0:
        init = largest_init(case.workload.containers, case.measure)
        return (
            f"Lowering it frees nothing: the init container {init} asks for more before it starts, "
            "and the pod holds that room as long as it lives."
        )
    if usd < LEAST_SAVING_USD_PER_MONTH:
        return (
            f"The change is too small: it frees {format_usd(usd)}/month, "
            f"under {format_usd(LEAST_SAVING_USD_PER_MONTH)}."
        )
    return ""


def _why_not_raised(found: OverRequest) -> str:
    """Why a request that could be larger is left; empty where it is too small to be left.

    It is too small where it is exceeded as a matter of course, or after a kill. A rise needs no
    least amount of money and no long history: it is gated less than a fall.
    """
    case, proposal = found.case, found.proposal
    asks, wanted = case.written(case.current), case.written(proposal.request)
    used = found.rule.steady_use(case.usage)
    was_killed = memory_kills.was_killed(case)
    if used <= case.current and not was_killed:
        right = f"There is nothing to lower: {asks} is asked and {wanted} would be right."
        return " ".join((right, *proposal.notes))
    if proposal.refusal:
        return proposal.refusal
    if -found.fall_share < RAISE_SHARE and not was_killed:
        return f"The change is too small: {asks} to {wanted} is {-found.fall_share:.0%} more."
    if case.usage.window_days <= 0 and not was_killed:
        figures = f"{found.written(used)} used, {asks} asked"
        return (
            f"It uses more {case.measure.noun} than it asks for ({figures}), but one figure is no "
            f"history: look whether it should ask for {wanted}."
        )
    return ""


def _scales_on_the_unknown(workload: Workload) -> bool:
    return workload.autoscaler is not None and not workload.autoscaler.metrics


def _is_said_to_scale_on(workload: Workload, word: str) -> bool:
    """Whether a tag `hpa` (or `…/hpa`) says so where no autoscaler was read; `cpu`, `memory`."""
    if workload.autoscaler is not None:
        return False
    for key, value in workload.tags.items():
        said = value.strip().lower()
        if key.rsplit("/", 1)[-1].lower() != "hpa" or said in _NO:
            continue
        named = {each for each in ("cpu", "memory") if each in said}
        return not named or word in named
    return False
