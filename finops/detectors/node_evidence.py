"""The words of an idle node group: its summary, the facts behind it, and what to mind."""

from finops.detectors.detector import plural
from finops.detectors.node_packing import FILL_SHARE, GroupCase, GroupUse, blockers_sentence
from finops.domain.money import Saving, format_usd
from finops.domain.opportunity import Evidence
from finops.domain.quantities import GIB
from finops.rightsizing.requests import MAX_FALL_SHARE

_INVENTORY = "node inventory"


def summary_of(case: GroupCase, kept: int, saving: Saving) -> str:
    """One sentence: how many nodes of which type may leave, why, and what leaves the bill."""
    size = len(case.nodes)
    kind = case.group.instance_type or case.nodes[0].instance_type
    return (
        f"{size - kept} of {size} {kind} nodes in {case.group.name} may leave: on {kept} the "
        f"requests fill CPU {_fill(case.cpu, kept):.0%} and memory {_fill(case.memory, kept):.0%}; "
        f"{_worth(saving)}."
    )


def _worth(saving: Saving) -> str:
    freed = f"{format_usd(saving.freed_usd_per_month)}/month of commitments is freed"
    if not saving.cashable_usd_per_month:
        return freed
    cash = f"{format_usd(saving.cashable_usd_per_month)}/month leaves the bill"
    return f"{cash} and {freed}" if saving.freed_usd_per_month else cash


def evidence_of(case: GroupCase, kept: int) -> tuple[Evidence, ...]:
    """Every number of the proposal with where it was read."""
    group, node = case.group, case.nodes[0]
    cores = f"{case.cpu.requested / 1000:,.2f} cores"
    gib = f"{case.memory.requested / GIB:,.1f} GiB"
    facts = [
        Evidence("size", f"{len(case.nodes)} nodes, minimum {group.min_size}", "node group"),
        Evidence(
            "smallest node",
            f"{case.cpu.allocatable / 1000:g} cores and {case.memory.allocatable / GIB:.1f} GiB "
            "for pods",
            _INVENTORY,
        ),
        Evidence("requests of its pods", f"{cores}, {gib}", _INVENTORY),
        Evidence("pods", f"{sum(n.pods for n in case.nodes):,}", _INVENTORY),
        Evidence(
            f"room on {kept} nodes",
            f"{case.cpu.room_on(kept) / 1000:,.2f} cores, {case.memory.room_on(kept) / GIB:,.1f} "
            f"GiB ({FILL_SHARE:.0%} of what they offer)",
            "node packing",
        ),
        Evidence(
            "price", f"${case.price_usd_per_month}/month a node", node.price_source or _INVENTORY
        ),
    ]
    return (*facts, *_simulated(case), *_peaks(case))


def caveats_of(case: GroupCase, needed: int, kept: int) -> tuple[str, ...]:
    """What a person should know before agreeing."""
    size, minimum = len(case.nodes), case.group.min_size
    types = sorted({node.instance_type for node in case.nodes})
    reasons = sorted({node.cashable_reason for node in case.nodes if node.cashable_reason})
    said = (
        (
            bool(case.blocked),
            f"First protect from scale-in what must stay: {blockers_sentence(case)}",
        ),
        (
            bool(case.losing_files),
            f"Moving pods of this group loses the local files (emptyDir) of {case.losing_files}; "
            "the cluster autoscaler would leave their nodes alone, a smaller size does not.",
        ),
        (not case.is_usage_known, "Usage was not measured on every node: judged by requests only."),
        (
            case.is_usage_known and case.cpu.window_days <= 0,
            "Usage is a single figure without history: the confidence is low.",
        ),
        (
            kept > max(needed, minimum),
            f"A first step: at most {MAX_FALL_SHARE:.0%} leaves at once; {max(needed, minimum)} "
            "nodes would do.",
        ),
        (
            kept == minimum and needed < kept,
            f"The declared minimum of {minimum} holds it; {needed} would do.",
        ),
        *((True, reason) for reason in reasons),
        (len(types) > 1, f"The group mixes {', '.join(types)}; the smallest and cheapest counts."),
        (
            True,
            f"The pods of {plural(size - kept, 'node')} move to others; an autoscaler that "
            "owns the size may undo it.",
        ),
        (
            True,
            "Where smaller requests made this room, it is the same money: do not add it to what "
            "they freed.",
        ),
    )
    return tuple(sentence for applies, sentence in said if applies)


def _simulated(case: GroupCase) -> list[Evidence]:
    """What was tried: how many choices of the nodes that leave, and that all pods had a place."""
    if case.drain is None:
        return []
    tried = plural(case.drain.tried, "choice")
    which = f"all {tried}" if case.drain.is_every_choice else f"{tried}, the fullest among them,"
    return [
        Evidence(
            "places for its pods",
            f"{which} of {case.drain.leaving} nodes that leave: each pod fits on the others "
            "with 20 % kept free",
            "packing simulation",
        )
    ]


def _peaks(case: GroupCase) -> list[Evidence]:
    if case.cpu.peak is None or case.memory.peak is None:
        return []
    peak = f"{case.cpu.peak / 1000:,.2f} cores, {case.memory.peak / GIB:,.1f} GiB"
    days = plural(round(min(case.cpu.window_days, case.memory.window_days), 1), "day")
    source = case.cpu.source or _INVENTORY
    return [Evidence("highest usage", peak, source), Evidence("history", days, source)]


def _fill(use: GroupUse, nodes: int) -> float:
    return use.requested / (nodes * use.allocatable)
