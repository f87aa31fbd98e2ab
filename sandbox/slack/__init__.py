"""A local Slack: Web API, Socket Mode or signed HTTP, and a page to click in.

What Slack refuses, it refuses, with the same error words. It is the demo's workspace and the
ground the end-to-end tests stand on. It knows nothing of finops-bot.
"""

from sandbox.slack.block_rules import Problem, problems
from sandbox.slack.delivery import Ack
from sandbox.slack.driver import Driver
from sandbox.slack.server import SlackSandbox, Timing
from sandbox.slack.view_rules import view_problems
from sandbox.slack.workspace import Channel, User, UserGroup, Workspace, example_workspace
from sandbox.slack.world import World

__all__ = [
    "Ack",
    "Channel",
    "Driver",
    "Problem",
    "SlackSandbox",
    "Timing",
    "User",
    "UserGroup",
    "Workspace",
    "World",
    "example_workspace",
    "problems",
    "view_problems",
]
