"""What AWS would refuse, and what a reviewer of a change in Terraform should know."""

from collections.abc import Sequence

from finops.domain.errors import Refused
from finops.domain.opportunity import Change, Setting
from finops.edits.hcl_code import TerraformCode
from finops.edits.hcl_settings import number_in
from finops.edits.hcl_sites import Site

MODULE_NOTE = (
    "The EKS module ignores later changes of desired_size, so that it does not fight the "
    "autoscaler. Applying this change may leave a running group at its size: check the plan, and "
    "lower the size of the group itself too if the plan shows no change."
)
RESTART_NOTE = (
    "A new instance type stops and starts the instance when it is applied; a database does so in "
    "its maintenance window unless apply_immediately is set."
)
_GP3_LEAST_IOPS = 3000  # included in the price; AWS refuses less


def refuse_unfit(code: TerraformCode, site: Site, changes: Sequence[Change]) -> None:
    """Raise Refused when the values would contradict each other after the edit."""
    _refuse_sizes(code, site, changes)
    _refuse_volume(code, site, changes)


def notes_of(site: Site, changes: Sequence[Change]) -> tuple[str, ...]:
    """What does not show in the diff."""
    settings = {change.setting for change in changes}
    sized = Setting.DESIRED_SIZE in settings and site.is_of_module
    restarts = Setting.INSTANCE_CLASS in settings or (
        Setting.INSTANCE_TYPE in settings and site.block.labels[0] == "aws_instance"
    )
    return (MODULE_NOTE,) * sized + (RESTART_NOTE,) * restarts


def _refuse_sizes(code: TerraformCode, site: Site, changes: Sequence[Change]) -> None:
    least = _after(code, site, changes, Setting.MIN_SIZE)
    size = _after(code, site, changes, Setting.DESIRED_SIZE)
    most = _after(code, site, changes, Setting.MAX_SIZE)
    if not {Setting.DESIRED_SIZE, Setting.MIN_SIZE, Setting.MAX_SIZE} & {
        c.setting for c in changes
    }:
        return
    if size is not None and least is not None and least > size:
        raise Refused(
            f"{site.where} has min_size {least}, above the proposed {size}; AWS refuses that, so "
            "the minimum has to be lowered in the same change, or by whoever set it."
        )
    if size is not None and most is not None and size > most:
        raise Refused(f"{site.where} has max_size {most}, below the proposed {size}.")


def _refuse_volume(code: TerraformCode, site: Site, changes: Sequence[Change]) -> None:
    kind = next((c.proposed for c in changes if c.setting is Setting.VOLUME_TYPE), None)
    if kind is None:
        return
    iops = _after(code, site, changes, Setting.VOLUME_IOPS)
    throughput = _after(code, site, changes, Setting.VOLUME_THROUGHPUT)
    if kind == "gp3" and iops is not None and iops < _GP3_LEAST_IOPS:
        raise Refused(
            f"{site.where} writes {iops} IOPS, and gp3 takes {_GP3_LEAST_IOPS} or more; take the "
            "line out, or change it in the same step."
        )
    if kind != "gp3" and throughput is not None:
        raise Refused(f"{site.where} writes a throughput, which only gp3 takes.")
    if kind == "gp2" and iops is not None:
        raise Refused(f"{site.where} writes IOPS, which gp2 does not take.")


def _after(
    code: TerraformCode, site: Site, changes: Sequence[Change], setting: Setting
) -> int | None:
    for change in changes:
        if change.setting is setting:
            return change.number
    return number_in(code, site, setting)
