"""What a proposal sets: one setting from one value to another."""

from dataclasses import dataclass
from enum import StrEnum

from finops.domain.errors import InvalidInput


class Setting(StrEnum):
    """What a change sets: CPU in millicores, memory in bytes, group sizes in machines.

    Types and classes are texts as AWS writes them (`m6i.large`, `gp3`); everything else is a
    whole number. PRESENT is 1 or 0. A database's STORAGE_SIZE_GIB is its allocated storage.

    HEAP is what a container tells its Java by `-Xmx`, in bytes; it only ever changes together with
    the container's memory.

    A HPA target is the average utilisation in per cent at which a HorizontalPodAutoscaler adds
    pods. It only ever changes together with the request that it is a share of, in one opportunity
    on that container, and the autoscaler is the one whose `scaleTargetRef` names the container's
    workload.
    """

    CPU_REQUEST = "cpu_request_millicores"
    CPU_LIMIT = "cpu_limit_millicores"
    MEMORY_REQUEST = "memory_request_bytes"
    MEMORY_LIMIT = "memory_limit_bytes"
    HEAP = "heap_bytes"
    HPA_CPU_TARGET = "hpa_cpu_target_percent"
    HPA_MEMORY_TARGET = "hpa_memory_target_percent"
    DESIRED_SIZE = "desired_size"
    MIN_SIZE = "min_size"
    MAX_SIZE = "max_size"
    PRESENT = "present"
    INSTANCE_TYPE = "instance_type"
    INSTANCE_CLASS = "instance_class"
    VOLUME_TYPE = "volume_type"
    VOLUME_SIZE_GIB = "volume_size_gib"
    VOLUME_IOPS = "volume_iops"
    VOLUME_THROUGHPUT = "volume_throughput_mib_per_second"
    STORAGE_TYPE = "storage_type"
    STORAGE_SIZE_GIB = "storage_size_gib"

    @property
    def is_text(self) -> bool:
        """Whether its values are texts and not whole numbers."""
        return self in _TEXTS

    @property
    def is_hpa_target(self) -> bool:
        """Whether it is a HorizontalPodAutoscaler's and not the resource's own."""
        return self in (Setting.HPA_CPU_TARGET, Setting.HPA_MEMORY_TARGET)

    @property
    def is_beside_resources(self) -> bool:
        """Whether it changes with a container's requests but is not written among them."""
        return self is Setting.HEAP or self.is_hpa_target


_TEXTS = frozenset(
    {Setting.INSTANCE_TYPE, Setting.INSTANCE_CLASS, Setting.VOLUME_TYPE, Setting.STORAGE_TYPE}
)


@dataclass(frozen=True, slots=True)
class Change:
    """One setting from one value to another; `None` means not set before.

    `holder` names the object that holds the setting where it is not the resource itself: the
    HorizontalPodAutoscaler as the cluster knows it.

    Raises InvalidInput when a value is a text where the setting is a number, or the reverse.
    """

    setting: Setting
    current: int | str | None
    proposed: int | str
    holder: str = ""

    def __post_init__(self) -> None:
        wanted = str if self.setting.is_text else int
        for value in (self.proposed, self.current):
            if type(value) is not wanted and value is not None:
                kind = "a text" if wanted is str else "a whole number"
                raise InvalidInput(f"{self.setting} is {value!r}; it is {kind}.")
        if self.proposed is None:
            raise InvalidInput(f"{self.setting} is to become nothing; propose a value.")

    @property
    def number(self) -> int:
        """What a numeric setting is to become. Raises InvalidInput for a text."""
        return _number(self.setting, self.proposed)

    @property
    def current_number(self) -> int | None:
        """What a numeric setting is now, or None. Raises InvalidInput for a text."""
        return None if self.current is None else _number(self.setting, self.current)


def _number(setting: Setting, value: int | str) -> int:
    if isinstance(value, str):
        raise InvalidInput(f"{setting} is {value!r}; it is no number.")
    return value
