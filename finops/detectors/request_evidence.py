"""The words of an over-requested container: its summary, the facts behind it, and what to mind."""

from decimal import Decimal

from finops.detectors.detector import plural
from finops.detectors.over_request import OverRequest
from finops.domain.estate import UsageSummary
from finops.domain.money import format_usd
from finops.domain.opportunity import Evidence, Setting
from finops.rightsizing.modes import CPU_KNOBS, Cadence
from finops.rightsizing.past import past_exceedance
from finops.rightsizing.policies import FULL_HISTORY_DAYS
from finops.rightsizing.requests import MAX_FALL_SHARE, widening

# Runtimes that size a heap themselves: the working set tells little of what they may still take.
_HEAP_RUNTIMES = (
    *("java", "jvm", "spring", "tomcat", "jenkins", "keycloak", "spark", "flink"),
    *("kafka", "zookeeper", "cassandra", "elasticsearch", "opensearch", "solr", "logstash"),
)


def summary_of(case: OverRequest) -> str:
    """One sentence: who asks for what, used how much, and what that frees."""
    rule, usage = case.rule, case.usage
    noun, written = rule.noun, rule.written
    on = plural(case.workload.replicas, "replica")
    used = f"used at most {written(round(usage.maximum))} in {_window(usage)}"
    if usage.window_days <= 0:
        used = f"was seen using {written(round(usage.maximum))}"
    return (
        f"{case.resource.label} asks for {written(case.current)} {noun} on {on} and {used}; "
        f"{written(case.proposed)} frees room worth {format_usd(case.freed_usd_per_month)}/month."
    )


def evidence_of(case: OverRequest) -> tuple[Evidence, ...]:
    """Every number of the proposal with where it was read."""
    rule, usage, source = case.rule, case.usage, case.usage.source or "snapshot"
    price = rule.price_of(case.prices)
    unit = "core" if rule.per_unit == 1000 else "GiB"
    facts = [
        Evidence(
            f"{rule.noun} request",
            f"{rule.written(case.current)} × {case.workload.replicas}",
            case.workload.source_path or "snapshot",
        ),
        Evidence(f"{rule.noun} maximum", rule.written(round(usage.maximum)), source),
        *_percentile_of(case, source),
        Evidence("history", f"{_window(usage)}, {plural(usage.samples, 'sample')}", source),
        Evidence(
            "proposal", f"{rule.written(case.wanted)} = {rule.formula(case.mode)}", "rightsizing"
        ),
        Evidence("price", f"${_plain(price)} per {unit}-hour", case.prices.source),
    ]
    wider = widening(usage.window_days)
    if wider > 1:
        facts.append(Evidence("margin for the short history", f"{wider:.3g}×", "rightsizing"))
    past = past_exceedance(usage, case.proposed)
    if past is not None:
        window = f"over the last {_window(usage)} it would have been exceeded"
        facts.append(Evidence(window, past.words, source))
    if usage.daily_peaks:
        held = sum(peak <= case.proposed for peak in usage.daily_peaks)
        days = f"{held} of {plural(len(usage.daily_peaks), 'day')}"
        facts.append(Evidence("would have held", days, source))
    return tuple(facts)


def _percentile_of(case: OverRequest, source: str) -> tuple[Evidence, ...]:
    """The quantile that the CPU formula reads; memory's reads the maximum."""
    if case.rule.setting is Setting.MEMORY_REQUEST:
        return ()
    share = CPU_KNOBS[case.mode, Cadence.STANDING].share
    value = case.rule.written(round(case.usage.percentile(share)))
    return (Evidence(f"{case.rule.noun} {share:.0%}".replace("%", "th percentile"), value, source),)


def caveats_of(case: OverRequest) -> tuple[str, ...]:
    """What a person should know before agreeing."""
    return tuple(
        sentence
        for applies, sentence in (*_history_caveats(case), *_workload_caveats(case))
        if applies
    )


def _history_caveats(case: OverRequest) -> tuple[tuple[bool, str], ...]:
    days, wanted = case.usage.window_days, case.rule.written(case.wanted)
    single = "Judged from a single figure without history: the margin is the widest and the "
    short = f"{days:.2g} of {FULL_HISTORY_DAYS} days of history: the margin is wider than usual."
    step = f"A first step: one value falls by at most {MAX_FALL_SHARE:.0%} at once; {wanted} would "
    return (
        (days <= 0, f"{single}confidence low."),
        (0 < days < FULL_HISTORY_DAYS, short),
        (case.proposed > case.wanted, f"{step}do."),
    )


def _workload_caveats(case: OverRequest) -> tuple[tuple[bool, str], ...]:
    rule, limit = case.rule, case.rule.limit_of(case.container)
    stays = f" ({rule.written(limit)})" if limit else ""
    equal = "Request and limit were equal: the pod may leave the Guaranteed class and be evicted "
    heap = "It looks like a runtime that sizes its own heap (JVM): stay above -Xmx plus what is "
    is_memory = rule.setting is Setting.MEMORY_REQUEST
    return (
        (limit is not None, f"The {rule.noun} limit stays as it is{stays}."),
        (limit == case.current, f"{equal}earlier when its node runs short."),
        (case.workload.replicas == 1, "It has one replica: the restart may interrupt it."),
        (is_memory and _sizes_its_heap(case), f"{heap}outside the heap."),
    )


def _sizes_its_heap(case: OverRequest) -> bool:
    workload = case.workload
    texts = (workload.name, case.container.name, *workload.tags.keys(), *workload.tags.values())
    return any(runtime in text.lower() for text in texts for runtime in _HEAP_RUNTIMES)


def _window(usage: UsageSummary) -> str:
    if usage.window_days <= 0:
        return "a single figure"
    return plural(round(usage.window_days, 1), "day")


def _plain(price: Decimal) -> str:
    """Five decimals at most, as AWS prints its rates: 0.0359712 → `0.03597`."""
    return format(round(price, 5).normalize(), "f")
