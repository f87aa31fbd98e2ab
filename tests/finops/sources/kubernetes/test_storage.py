from finops.domain.cluster_objects import Claim
from tests.finops.sources.kubernetes.builders import Raw, metadata, of_kinds
from tests.finops.sources.kubernetes.test_cluster import read


def volume(name: str, phase: str, **spec: object) -> Raw:
    source = {"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": f"vol-{name}"}}
    return {
        "metadata": metadata(name, ""),
        "spec": source | {"capacity": {"storage": "8Gi"}} | spec,
        "status": {"phase": phase},
    }


def claims(*volumes: Raw, claims: list[Raw] | None = None) -> tuple[Claim, ...]:
    return read(of_kinds(PersistentVolume=volumes, PersistentVolumeClaim=claims or [])).claims


def test_a_released_volume_is_a_claim_of_nobody() -> None:
    kept = volume(
        "a",
        "Released",
        persistentVolumeReclaimPolicy="Retain",
        claimRef={"namespace": "shop", "name": "gone"},
    )
    [found] = claims(kept)

    assert (found.namespace, found.name, found.phase) == ("", "", "Released")
    assert (found.volume_handle, found.reclaim_policy) == ("vol-a", "Retain")
    assert found.size_bytes == 8 * 2**30


def test_a_bound_volume_whose_claim_was_not_read_keeps_its_claims_name() -> None:
    [found] = claims(volume("a", "Bound", claimRef={"namespace": "shop", "name": "data"}))

    assert (found.namespace, found.name, found.phase) == ("shop", "data", "Bound")


def test_a_claim_that_waits_for_its_volume_has_its_wanted_size() -> None:
    waiting = {
        "metadata": metadata("data"),
        "spec": {"resources": {"requests": {"storage": "5Gi"}}},
        "status": {"phase": "Pending"},
    }
    [found] = claims(claims=[waiting])

    assert (found.phase, found.size_bytes, found.volume_handle) == ("Pending", 5 * 2**30, "")


def test_an_in_tree_volume_gives_id_and_zone_by_its_labels() -> None:
    old = volume("a", "Available", awsElasticBlockStore={"volumeID": "aws://eu-west-1a/vol-9"})
    del old["spec"]["csi"]
    old["metadata"]["labels"] = {"failure-domain.beta.kubernetes.io/zone": "eu-west-1a"}
    [found] = claims(old)

    assert (found.volume_handle, found.zone) == ("vol-9", "eu-west-1a")
