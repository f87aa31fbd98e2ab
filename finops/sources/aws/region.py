"""Asks one region all its calls, a few at a time, and never one twice."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import Any

from finops.sources.aws.answers import Answers, Place
from finops.sources.aws.calls import Arguments, Call
from finops.sources.aws.clients import Clients
from finops.sources.aws.failures import (
    AWS_ERRORS,
    AwsError,
    Failed,
    Failure,
    code_of,
    is_gone,
    kind_of,
)

# Rate limits of AWS are per account and region, so the width is too.
CALLS_AT_ONCE = 4
# An operation that was refused so often and never allowed is not asked for each of 5,000 buckets.
REFUSALS_ARE_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Question:
    """One call with its arguments; `parent` is the item of the earlier call that it is about."""

    call: Call
    arguments: Arguments
    parent: Any = None


@dataclass(slots=True)
class Setbacks:
    """What need not be tried again: shared by all regions of one reading.

    Bad credentials end the reading, a region that is not enabled ends the region, a service that
    does not answer ends the service in its region, and an operation that is always refused ends
    itself. The rest is reported as failed in the same way, without being asked.
    """

    failures: list[Failure] = field(default_factory=list)
    _stopped: dict[tuple[Any, ...], Failure] = field(default_factory=dict)
    _refused: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def before(self, call: Call, region: str) -> Failure | None:
        """The earlier failure that makes this question useless."""
        keys = ((), (region,), (region, call.service), (region, call))
        return next((self._stopped[key] for key in keys if key in self._stopped), None)

    def note(self, failure: Failure) -> None:
        """Remember a failure, and what it makes useless."""
        self.failures.append(failure)
        call, region = failure.call, failure.region
        key = {
            Failed.CREDENTIALS: (),
            Failed.REGION_OFF: (region,),
            Failed.UNREACHABLE: (region, call.service),
            Failed.NO_SERVICE: (region, call.service),
        }.get(failure.kind, (region, call))
        refusals = self._refused[key] = self._refused.get(key, 0) + 1
        if key != (region, call) or refusals == REFUSALS_ARE_ENOUGH:
            self._stopped[key] = failure

    def worked(self, call: Call, region: str) -> None:
        """An operation that has worked once is refused for single items only."""
        self._refused[region, call] = -1_000_000


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one region for one account; what fails is noted in `setbacks` and never raised."""

    clients: Clients
    region: str
    setbacks: Setbacks

    def ask(self, question: Question) -> tuple[list[Any], bool]:
        """(the items, whether they are all); nothing is asked that is known to be useless."""
        call = question.call
        if self._is_useless(call):
            return [], False
        items: list[Any] = []
        try:
            for page in pages(self.clients(call.service, self.region), call, question.arguments):
                items += call.items(page)
        except AWS_ERRORS as error:
            if code_of(error) in call.absent_codes:
                return list(call.items({})), True
            if call.asks is not None and is_gone(error):
                return [], True  # it went away between two calls
            self.setbacks.note(failure_of(self.clients, call, self.region, error))
            return items, False
        self.setbacks.worked(call, self.region)
        return items, True

    def _is_useless(self, call: Call) -> bool:
        earlier = self.setbacks.before(call, self.region)
        if earlier is not None:
            self.setbacks.failures.append(replace(earlier, call=call, region=self.region))
        return earlier is not None


def failure_of(clients: Clients, call: Call, region: str, error: AwsError) -> Failure:
    """Why a call has no answer; what cannot be reached may not exist there at all."""
    kind = kind_of(error)
    if kind is Failed.UNREACHABLE and not clients.knows_service(call.service, region):
        kind = Failed.NO_SERVICE
    return Failure(call, region, kind, code_of(error))


def read_region(asker: Asker, place: Place, calls: Sequence[Call]) -> Answers:
    """The answers to `calls` in one region; a call starts as soon as the one before it is done."""
    answers, under_way = Answers(place), Counter[Call]()
    done: SimpleQueue[tuple[Question, Future[tuple[list[Any], bool]]]] = SimpleQueue()
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:

        def submit(question: Question) -> None:
            under_way[question.call] += 1
            job = pool.submit(asker.ask, question)
            job.add_done_callback(lambda finished: done.put((question, finished)))

        def start_those_after(earlier: Call | None) -> None:
            for call in calls:
                if call.after is earlier:
                    for question in questions_for(call, answers):
                        submit(question)

        start_those_after(None)
        while under_way.total():
            question, job = done.get()
            items, is_whole = job.result()
            answers.add(question.call, question.parent, items, is_whole=is_whole)
            under_way[question.call] -= 1
            if not under_way[question.call]:
                start_those_after(question.call)
    return answers


def questions_for(call: Call, answers: Answers) -> Iterator[Question]:
    """What has to be asked, each thing once, given the answers so far."""
    fixed = call.arguments_in(answers.place.region)
    if call.after is None:
        yield Question(call, fixed)
        return
    found = answers.pairs(call.after)
    if call.asks is None:
        if found:
            yield Question(call, fixed)
        return
    asked = set()
    for parent, item in found:
        for arguments in call.asks(parent, item):
            if (key := json.dumps(arguments, sort_keys=True)) not in asked:
                asked.add(key)
                yield Question(call, {**fixed, **arguments}, item)


def pages(client: Any, call: Call, arguments: Arguments) -> Iterator[Any]:
    """The pages of an answer, as large as AWS allows; one page for operations without pages."""
    if not client.can_paginate(call.operation):
        yield getattr(client, call.operation)(**arguments)
        return
    size = {"PageSize": call.page_size} if call.page_size else {}
    paginator = client.get_paginator(call.operation)
    yield from paginator.paginate(**arguments, PaginationConfig=size)
