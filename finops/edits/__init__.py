"""Find the source file of a resource, splice the change into its bytes, and prove it."""

from finops.edits.hcl_terraform import is_in_terraform
from finops.edits.plan import plan_edit
from finops.edits.pointers import PointsElsewhere, pointed_to, pointer_of
from finops.edits.results import (
    AlreadyApplied,
    AmbiguousSource,
    Candidate,
    PlannedEdit,
    Proof,
    ProofEntry,
    SourceNotFound,
)

__all__ = [
    "AlreadyApplied",
    "AmbiguousSource",
    "Candidate",
    "PlannedEdit",
    "PointsElsewhere",
    "Proof",
    "ProofEntry",
    "SourceNotFound",
    "is_in_terraform",
    "plan_edit",
    "pointed_to",
    "pointer_of",
]
