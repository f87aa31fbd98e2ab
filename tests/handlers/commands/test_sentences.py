import pytest

from handlers.commands.finops import COMMANDS
from handlers.commands.sentences import understood

TEAMS = ("shop", "shop-eu", "data")
ALL = (*COMMANDS, "cost", "report", "why")


def meant(sentence: str) -> str:
    return understood(sentence, teams=TEAMS, commands=ALL)


@pytest.mark.parametrize(
    ("sentence", "command"),
    [
        ("How much have we saved?", "savings"),
        ("how much has shop-eu saved this month", "savings shop-eu this month"),
        ("what did data save last month?", "savings data last month"),
        ("show me our savings", "savings"),
        ("what can we save?", "list"),
        ("what can shop save", "list shop"),
        ("what is waiting for me?", "list"),
        ("Anything pending for data?", "list data"),
        ("what's in flight", "list in flight"),
        ("why do you propose op-0123456789?", "why op-0123456789"),
        ("who owns op-0123456789", "show op-0123456789"),
        ("please stop everything!", "freeze all"),
        ("pause the bot", "freeze all"),
        ("please unfreeze shop", "unfreeze shop"),
        ("look for waste now", "scan"),
        ("what does shop cost", "cost shop"),
        ("how much did we spend", "cost"),
        ("what are the limits for data?", "policy data"),
        ("who may approve here", "policy"),
        ("give me the monthly report", "report monthly"),
        ("send a report", "report weekly"),
        ("what can you do?", "help"),
    ],
)
def test_a_sentence_means_a_command(sentence: str, command: str) -> None:
    assert meant(sentence) == command


@pytest.mark.parametrize(
    "sentence",
    [
        "hello there",
        "delete all volumes",
        "approve op-0123456789 for me",
        "<!channel> wake up",
        "",
        "?" * 3000,
        "a " * 1500,
    ],
)
def test_what_no_rule_fits_is_not_guessed(sentence: str) -> None:
    assert meant(sentence) == ""


def test_a_rule_for_a_command_that_does_not_exist_does_not_count() -> None:
    assert understood("what does shop cost", teams=TEAMS, commands=["savings"]) == ""


def test_a_team_is_recognised_as_a_whole_word() -> None:
    assert meant("how much have the workshops saved") == "savings"
