"""Whatever a library puts into an error, no secret and no control character is printed."""

from bot.configuration import Configuration
from bot.doctor.secrets import presentable, secrets_of
from bot.settings import Settings
from finops.config_file import load_checked
from finops.domain.checks import Area

CONFIGURATION = """
clusters:
  - name: prod
    kubernetes: {context: prod}
    prometheus:
      url: "http://bot:prometheus-password@prometheus:9090"
      headers: {Authorization: "Bearer header-secret"}
"""


def test_every_kind_of_secret_is_struck_out() -> None:
    settings = Settings(
        slack_bot_token="xoxb-secret",
        slack_app_token="xapp-secret",
        slack_signing_secret="signing-secret",
        github_token="ghp_secret",
        github_app_private_key="-----BEGIN KEY-----",
        push_token="push-secret",
        database_url="postgresql://bot:database%2Fpassword@db/finops",
    )
    secrets = secrets_of(settings, load_checked(CONFIGURATION, Configuration, source="finops.yaml"))
    leaks = (
        "xoxb-secret xapp-secret signing-secret ghp_secret -----BEGIN KEY----- push-secret "
        "database%2Fpassword database/password prometheus-password header-secret"
    )

    shown = presentable(Area("x").failed("x", leaks, fix=leaks), secrets)

    for secret in leaks.split():
        assert secret not in shown.detail
        assert secret not in shown.fix


def test_a_line_is_one_short_printable_line() -> None:
    shown = presentable(Area("x").failed("x", "a\x1b[31m\nb\r" + "c" * 5000, fix=""), ())

    assert shown.detail.isprintable()
    assert len(shown.detail) <= 401
