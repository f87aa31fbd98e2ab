"""Whether a node group holds its pods when the cloud, not we, chooses which of its nodes leave.

A scaling group picks by its own rule (zones in balance, oldest template first), so a smaller size
is safe only if it holds for every choice. Where there are few choices all are tried; else the
hardest (the fullest by each resource, each zone first) and random ones. Pods are placed as
kube-scheduler does by default, on the emptiest node, not as a clever plan would.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from finops.rightsizing.packing.model import PENDING, Amounts, ClusterModel, Flags
from finops.rightsizing.packing.occupancy import Occupancy
from finops.rightsizing.packing.packer import Packer, spread
from finops.rightsizing.packing.reasons import no_place_sentence

_ALL_UP_TO = 64
_RANDOM = 12
_HARDEST = 2


@dataclass(frozen=True, slots=True)
class GroupDrain:
    """How many of a group may leave, for `tried` choices of which (`is_every_choice`: all).

    `next_fails` is the sentence of the first pod without a place if one more left, empty where
    only blocked nodes remain or more was not asked.
    """

    leaving: int
    tried: int
    is_every_choice: bool
    next_fails: str


class GroupDrains:
    """Drain tests over one cluster; every pod that waits has its place first."""

    def __init__(self, model: ClusterModel, headroom: float) -> None:
        """`headroom` is the share (0-1) that a receiving node keeps free."""
        self.model = model
        self.occupancy = Occupancy(model, model.requests, headroom)
        pending = np.flatnonzero(model.home == PENDING)
        Packer(model, model.requests).place(self.occupancy, pending, lambda _: False)

    def most_leaving(self, members: Sequence[int], most: int) -> GroupDrain:
        """The most of these nodes, at most `most`, whose pods fit on the others, whichever leave.

        Blocked nodes stay. Pods go to nodes of the same group only, so that the findings of several
        groups add up.
        """
        free = [node for node in members if not self.model.blocked[node]]
        low, high, fails = 0, min(most, len(free)), ""
        while low < high:
            leaving = (low + high + 1) // 2
            failing = self._first_failure(free, members, leaving, _HARDEST)
            if failing:
                high, fails = leaving - 1, failing
            else:
                low = leaving
        # What the hardest choices allow is then tried with all of them.
        while low and (failing := self._first_failure(free, members, low)):
            low, fails = low - 1 - low // 20, failing
        tried = list(self._choices(free, low)) if low else []
        every = math.comb(len(free), low) <= _ALL_UP_TO
        return GroupDrain(low, len(tried), every, fails)

    def _first_failure(
        self, free: Sequence[int], members: Sequence[int], leaving: int, most: int | None = None
    ) -> str:
        """The first failure of any choice, or of the first `most` of them; else an empty text."""
        receivers = np.zeros(len(self.model.nodes), dtype=bool)
        receivers[list(members)] = True
        choices = itertools.islice(self._choices(free, leaving), most)
        failures = (self._fails(each, receivers) for each in choices)
        return next(filter(None, failures), "")

    def _fails(self, leaving: Sequence[int], receivers: Flags) -> str:
        """Why these cannot leave together, or an empty text."""
        occupancy = self.occupancy.copy()
        pods = np.flatnonzero(np.isin(occupancy.placed, leaving))
        pods = pods[np.argsort(-self.model.priority[pods], kind="stable")]
        occupancy.lift_all(pods)
        occupancy.open[list(leaving)] = False
        failing = spread(occupancy, pods, receivers)
        return "" if failing is None else no_place_sentence(occupancy, failing)

    def _choices(self, free: Sequence[int], leaving: int) -> Iterator[Sequence[int]]:
        if math.comb(len(free), leaving) <= _ALL_UP_TO:
            yield from itertools.combinations(free, leaving)
            return
        nodes = np.array(free)
        used: Amounts = self.model.room[nodes] - self.occupancy.free[nodes]
        for resource in range(used.shape[1]):
            yield nodes[np.argsort(-used[:, resource], kind="stable")][:leaving].tolist()
        for domains in self.model.domains:
            yield nodes[np.argsort(domains[nodes], kind="stable")][:leaving].tolist()
        random = np.random.default_rng(0)  # the same choices in every cycle
        for _ in range(_RANDOM):
            yield random.permutation(nodes)[:leaving].tolist()
