"""Where WebSub hubs come: to ask whether a subscription is meant, and with what is new.

`POST` is a signed webhook: the hub's signature over the body is what proves it, so it takes no
CSRF token. The token in the address tells which source it is about, and is nobody's to guess.
"""

from __future__ import annotations

from flask import Response, abort, request

from app import queue
from app.links import BadToken
from app.usecases.subscribe_hub import Received, confirm_subscription, receive_push
from app.web import scope
from app.web.public.blueprint import public
from app.web.security import csrf

_STATUS = {
    Received.TAKEN: 202,
    Received.REPEATED: 202,
    Received.UNSIGNED: 403,
    Received.NOBODY: 410,
}
_LONGEST_CHALLENGE = 4_000


@public.get("/hub/<token>")
def confirm_hub(token: str) -> Response:
    asked = request.args
    challenge = asked.get("hub.challenge", "")
    agreed = len(challenge) <= _LONGEST_CHALLENGE and confirm_subscription(
        scope.session(),
        now=scope.now(),
        source_id=_source_of(token),
        mode=asked.get("hub.mode", ""),
        topic=asked.get("hub.topic", ""),
        lease=asked.get("hub.lease_seconds", ""),
        reason=asked.get("hub.reason", ""),
    )
    if not agreed:
        abort(404)
    scope.commit()
    return _plain(challenge, 200)


@public.post("/hub/<token>")
def take_push(token: str) -> Response:
    received, push_id = receive_push(
        scope.session(),
        now=scope.now(),
        source_id=_source_of(token),
        body=request.get_data(),
        signature=request.headers.get("X-Hub-Signature", ""),
        content_type=request.headers.get("Content-Type", ""),
    )
    if received is Received.TAKEN:
        scope.commit((queue.INGEST_PUSH, push_id))
    return _plain("", _STATUS[received])


csrf.exempt(take_push)


def _source_of(token: str) -> int:
    try:
        return scope.links().read_hub(token)
    except BadToken:
        abort(404)


def _plain(text: str, status: int) -> Response:
    """A challenge goes back as it came, never as a page."""
    return Response(text, status, {"Content-Type": "text/plain; charset=utf-8"})
