import pytest

from finops.domain.estate import Container, ContainerRole
from finops.rightsizing.rules.measure import CPU
from finops.rightsizing.rules.pod_room import effective_request, largest_init


def one(name: str, millicores: int, role: ContainerRole = ContainerRole.APP) -> Container:
    return Container(name=name, cpu_request_millicores=millicores, role=role)


INIT, SIDECAR = ContainerRole.INIT, ContainerRole.SIDECAR
APP, PROXY = one("app", 600), one("proxy", 400)


@pytest.mark.parametrize(
    ("containers", "changed", "room"),
    [
        ((APP, PROXY), {}, 1000),
        ((APP, PROXY, one("migrate", 700, INIT)), {}, 1000),
        ((APP, PROXY, one("migrate", 700, INIT)), {"app": 300}, 700),
        ((APP, PROXY, one("migrate", 700, INIT)), {"app": 300, "proxy": 100}, 700),
        ((APP, one("mesh", 50, SIDECAR)), {}, 650),
        # The order counts: a sidecar that starts first runs beside the init container.
        ((one("app", 100), one("mesh", 50, SIDECAR), one("init", 400, INIT)), {}, 450),
        ((one("app", 100), one("init", 400, INIT), one("mesh", 50, SIDECAR)), {}, 400),
        ((one("app", 100), one("mesh", 50, SIDECAR), one("init", 400, INIT)), {"mesh": 10}, 410),
    ],
)
def test_a_pod_holds_the_larger_of_what_runs_and_what_starts(
    containers: tuple[Container, ...], changed: dict[str, int], room: int
) -> None:
    assert effective_request(containers, CPU, changed) == room


def test_the_largest_init_container_is_named() -> None:
    assert largest_init((APP, one("a", 5, INIT), one("b", 9, INIT)), CPU) == "b"
    assert largest_init((APP,), CPU) == ""
