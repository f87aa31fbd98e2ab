"""Sentences for what stays and figures for what moves."""

import numpy as np
from numpy.typing import NDArray

from finops.domain.quantities import GIB
from finops.rightsizing.packing.model import PENDING, Amounts, ClusterModel, MoveRisk
from finops.rightsizing.packing.occupancy import Occupancy


def no_place_sentence(occupancy: Occupancy, pod: int) -> str:
    """Why a pod finds no place, by the filter that leaves none: rules, topology, then room."""
    model, number = occupancy.model, occupancy.model.pod_class[pod]
    where = f"no place for pod {model.pods[pod]}:"
    its = model.classes[number]
    there = occupancy.open & model.receives
    may_run = model.may_run[number] & there
    if not may_run.any():
        narrowed = its.limits_words or "taints"
        return f"{where} none of the other {int(there.sum())} nodes matches ({narrowed})"
    if not occupancy.allowed(pod).any():
        topology = _topology_words(model, number)
        return f"{where} {topology} keeps it off the other {int(may_run.sum())} nodes it may run on"
    return (
        f"{where} none of the {int(occupancy.allowed(pod).sum())} nodes it may run on has "
        f"{_amount_words(model, occupancy.requests[pod])} free"
    )


def _topology_words(model: ClusterModel, number: int) -> str:
    its = model.classes[number]
    keys = [model.topology_keys[key] for key in its.apart_on]
    spreads = [model.topology_keys[key] for key, _ in its.spreads]
    said = [f"anti-affinity on {', '.join(keys)}"] if keys else []
    said += [f"topology spread over {', '.join(spreads)}"] if spreads else []
    said += [f"host port {', '.join(str(port) for port in its.ports)}"] if its.ports else []
    return " with ".join(said)


def _amount_words(model: ClusterModel, amounts: Amounts) -> str:
    words = []
    for resource, amount in zip(model.resources, amounts.tolist(), strict=True):
        if resource == "cpu":
            words.append(f"{amount / 1000:,.2f} cores")
        elif resource == "memory":
            words.append(f"{amount / GIB:,.2f} GiB")
        elif amount:
            words.append("a pod slot" if resource == "pods" else f"{amount} {resource}")
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def risk_of(
    model: ClusterModel, requests: Amounts, placed: NDArray[np.int64], leaving: tuple[int, ...]
) -> MoveRisk:
    """What the plan moves and how full it leaves the nodes that stay."""
    moved = np.flatnonzero((model.home != placed) & (model.home != PENDING))
    stays = np.ones(len(model.nodes), dtype=bool)
    stays[list(leaving)] = False
    used = np.zeros_like(model.room)
    at_place = np.flatnonzero(placed != PENDING)
    np.add.at(used, placed[at_place], requests[at_place])
    room = np.maximum(model.room[stays], 0)
    fills = np.divide(used[stays], room, out=np.zeros(room.shape), where=room > 0)
    total = np.maximum(room.sum(axis=0), 1)
    return MoveRisk(
        moved=len(moved),
        moved_share=len(moved) / max(1, int((model.home != PENDING).sum())),
        singletons=_singletons(model, moved),
        losing_files=int(model.loses_files[moved].sum()),
        fill={
            resource: round(float(share), 4)
            for resource, share in zip(model.resources, used[stays].sum(axis=0) / total, strict=True)
        },
        fullest=float(fills.max(initial=0.0)),
    )


def _singletons(model: ClusterModel, moved: NDArray[np.int64]) -> int:
    counts = model.workload_pods()
    classes, number = model.classes, model.pod_class
    return sum(int(counts[classes[number[pod]].workload] == 1) for pod in moved.tolist())
