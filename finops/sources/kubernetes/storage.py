"""Claims with the volumes behind them, and volumes without a claim."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from finops.domain.cluster_objects import Claim, Pod
from finops.domain.errors import InvalidInput
from finops.domain.quantities import parse_memory_bytes
from finops.sources.kubernetes.listing import Notes
from finops.sources.kubernetes.objects import Meta, Place, Scope, meta_of
from finops.sources.raw_objects import Mapped, at, listing, mapping, mappings, text

_CLASS = "volume.beta.kubernetes.io/storage-class"
_ZONES = (
    "topology.ebs.csi.aws.com/zone",
    "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/zone",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersistentVolume:
    """A PersistentVolume; `claimed_by` is the (namespace, name) it was last bound to."""

    name: str
    phase: str
    handle: str
    zone: str
    reclaim_policy: str
    storage_class: str
    size_bytes: int
    claimed_by: Place | None
    created_at: datetime | None


def read_claim(raw: Mapped, scope: Scope, notes: Notes) -> Claim:
    """A PersistentVolumeClaim, still without what its volume says."""
    meta, spec = meta_of(raw), mapping(raw.get("spec"))
    size = at(raw, "status", "capacity", "storage") or at(spec, "resources", "requests", "storage")
    return Claim(
        namespace=meta.namespace,
        name=meta.name,
        phase=text(at(raw, "status", "phase")),
        storage_class=text(spec.get("storageClassName")) or meta.annotations.get(_CLASS, ""),
        size_bytes=_size(size, meta, notes),
        volume_name=text(spec.get("volumeName")),
        created_at=meta.created_at,
    )


def read_volume(raw: Mapped, scope: Scope, notes: Notes) -> PersistentVolume:
    """A PersistentVolume."""
    meta, spec = meta_of(raw, is_namespaced=False), mapping(raw.get("spec"))
    claim = mapping(spec.get("claimRef"))
    place = (text(claim.get("namespace")), text(claim.get("name")))
    return PersistentVolume(
        name=meta.name,
        phase=text(at(raw, "status", "phase")),
        handle=_handle(spec),
        zone=_zone(meta, spec),
        reclaim_policy=text(spec.get("persistentVolumeReclaimPolicy")),
        storage_class=text(spec.get("storageClassName")) or meta.annotations.get(_CLASS, ""),
        size_bytes=_size(at(spec, "capacity", "storage"), meta, notes),
        claimed_by=place if all(place) else None,
        created_at=meta.created_at,
    )


def claims_of(
    claims: Iterable[Claim], volumes: Iterable[PersistentVolume], pods: Iterable[Pod]
) -> tuple[Claim, ...]:
    """Claims with volume and pods, then volumes that are bound to none of them."""
    by_name = {volume.name: volume for volume in volumes}
    users: dict[Place, list[str]] = {}
    for pod in pods:
        for name in pod.claims:
            users.setdefault((pod.namespace, name), []).append(pod.name)
    joined = [_joined(claim, by_name, users) for claim in claims]
    taken = {claim.volume_name for claim in joined}
    return (*joined, *(_alone(v, users) for v in by_name.values() if v.name not in taken))


def _joined(
    claim: Claim, volumes: Mapping[str, PersistentVolume], users: Mapping[Place, list[str]]
) -> Claim:
    claim = replace(claim, used_by=tuple(users.get((claim.namespace, claim.name), ())))
    volume = volumes.get(claim.volume_name)
    if volume is None:
        return claim
    return replace(
        claim,
        volume_handle=volume.handle,
        zone=volume.zone,
        reclaim_policy=volume.reclaim_policy,
        storage_class=claim.storage_class or volume.storage_class,
    )


def _alone(volume: PersistentVolume, users: Mapping[Place, list[str]]) -> Claim:
    """A volume whose claim is gone; a bound one has its claim's name, which was not read."""
    bound = volume.claimed_by if volume.phase == "Bound" else None
    namespace, name = bound or ("", "")
    return Claim(
        namespace=namespace,
        name=name,
        phase=volume.phase,
        storage_class=volume.storage_class,
        size_bytes=volume.size_bytes,
        volume_name=volume.name,
        volume_handle=volume.handle,
        zone=volume.zone,
        reclaim_policy=volume.reclaim_policy,
        used_by=tuple(users.get((namespace, name), ())),
        created_at=volume.created_at,
    )


def _handle(spec: Mapped) -> str:
    """The cloud's id; in-tree EBS volumes write it as `aws://eu-central-1a/vol-0abc`."""
    handle = text(at(spec, "csi", "volumeHandle"))
    return handle or text(at(spec, "awsElasticBlockStore", "volumeID")).rpartition("/")[2]


def _zone(meta: Meta, spec: Mapped) -> str:
    return next(_zones(meta, spec), "")


def _zones(meta: Meta, spec: Mapped) -> Iterator[str]:
    """From node affinity, else from the labels that in-tree volumes carry."""
    for term in mappings(at(spec, "nodeAffinity", "required", "nodeSelectorTerms")):
        for each in mappings(term.get("matchExpressions")):
            if each.get("key") in _ZONES and each.get("operator") == "In":
                yield from (text(value) for value in listing(each.get("values")))
    yield from (meta.labels[key] for key in _ZONES if meta.labels.get(key))


def _size(raw: object, meta: Meta, notes: Notes) -> int:
    if raw is None:
        return 0
    try:
        return parse_memory_bytes(raw if isinstance(raw, str) else "no text")
    except InvalidInput as error:
        notes.add(f"{meta.namespace}/{meta.name}: storage: {str(error).rstrip('.')}".lstrip("/"))
        return 0
