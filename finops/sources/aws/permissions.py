"""What `finops doctor` asks of an account: each IAM action, tried with its smallest question."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from finops.domain.checks import Check, Outcome
from finops.domain.errors import OutsideWorldFailed
from finops.sources.aws import table
from finops.sources.aws.answers import Answers, Place
from finops.sources.aws.calls import IDENTITY, Call
from finops.sources.aws.clients import Clients
from finops.sources.aws.failures import AWS_ERRORS, AwsError, Failed, code_of, is_gone
from finops.sources.aws.identity import identify
from finops.sources.aws.region import failure_of, questions_for


def check(
    clients: Clients, region: str, *, name: str, calls: Sequence[Call] = table.CALLS
) -> Sequence[Check]:
    """Identity first: with bad credentials nothing else is worth trying."""
    area = f"AWS {name}"
    try:
        identity = identify(clients, region, who=f"AWS account {name}")
    except OutsideWorldFailed as error:
        return [
            Check(
                area=area,
                subject="identity",
                outcome=Outcome.FAILED,
                detail=str(error),
                fix="`aws sts get-caller-identity` with the same profile and role must answer.",
            )
        ]
    known = Check(area=area, subject="identity", outcome=Outcome.OK, detail=identity.arn)
    answers = Answers(Place(identity.account, region, identity.partition))
    return [known, *(_try(clients, call, answers, area) for call in _to_try(calls))]


def _to_try(calls: Sequence[Call]) -> Iterator[Call]:
    """Each operation once, in the order in which later ones use what earlier ones have listed."""
    tried = set()
    for call in sorted(calls, key=lambda call: call.depth):
        operation = (call.service, call.operation)
        if call is not IDENTITY and operation not in tried:
            tried.add(operation)
            yield call


def _try(clients: Clients, call: Call, answers: Answers, area: str) -> Check:
    subject, region = f"{call.action} ({call.reads})", answers.place.region
    arguments = smallest(call, answers)
    if arguments is None:
        detail = f"There is nothing in {region} to try it on."
        return Check(area=area, subject=subject, outcome=Outcome.SKIPPED, detail=detail)
    try:
        answer = getattr(clients(call.service, region), call.operation)(**arguments)
    except AWS_ERRORS as error:
        if code_of(error) in call.absent_codes or is_gone(error):
            return Check(area=area, subject=subject, outcome=Outcome.OK)
        return _problem(clients, call, error, area=area, region=region)
    items = call.items(answer)
    parent = _parent(call, answers)
    answers.found[call] = [(parent, item) for item in items]
    return Check(area=area, subject=subject, outcome=Outcome.OK, detail=f"asked in {region}")


def smallest(call: Call, answers: Answers) -> dict[str, Any] | None:
    """The smallest question that shows whether it is allowed; None without anything to ask about.

    A call about one thing is tried on the first that an earlier call listed: of a thing that does
    not exist some services say so even to strangers.
    """
    page = {call.page_parameter: call.smallest_page} if call.page_size else {}
    if call.asks is None:
        return {**call.arguments_in(answers.place.region), **call.trial, **page}
    question = next(questions_for(call, answers), None)
    return None if question is None else {**question.arguments, **page}


def _parent(call: Call, answers: Answers) -> Any:
    question = next(questions_for(call, answers), None) if call.asks else None
    return question.parent if question else None


def _problem(clients: Clients, call: Call, error: AwsError, *, area: str, region: str) -> Check:
    """Red when resources stay unseen, yellow when only facts about them do."""
    failure = failure_of(clients, call, region, error)
    outcome = Outcome.FAILED if call.hides else Outcome.WARNING
    return Check(
        area=area,
        subject=f"{call.action} ({call.reads})",
        outcome=Outcome.SKIPPED if failure.kind is Failed.NO_SERVICE else outcome,
        detail=f"{failure.code} in {region}",
        fix=_fix(call, failure.kind),
    )


def statement_for(call: Call) -> str:
    """The IAM statement that allows a call."""
    statement = {"Effect": "Allow", "Action": call.action, "Resource": "*"}
    return json.dumps(statement)


def _fix(call: Call, kind: Failed) -> str:
    return {
        Failed.DENIED: f"Add to the role's policy: {statement_for(call)}",
        Failed.FORBIDDEN: f"A service control policy or permissions boundary denies {call.action}; "
        "whoever owns it has to make an exception for the role.",
        Failed.NO_SERVICE: "",
        Failed.THROTTLED: "Try again later; AWS throttles the account.",
    }.get(kind, f"Check that {call.service} can be reached and the region is enabled.")
