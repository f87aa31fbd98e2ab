"""Orphan volumes: a block volume that nothing has been attached to for a week and that is paid.

The threshold is Trusted Advisor's 7 days. What belongs to a PersistentVolumeClaim, a stack or an
autoscaler is left alone: it has to be removed from its owner, or the owner makes it anew. The
saving is the volume's list price. Worked: 100 GiB of gp3, unattached for 20 days: 100 · $0.08 = $8
a month.

Confidence that nobody needs it in the next 14 days, for d days unattached (a modelling choice after
the rule that what lay long lies on, not measured): `((d + 14) / (d + 28))^0.5`, so 0.78 at 7 days,
0.87 at 30, 0.94 at 90; unknown since when counts as 0 days: 0.71. Risk: 0.45, because data goes
away even with a snapshot in between; 0.6 when nobody knows since when it lies there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from finops.detectors.detector import Finding, plural, skipped
from finops.domain.changes import Change, Setting
from finops.domain.estate import Snapshot, Volume
from finops.domain.money import Saving, format_usd, to_cents
from finops.domain.opportunity import (
    Effort,
    Evidence,
    Opportunity,
    Resource,
    WasteKind,
    fingerprint_of,
    opportunity_id,
)
from finops.rightsizing.confidence import HIGHEST

# The list price of a snapshot, per GiB of blocks that differ from the one before.
SNAPSHOT_USD_PER_GIB_MONTH = Decimal("0.05")
_PVC_TAGS = ("kubernetes.io/created-for/pvc", "ebs.csi.aws.com/cluster", "csivolumename")
_OWNER_TAGS = {
    "karpenter.sh/": "Karpenter",
    "eks:": "EKS",
    "aws:autoscaling:": "an Auto Scaling group",
    "aws:eks:": "EKS",
    "aws:cloudformation:": "a CloudFormation stack",
    "aws:backup:": "AWS Backup",
    "kubernetes.io/cluster/": "a Kubernetes cluster",
}


@dataclass(frozen=True, slots=True)
class OrphanVolumeDetector:
    """Proposes to delete volumes that have been unattached for `min_days` days; pure cash."""

    min_days: int = 7

    @property
    def kind(self) -> WasteKind:
        """Orphan volume."""
        return WasteKind.ORPHAN_VOLUME

    @property
    def name(self) -> str:
        """The kind in words."""
        return self.kind.words

    def find(self, snapshot: Snapshot) -> Iterator[Finding]:
        """One finding for each volume."""
        for volume in snapshot.volumes:
            reason = self._why_not(volume, snapshot)
            resource = _resource(volume, snapshot)
            if reason:
                yield skipped(self.name, resource.key, reason, team=volume.team)
            else:
                yield _opportunity(volume, resource, snapshot)

    def _why_not(self, volume: Volume, snapshot: Snapshot) -> str:
        since = volume.detached_since or volume.created_at
        price = volume.price_usd_per_month
        days = (snapshot.taken_at - since).days if since else 0
        young = since is not None and snapshot.taken_at - since < timedelta(days=self.min_days)
        owner = _owner(volume)
        reasons = (
            (volume.is_attached, "It is attached."),
            (bool(owner), f"It belongs to {owner}: remove it there, or it comes back."),
            (since is None, "Nobody knows when it was detached or created."),
            (young, f"{max(days, 0)} of {plural(self.min_days, 'day')} without an attachment."),
            (price is None, "Its price is unknown, so the saving cannot be stated."),
            (price is not None and to_cents(price) <= 0, "It costs nothing."),
        )
        return next((sentence for applies, sentence in reasons if applies), "")


def _owner(volume: Volume) -> str:
    for key in volume.tags:
        lowered = key.lower()
        if lowered.startswith(_PVC_TAGS):
            return "a PersistentVolumeClaim"
        for prefix, owner in _OWNER_TAGS.items():
            if lowered.startswith(prefix):
                return owner
    return ""


def _resource(volume: Volume, snapshot: Snapshot) -> Resource:
    return Resource(
        # Not the cluster that its tags name: that may be gone, and this snapshot closes it again.
        cluster=snapshot.cluster,
        kind="Volume",
        name=volume.volume_id,
        cloud_tags=volume.tags,
    )


def _opportunity(volume: Volume, resource: Resource, snapshot: Snapshot) -> Opportunity:
    price = to_cents(volume.price_usd_per_month or Decimal(0))
    fingerprint = fingerprint_of(WasteKind.ORPHAN_VOLUME, resource)
    days = (snapshot.taken_at - volume.detached_since).days if volume.detached_since else 0
    return Opportunity(
        id=opportunity_id(fingerprint),
        fingerprint=fingerprint,
        kind=WasteKind.ORPHAN_VOLUME,
        resource=resource,
        changes=(Change(Setting.PRESENT, 1, 0),),
        saving=Saving(cashable_usd_per_month=price),
        confidence=round(min(HIGHEST, ((days + 14) / (days + 28)) ** 0.5), 3),
        risk=0.45 if volume.detached_since else 0.6,
        effort=Effort.LOW,
        restart_needed=False,
        rollback_possible=True,
        summary=f"{_called(volume)} ({volume.size_gib:,} GiB {volume.volume_type}) is attached to "
        f"nothing {_since(volume, days)} and costs {format_usd(price)}/month.",
        rollback="Take a snapshot first; a volume made from it brings the data back, under a new "
        "volume id.",
        detected_at=snapshot.taken_at,
        evidence=_evidence(volume, snapshot),
        caveats=_caveats(volume),
        team=volume.team,
        tags=volume.tags,
    )


def _called(volume: Volume) -> str:
    return f"{volume.name} ({volume.volume_id})" if volume.name else volume.volume_id


def _since(volume: Volume, days: int) -> str:
    return f"for {plural(days, 'day')}" if volume.detached_since else "(since when is unknown)"


def _evidence(volume: Volume, snapshot: Snapshot) -> tuple[Evidence, ...]:
    source = "volume inventory"
    facts = [
        Evidence("attachments", "none", source),
        Evidence("size", f"{volume.size_gib:,} GiB {volume.volume_type}", source),
        Evidence("price", f"${volume.price_usd_per_month}/month", volume.price_source or source),
    ]
    dates = (
        ("detached since", volume.detached_since, volume.detached_evidence or source),
        ("created", volume.created_at, source),
    )
    facts += [Evidence(label, f"{day:%Y-%m-%d}", origin) for label, day, origin in dates if day]
    return (*facts, Evidence("seen", f"{snapshot.taken_at:%Y-%m-%d %H:%M} UTC", source))


def _caveats(volume: Volume) -> tuple[str, ...]:
    most = format_usd(to_cents(volume.size_gib * SNAPSHOT_USD_PER_GIB_MONTH))
    cost = (
        f"A snapshot kept for rollback costs ${SNAPSHOT_USD_PER_GIB_MONTH} per GiB-month of "
        f"written data, at most {most}/month; the saving does not deduct it."
    )
    unknown = "Detached since unknown: ask its team whether something still uses it now and then."
    return (cost,) if volume.detached_since else (cost, unknown)
