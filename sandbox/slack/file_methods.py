"""The Web API methods `files.*`: ask for a URL, post the bytes there, complete the upload."""

import json
from typing import Any

from sandbox.slack.arguments import Arguments
from sandbox.slack.files import StoredFile, as_json
from sandbox.slack.posting import (
    bot_message,
    check_message_blocks,
    thread_root,
    with_ids,
    writable_place,
)
from sandbox.slack.refusals import Refused
from sandbox.slack.state import SlackState


def get_upload_url(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`files.getUploadURLExternal`."""
    name, length = args.required("filename"), args.number("length", 0)
    if length <= 0:
        raise Refused("invalid_arguments")
    file = StoredFile(state.new_id("F"), name, length, alt_text=args.text("alt_txt"))
    state.files.add(file)
    return {"upload_url": f"{state.base_url}upload/{file.id}", "file_id": file.id}


def complete_upload(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`files.completeUploadExternal`: shares the files if a channel is given."""
    wanted = args.array("files")
    if not wanted:
        raise Refused("invalid_arguments")
    files = [_uploaded(state, one) for one in wanted]
    if args.given("channel_id") or args.given("channels"):
        _share(state, args, files)
    for file in files:
        state.files.complete(file, state.clock.monotonic())
    state.changed()
    return {"files": [_json(state, file) for file in files]}


def file_info(state: SlackState, args: Arguments) -> dict[str, Any]:
    """`files.info`: `mimetype` is empty until the file is ready."""
    file = state.files.get(args.required("file"))
    if file.ready_at is None:
        raise Refused("file_not_found")
    return {"file": _json(state, file), "comments": []}


def _json(state: SlackState, file: StoredFile) -> dict[str, Any]:
    is_ready = state.files.is_ready(file.id, state.clock.monotonic())
    return as_json(file, is_ready=is_ready, base_url=state.base_url)


def _uploaded(state: SlackState, given: Any) -> StoredFile:
    file_id = given.get("id") if isinstance(given, dict) else None
    file = state.files.get(str(file_id))
    if not file.uploaded:
        raise Refused("file_not_found")
    file.title = str(given.get("title") or file.name)
    return file


def _share(state: SlackState, args: Arguments, files: list[StoredFile]) -> None:
    for target in (args.text("channel_id") or args.text("channels")).split(","):
        place = writable_place(state, target)
        content = _share_content(state, args)
        content["files"] = [_json(state, file) for file in files]
        root = thread_root(state, place.id, args.text("thread_ts"))
        content |= {"thread_ts": root} if root else {}
        state.messages.add(place.id, bot_message(state, content))
        for file in files:
            file.shared_in.append(place.id)


def _share_content(state: SlackState, args: Arguments) -> dict[str, Any]:
    comment, blocks = args.text("initial_comment"), args.blocks()
    if comment or not blocks:
        return {"text": comment}
    check_message_blocks(state, blocks)
    return {"text": "", "blocks": with_ids(state, json.loads(json.dumps(blocks)))}
