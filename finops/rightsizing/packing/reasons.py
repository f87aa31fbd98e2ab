"""Sentences that say why a pod finds no place."""

from finops.domain.quantities import GIB
from finops.rightsizing.packing.model import Amounts, ClusterModel
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
