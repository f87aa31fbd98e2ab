"""Find the declarations of a resource in a repository's Terraform, or say why there are none."""

import posixpath
from collections.abc import Sequence

from finops.domain.opportunity import Opportunity
from finops.edits.hcl_code import TerraformCode
from finops.edits.hcl_follow import Follower
from finops.edits.hcl_match import Wanted, matching, narrowed
from finops.edits.hcl_sites import Site, sites_of
from finops.edits.results import SourceNotFound

_SHOWN = 10  # names in one sentence; more are counted


def located(code: TerraformCode, opportunity: Opportunity) -> list[Site]:
    """The declarations of the resource, in all their contexts. Raises SourceNotFound."""
    wanted = Wanted.of(opportunity)
    found = matching(Follower(code), _sites(code, wanted), wanted)
    if not found:
        raise not_found(code, opportunity)
    words = {opportunity.resource.cluster}
    for tags in (opportunity.tags, opportunity.resource.cloud_tags):
        words |= {tags.get(key, "") for key in ("environment", "Environment", "env", "Env")}
    return narrowed(found, frozenset(words - {""}))


def _sites(code: TerraformCode, wanted: Wanted) -> list[Site]:
    """All declarations of the kind, kept with the commit; with our tag only those of its folder."""
    if wanted.source:
        folder = posixpath.dirname(wanted.source.partition("@")[0])
        return list(sites_of(code, wanted.kind, only=folder))
    if wanted.kind not in code.sites:
        code.sites[wanted.kind] = list(sites_of(code, wanted.kind))
    return [site for site in code.sites[wanted.kind] if isinstance(site, Site)]


def not_found(code: TerraformCode, opportunity: Opportunity) -> SourceNotFound:
    """The refusal of a resource that no Terraform declares, with what was not searched."""
    resource = opportunity.resource
    problems = [f"{path} is not readable as HCL" for path in sorted(code.unreadable)]
    problems += [f"{path} is too large" for path in code.too_large]
    problems += [
        f"{path} is JSON, which is made by a program: change that program"
        for path in sorted(code.sources)
        if path.endswith(".tf.json") and resource.name.encode() in code.sources[path]
    ]
    skipped = f" Not searched: {listed(problems)}." if problems else ""
    what = _KIND_WORDS.get(resource.kind, resource.kind.lower())
    return SourceNotFound(
        f"None of {code.count} files ending in .tf declares {what} {resource.label}.{skipped}"
    )


_KIND_WORDS = {"NodeGroup": "node group", "ScalingGroup": "Auto Scaling group"}


def listed(texts: Sequence[str]) -> str:
    """The texts in one sentence; of many the first, and how many more."""
    more = [f"and {len(texts) - _SHOWN} more"] if len(texts) > _SHOWN else []
    return "; ".join([*texts[:_SHOWN], *more])
