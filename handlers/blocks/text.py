"""Text for Slack: what others wrote made safe, and money, odds, dates and people in words."""

import re
import unicodedata
from datetime import UTC, datetime

from finops.domain.currency import DOLLARS, Currency
from finops.domain.estate import UNKNOWN_TEAM
from finops.domain.money import Saving
from finops.pr_body import short_figures

# Controls break JSON budgets, surrogates break UTF-8, and bidirectional overrides let a name
# rewrite the sentence around it.
_UNWANTED = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Slack has no escape for its own marks; look-alikes keep a name from opening bold or code.
_LOOK_ALIKES = str.maketrans({"`": "ˋ", "*": "∗", "~": "∼", "\\": "⧵", '"': "”"})
_USER_ID = re.compile(r"[UW][A-Z0-9]{5,20}")
_GROUP_ID = re.compile(r"S[A-Z0-9]{5,20}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{5,20}")
_BARE_ID = re.compile(r"\b[UWS][A-Z0-9]{8,12}\b")
_PULL_REQUEST = re.compile(r"(Pull request #\d+)(.*?): (https?://[^\s<>|\"\\]{1,500})$")
_URL = re.compile(r"https?://[^\s<>|\"\\]{1,500}")

NOTHING = "—"
NO_TEAM = "no team"


def plain(text: object, limit: int) -> str:
    """Untrusted text on one line for a plain_text object or an alt text; never empty."""
    cleaned = "".join(" " if unicodedata.category(c) in _UNWANTED else c for c in str(text)[:9999])
    words = " ".join(cleaned.translate(_LOOK_ALIKES).split())
    return (words if len(words) <= limit else f"{words[: limit - 1].rstrip()}…") or NOTHING


def safe(text: object, limit: int) -> str:
    """Untrusted text on one line for mrkdwn: escaped, and at most `limit` characters with that."""
    words = plain(text, limit)
    escaped = "".join(_ENTITIES.get(c, c) for c in words)
    while len(escaped) > limit:
        # An entity is up to five characters long, so cut the source and not the result.
        words = f"{words[: len(words) - 1 - (len(escaped) - limit + 4) // 5].rstrip('…')}…"
        escaped = "".join(_ENTITIES.get(c, c) for c in words)
    return escaped


def typed(words: str) -> str:
    """Words as a person typed them into a command: Slack sends `&`, `<` and `>` as entities."""
    for sign, entity in (("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")):
        words = words.replace(entity, sign)
    return words


def bold(text: str) -> str:
    """Safe text in bold."""
    return f"*{text}*"


def person(who: str) -> str:
    """A mention for a Slack user id; any other actor (`policy`, a GitHub name) as a word."""
    return f"<@{who}>" if _USER_ID.fullmatch(who) else safe(who or "somebody", 80)


def group(group_id: str) -> str:
    """A mention of a user group."""
    return f"<!subteam^{group_id}>" if _GROUP_ID.fullmatch(group_id) else safe(group_id, 80)


def of_team(name: str) -> str:
    """` of team shop`, ` without a team`, or nothing when nobody asked for one."""
    if not name:
        return ""
    return " without a team" if name == UNKNOWN_TEAM else f" of team {safe(name, 60)}"


def channel(channel_id: str) -> str:
    """A link to a channel, or its name when only that is known."""
    return f"<#{channel_id}>" if _CHANNEL_ID.fullmatch(channel_id) else safe(channel_id, 80)


def link(url: str, label: str) -> str:
    """A link with a safe label; just the label when the address is not plain http(s)."""
    shown = safe(label, 150)
    return f"<{url.replace('&', '&amp;')}|{shown}>" if _URL.fullmatch(url) else shown


def mentions(words: str) -> str:
    """Safe text in which bare ids of people and groups, as the audit log has them, are mentions."""
    return _BARE_ID.sub(lambda id_: person(id_[0]) if id_[0][0] in "UW" else group(id_[0]), words)


def sentence(words: str, limit: int) -> str:
    """A sentence of the engine: people are mentioned, figures short, a pull request a link."""
    said = short_figures(mentions(safe(words, limit)))
    return _PULL_REQUEST.sub(r"<\3|\1>\2.", said)


def date(moment: datetime | None, *, with_time: bool = False) -> str:
    """A date each reader sees in their own time zone, in UTC where Slack cannot."""
    if moment is None:
        return "an unknown date"
    at = moment.astimezone(UTC)
    form, words = "{date_short_pretty} at {time}", f"{at:%Y-%m-%d %H:%M} UTC"
    if not with_time:
        # Noon, so that a day is the same day for nearly everybody, and cards of a day are equal.
        at = at.replace(hour=12, minute=0, second=0, microsecond=0)
        form, words = "{date_short_pretty}", f"{at:%Y-%m-%d}"
    return f"<!date^{int(at.timestamp())}^{form}|{words}>"


def saving_words(saving: Saving, currency: Currency = DOLLARS) -> str:
    """`saves $73/month`, `frees $41/month of room`, or both, each under its own name."""
    said = _each(saving, currency, "saves {}/month", "frees {}/month of room")
    return " and ".join(said) or "saves nothing"


def saving_lines(saving: Saving, currency: Currency = DOLLARS) -> str:
    """What leaves the bill, said even when it is $0, and below it what is only room."""
    bill = f"{currency.short(saving.cashable_usd_per_month)}/month off the bill"
    room = saving.freed_usd_per_month
    return f"{bill}\n{currency.short(room)}/month freed as room" if room else bill


def saved(saving: Saving, currency: Currency = DOLLARS) -> str:
    """`$38/month off the bill and $12/month freed as room`."""
    said = _each(saving, currency, "{}/month off the bill", "{}/month freed as room")
    return " and ".join(said) or "nothing"


def saving_cell(saving: Saving, currency: Currency = DOLLARS) -> str:
    """`$38 cash, $12 room`, for a table."""
    return ", ".join(_each(saving, currency, "{} cash", "{} room")) or NOTHING


def _each(saving: Saving, currency: Currency, cash: str, room: str) -> list[str]:
    """What is there of the two, each in its own words; they are never one sum."""
    said = ((saving.cashable_usd_per_month, cash), (saving.freed_usd_per_month, room))
    return [words.format(currency.short(amount)) for amount, words in said if amount]


def team(name: str, limit: int = 60) -> str:
    """A team's name; work that nobody owns is said to be nobody's."""
    return NO_TEAM if name == UNKNOWN_TEAM else safe(name, limit)


def count(number: int, noun: str) -> str:
    """`1 pod`, `3 pods`, `2 opportunities`, `5 days`."""
    many = f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"
    return f"{number:,} {noun if number == 1 else many}"
