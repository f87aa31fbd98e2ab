"""Changes of Terraform for the tests: what is changed, and what the edit makes of the files."""

from collections.abc import Mapping

import pytest

from finops.domain.changes import Change, Setting
from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity, Resource
from finops.edits import AmbiguousSource, PlannedEdit, plan_edit
from tests.finops.edits.opportunities import opportunity, repository


def change_of(
    kind: str, name: str, *changes: Change, tags: Mapping[str, str] | None = None
) -> Opportunity:
    resource = Resource(cluster="prod", kind=kind, name=name, cloud_tags=tags or {})
    return opportunity(resource, *changes)


def instance_type(name: str = "web", tags: Mapping[str, str] | None = None) -> Opportunity:
    change = Change(Setting.INSTANCE_TYPE, "m5.xlarge", "m5.large")
    return change_of("Instance", name, change, tags=tags)


def removal(kind: str, name: str) -> Opportunity:
    return change_of(kind, name, Change(Setting.PRESENT, 1, 0))


def planned(
    files: Mapping[str, bytes] | bytes, subject: Opportunity, choice: str = ""
) -> PlannedEdit:
    files = {"main.tf": files} if isinstance(files, bytes) else files
    choices = {subject.resource.key: choice} if choice else {}
    return plan_edit(repository(files), subject, choices=choices)


def after(
    files: Mapping[str, bytes] | bytes, subject: Opportunity, choice: str = ""
) -> dict[str, bytes]:
    """The files that the edit changes, as they are then."""
    return {each.path: each.after for each in planned(files, subject, choice).files}


def refusal(files: Mapping[str, bytes] | bytes, subject: Opportunity, choice: str = "") -> str:
    with pytest.raises(Refused) as caught:
        planned(files, subject, choice)
    return str(caught.value)


def question(files: Mapping[str, bytes] | bytes, subject: Opportunity) -> AmbiguousSource:
    with pytest.raises(AmbiguousSource) as caught:
        planned(files, subject)
    return caught.value
