"""The words of an over-requested container: its summary, the facts behind it, and what to mind."""

from decimal import Decimal

from finops.detectors.detector import plural
from finops.detectors.over_request import OverRequest
from finops.domain.estate import UsageSummary
from finops.domain.money import format_usd
from finops.domain.opportunity import Evidence
from finops.rightsizing.modes import CPU_KNOBS, Cadence
from finops.rightsizing.past import past_exceedance
from finops.rightsizing.policies import FULL_HISTORY_DAYS
from finops.rightsizing.requests import widening
from finops.rightsizing.rules import heap
from finops.rightsizing.rules.measure import CPU, MEMORY
from finops.rightsizing.rules.running_time import is_average, pods_held


def summary_of(found: OverRequest) -> str:
    """One sentence: who asks for what, used how much, and what that frees."""
    frees = f"frees room worth {format_usd(found.usd_per_month)}/month"
    if found.rises:
        frees = f"holds that, at {format_usd(found.usd_per_month)}/month more room"
    return f"{opening_of(found)}; {found.written(found.proposal.request)} {frees}."


def opening_of(found: OverRequest) -> str:
    """The first half of the summary, which holds whatever is proposed."""
    case, usage = found.case, found.case.usage
    used = f"used at most {found.written(usage.maximum)} in {_window(usage)}"
    if usage.window_days <= 0:
        used = f"was seen using {found.written(usage.maximum)}"
    return (
        f"{found.resource.label} asks for {case.written(case.current)} {case.measure.noun} on "
        f"{_pods(found)} and {used}"
    )


def evidence_of(found: OverRequest) -> tuple[Evidence, ...]:
    """Every number of the proposal with where it was read."""
    case, rule, usage = found.case, found.rule, found.case.usage
    noun, source = case.measure.noun, case.usage.source or "snapshot"
    declared = case.workload.source_path or "snapshot"
    price = rule.price_of(found.prices)
    unit = "core" if case.measure is CPU else "GiB"
    formula = f"{case.written(case.percentile)} = {rule.formula(found.mode)}"
    return (
        Evidence(f"{noun} request", f"{case.written(case.current)} × {_count(found)}", declared),
        Evidence(f"{noun} maximum", found.written(usage.maximum), source),
        *_percentile(found, source),
        Evidence("history", f"{_window(usage)}, {plural(usage.samples, 'sample')}", source),
        Evidence("proposal", formula, "rightsizing"),
        Evidence("price", f"${_plain(price)} per {unit}-hour", found.prices.source),
        *_margin(usage),
        *_exceeded(found, source),
        *_held(found, source),
        *_troubles(found, source),
        *_room(found, declared),
    )


def caveats_of(found: OverRequest) -> tuple[str, ...]:
    """What a person should know before agreeing."""
    asked = (*_history_caveats(found), *_workload_caveats(found))
    return (*found.proposal.notes, *(sentence for applies, sentence in asked if applies))


def _margin(usage: UsageSummary) -> tuple[Evidence, ...]:
    wider = widening(usage.window_days)
    label = "margin for the short history"
    return (Evidence(label, f"{wider:.3g}×", "rightsizing"),) if wider > 1 else ()


def _percentile(found: OverRequest, source: str) -> tuple[Evidence, ...]:
    """The quantile that the CPU formula reads; memory's reads the maximum."""
    if found.case.measure is MEMORY:
        return ()
    share = CPU_KNOBS[found.mode, Cadence.STANDING].share
    value = found.written(found.case.usage.percentile(share))
    return (Evidence(f"CPU {share:.0%}".replace("%", "th percentile"), value, source),)


def _exceeded(found: OverRequest, source: str) -> tuple[Evidence, ...]:
    """How often the past would have gone over the proposal."""
    past = past_exceedance(found.case.usage, found.proposal.request)
    if past is None:
        return ()
    label = f"over the last {_window(found.case.usage)} it would have been exceeded"
    return (Evidence(label, past.words, source),)


def _held(found: OverRequest, source: str) -> tuple[Evidence, ...]:
    peaks = found.case.usage.daily_peaks
    held = sum(peak <= found.proposal.request for peak in peaks)
    days = f"{held} of {plural(len(peaks), 'day')}"
    return (Evidence("would have held", days, source),) if peaks else ()


def _troubles(found: OverRequest, source: str) -> tuple[Evidence, ...]:
    """Kills and throttling, where somebody counted them."""
    trouble = found.case.container.stability
    if trouble is None:
        return ()
    if found.case.measure is CPU:
        share = trouble.throttled_share
        words = f"{share or 0:.1%} of CPU periods on the worst day"
        return () if share is None else (Evidence("throttled", words, source),)
    if not trouble.is_watched:
        return ()
    words = f"{trouble.oom_kills:,} in {plural(round(trouble.window_days, 1), 'day')}"
    return (Evidence("kills for want of memory", words, source),)


def _room(found: OverRequest, declared: str) -> tuple[Evidence, ...]:
    """What the pod really gives back, where that is less than the change."""
    case = found.case
    if found.moved_per_pod >= case.current - found.proposal.request:
        return ()
    words = f"{case.written(found.moved_per_pod)} a pod: an init container asks for the rest"
    return (Evidence("room freed", words, declared),)


def _history_caveats(found: OverRequest) -> tuple[tuple[bool, str], ...]:
    days = found.case.usage.window_days
    single = "Judged from a single figure without history: the margin is the widest and the "
    short = f"{days:.2g} of {FULL_HISTORY_DAYS} days of history: the margin is wider than usual."
    return (
        (days <= 0, f"{single}confidence low."),
        (0 < days < FULL_HISTORY_DAYS, short),
    )


def _workload_caveats(found: OverRequest) -> tuple[tuple[bool, str], ...]:
    case, workload = found.case, found.case.workload
    is_memory = case.measure is MEMORY
    trouble = case.container.stability
    is_watched = trouble is not None and trouble.is_watched
    is_scheduled = workload.kind == "CronJob"
    jvm = "It looks like a JVM and does not say how large its heap is: stay above the heap plus "
    return (
        (workload.replicas == 1 and not is_scheduled, _ONE_REPLICA),
        (
            is_memory and heap.is_unbounded_jvm(workload, case.container),
            f"{jvm}what is outside of it.",
        ),
        (is_memory and not is_watched, _KILLS_UNKNOWN),
        (workload.kind == "DaemonSet", _EACH_NODE),
        (is_scheduled, _RUNS_SOMETIMES),
    )


_ONE_REPLICA = "It has one replica: the restart may interrupt it."
_KILLS_UNKNOWN = "Whether it was ever killed for want of memory is not known: nobody counted."
_EACH_NODE = (
    "It runs once on every node and is judged by the busiest one; nodes of other sizes need less."
)
_RUNS_SOMETIMES = (
    "It is priced for the time it runs, which older days tell to the hour only; the change counts "
    "from its next run."
)


def _pods(found: OverRequest) -> str:
    workload = found.case.workload
    if is_average(workload):
        return f"{_count(found)} pods at a time on average"
    return plural(workload.replicas, "replica")


def _count(found: OverRequest) -> str:
    workload, held = found.case.workload, pods_held(found.case.workload, found.case.usage)
    return f"{held:.3g}" if is_average(workload) else str(workload.replicas)


def _window(usage: UsageSummary) -> str:
    if usage.window_days <= 0:
        return "a single figure"
    return plural(round(usage.window_days, 1), "day")


def _plain(price: Decimal) -> str:
    """Five decimals at most, as AWS prints its rates: 0.0359712 → `0.03597`."""
    return format(round(price, 5).normalize(), "f")
