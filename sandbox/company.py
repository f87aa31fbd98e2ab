"""The sandbox's people and channels: Acorn, a shop with four teams and a bill nobody reads."""

from pathlib import Path

from sandbox.slack.workspace import Channel, User, UserGroup, Workspace

CONFIGURATION = Path(__file__).parent / "finops.yml"

OWNER = User(
    "U0OLIVIA001", "olivia", "Olivia Marsh", "owner", "Lead of team shop", "Europe/Berlin", "b7472a"
)
APPROVER = User(
    "U0AARON0001", "aaron", "Aaron Weiss", "approver", "FinOps lead", "Europe/Berlin", "2b6cb0"
)
LEADER = User("U0LENA00001", "lena", "Lena Fischer", "leader", "CFO", "Europe/Berlin", "6b46c1")
OUTSIDER = User(
    "U0OTTO00001", "otto", "Otto Brandt", "outsider", "Marketing", "Europe/Berlin", "97266d"
)
PAYMENTS_OWNER = User(
    "U0PRIYA0001",
    "priya",
    "Priya Raman",
    "owner",
    "Lead of team payments",
    "Asia/Kolkata",
    "0f766e",
)
DATA_OWNER = User(
    "U0DMITRI001", "dmitri", "Dmitri Orlov", "owner", "Lead of team data", "Europe/Riga", "92400e"
)
PLATFORM = User(
    "U0MEI000001",
    "mei",
    "Mei Tanaka",
    "platform",
    "Platform engineer",
    "Asia/Tokyo",
    "2f855a",
    is_admin=True,
)

LEADERSHIP = Channel("C0LEADERS01", "leadership", purpose="The weekly digest for leaders")

GUIDE = [
    {
        "title": "Read a card",
        "text": "The bot found waste in Acorn's estate and asks its owners here, in #shop-costs.",
    },
    {
        "title": "Give it an owner",
        "text": "Nobody owns the card in #finops-triage. As Mei, pick a team in its Assign menu.",
    },
    {
        "title": "Approve it",
        "text": "Olivia owns the shop but may not approve. Switch to Aaron on the left, who may.",
    },
    {
        "title": "Merge the pull request",
        "text": "Pull requests, top right, shows each edit line by line. Merging deploys it.",
    },
    {
        "title": "Let a week pass",
        "text": "Press +1 week, then read in #leadership what the bill has proved.",
    },
]

COMMANDS = [
    {"command": "/finops list", "hint": "what waits for a decision"},
    {"command": "/finops savings", "hint": "offered, in flight, and verified on the bill"},
    {"command": "/finops cost", "hint": "who spent what this month, and why it changed"},
    {"command": "/finops show ", "hint": "one opportunity, by its id"},
    {"command": "/finops assign ", "hint": "say whose something is, by its id and a team"},
    {"command": "/finops settings", "hint": "teams, channels and limits; as Mei"},
    {"command": "/finops scan", "hint": "look for waste now"},
    {"command": "/finops help", "hint": "what you can ask for"},
]


def acorn(scopes: frozenset[str]) -> Workspace:
    """The workspace, with the app granted exactly `scopes`."""
    return Workspace(
        team_id="T0ACORN0001",
        name="Acorn (sandbox)",
        users=(OWNER, APPROVER, LEADER, OUTSIDER, PAYMENTS_OWNER, DATA_OWNER, PLATFORM),
        channels=(
            Channel("C0SHOPCOST1", "shop-costs", purpose="Waste in team shop's estate"),
            Channel("C0PAYCOST01", "payments-costs", purpose="Waste in team payments' estate"),
            Channel("C0DATACOST1", "data-costs", purpose="Waste in team data's estate"),
            Channel("C0PLATFORM1", "platform-costs", purpose="Nodes and disks"),
            Channel("C0TRIAGE001", "finops-triage", purpose="Waste that no team owns yet"),
            LEADERSHIP,
            Channel(
                "C0GENERAL01",
                "general",
                bot_is_member=False,
                purpose="Talk that has nothing to do with costs",
            ),
        ),
        user_groups=(UserGroup("S0SHOPAPPR1", "shop-approvers", "Shop approvers", (APPROVER.id,)),),
        scopes=scopes,
    )
