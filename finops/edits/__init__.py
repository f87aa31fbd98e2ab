"""Find the source file of a resource, splice the change into its bytes, and prove it."""

from finops.edits.plan import plan_edit
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
    "Proof",
    "ProofEntry",
    "SourceNotFound",
    "plan_edit",
]
