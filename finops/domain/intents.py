"""What the engine asks the worker to do in the outside world."""

from enum import StrEnum


class IntentKind(StrEnum):
    """Kinds of outbox rows. Each names the payload it carries.

    POST_CARD          subject: opportunity id; {}
    UPDATE_CARD        subject: opportunity id; {}
    POST_NOTE          subject: opportunity id; {"event", "actor", "sentence"}: a line in the thread
                       of its card, in {"channel"} where that is given and the card stands there
    OPEN_PULL_REQUEST  subject: "pull_request/<opportunity id>", so that it never waits for Slack;
                       {"opportunity", "revision"}
    OPEN_REVERT        subject: "pull_request/<opportunity id>"; {"opportunity"}
    WATCH_REPOSITORY   subject: "repository/<name>"; {"repository"}: a webhook said that it moved
    TELL_OWNER         subject: "owner/<user id>"; {"user", "opportunities": [ids]}: one DM
    TELL_PERSON        subject: "person/<user id>"; {"user", "sentence"}: one DM
    POST_PLAN          subject: plan id; {}
    UPDATE_PLAN        subject: plan id; {}
    DRAW_PICTURES      subject: "pictures/<plan id>", so that no tick waits for uploads; {"plan"}
    POST_DIGEST        subject: "digest/<channel>" or "report/<user id>"; {"channel" or "user",
                       "kind", "edition", "period_end"}, and {"first_day", "end_day"} where the
                       period is not the days up to the delivery
    SHOW_EVIDENCE      subject: "evidence/<user id>"; {"user", "opportunity"}: one DM
    RUN_CYCLE          subject: "cycle"; {"requested_by"}
    """

    POST_CARD = "post_card"
    UPDATE_CARD = "update_card"
    POST_NOTE = "post_note"
    OPEN_PULL_REQUEST = "open_pull_request"
    OPEN_REVERT = "open_revert"
    WATCH_REPOSITORY = "watch_repository"
    TELL_OWNER = "tell_owner"
    TELL_PERSON = "tell_person"
    POST_PLAN = "post_plan"
    UPDATE_PLAN = "update_plan"
    DRAW_PICTURES = "draw_pictures"
    POST_DIGEST = "post_digest"
    SHOW_EVIDENCE = "show_evidence"
    RUN_CYCLE = "run_cycle"
