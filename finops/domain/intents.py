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
    TELL_OWNER         subject: "owner/<user id>"; {"user", "opportunities": [ids]}: one DM
    TELL_PERSON        subject: "person/<user id>"; {"user", "sentence"}: one DM
    POST_PLAN          subject: plan id; {}
    UPDATE_PLAN        subject: plan id; {}
    DRAW_PICTURES      subject: "pictures/<plan id>", so that no tick waits for uploads; {"plan"}
    POST_DIGEST        subject: "digest/<channel>"; {"channel", "kind", "period_end"}
    RUN_CYCLE          subject: "cycle"; {"requested_by"}
    """

    POST_CARD = "post_card"
    UPDATE_CARD = "update_card"
    POST_NOTE = "post_note"
    OPEN_PULL_REQUEST = "open_pull_request"
    TELL_OWNER = "tell_owner"
    TELL_PERSON = "tell_person"
    POST_PLAN = "post_plan"
    UPDATE_PLAN = "update_plan"
    DRAW_PICTURES = "draw_pictures"
    POST_DIGEST = "post_digest"
    RUN_CYCLE = "run_cycle"
