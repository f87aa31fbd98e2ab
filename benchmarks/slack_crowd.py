"""The people of `benchmarks.slack`: they click on cards, all at once, while the network breaks.

A person whose click ends with Slack's error clicks again, as people do. Screens are stale on
purpose: everybody clicks on the cards as they were first posted.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.slack_company import APPROVERS, OUTSIDERS
from handlers.ids import COMMAND, ActionId
from sandbox.slack import SlackSandbox
from sandbox.slack.interactions import Gesture
from sandbox.slack.messages import Message

MOST_TRIES = 20
SNOOZE = "snooze"
# How often something breaks in a run. A workspace lets an app reconnect about once a minute and
# a few times in a row; somebody who breaks more would measure that limit and nothing else.
TROUBLES = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as it stood on people's screens."""

    channel: str
    message: Message

    @property
    def opportunity(self) -> str:
        """Which one it asks about."""
        return str(self.message["metadata"]["event_payload"]["opportunity"])


@dataclass(slots=True)
class Crowd:
    """What people did and what came back. `seconds` are the acknowledgements, one a try."""

    seconds: list[float] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    # Clicks that ended with an error each time.
    unanswered: int = 0
    # Tries that ended with Slack's error: the socket broke under them.
    broken: int = 0


async def click_all(
    sandbox: SlackSandbox, cards: Sequence[Shown], *, clicks: int, concurrency: int, seed: int
) -> Crowd:
    """So many clicks, so many at once, while connections are refreshed and reset."""
    crowd, dice = Crowd(), random.Random(seed)  # noqa: S311 - a repeatable crowd, no secret
    free = asyncio.Semaphore(concurrency)

    async def one(number: int, card: Shown, user: str, gesture: str) -> None:
        async with free:
            if number % (clicks // (TROUBLES + 1)) == clicks // (TROUBLES + 2):
                await _trouble(sandbox, number)
            await _click(sandbox, crowd, card, user=user, gesture=gesture)

    await asyncio.gather(
        *(one(number, dice.choice(cards), *_who_does_what(dice)) for number in range(clicks))
    )
    return crowd


def _who_does_what(dice: random.Random) -> tuple[str, str]:
    """Six in ten approve, two snooze, one may not, one asks for the savings."""
    number = dice.random()
    if number < 0.6:
        return dice.choice(APPROVERS).id, ActionId.APPROVE
    if number < 0.8:
        return dice.choice(APPROVERS).id, SNOOZE
    if number < 0.9:
        return dice.choice(OUTSIDERS).id, ActionId.APPROVE
    return dice.choice(OUTSIDERS).id, COMMAND


async def _click(
    sandbox: SlackSandbox, crowd: Crowd, card: Shown, *, user: str, gesture: str
) -> None:
    interactions = sandbox.interactions
    for _ in range(MOST_TRIES):
        if gesture == ActionId.APPROVE:
            place = interactions.place(card.channel)
            ack = await interactions.act_on_message(user, place, card.message, Gesture(gesture))
        else:
            words = f"snooze {card.opportunity} 1w" if gesture == SNOOZE else "savings"
            ack = await interactions.slash(user, card.channel, COMMAND, words)
        if ack.ok:
            crowd.seconds.append(ack.seconds)
            crowd.done[gesture] += 1
            return
        crowd.broken += 1
        await asyncio.sleep(1.0)
    crowd.unanswered += 1


async def _trouble(sandbox: SlackSandbox, number: int) -> None:
    """Slack asks one connection to come anew, or the network cuts one; calls fail meanwhile."""
    sockets, faults = sandbox._sockets, sandbox.faults
    faults.fail("chat.postEphemeral", status=429, retry_after=1, times=3)
    faults.fail("chat.update", status=429, retry_after=1, times=2)
    faults.fail("chat.postMessage", status=500, after_effect=True, times=2)
    if number % 2:
        await sockets.drop(most=1)
    else:
        await sockets.ask_to_reconnect("refresh_requested", most=1)
