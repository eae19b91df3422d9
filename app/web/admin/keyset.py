"""Places in a long list, as an address carries them: `older` or `newer` than a row's moment and
number. A list is so paged without counting or passing over what came before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import request

from app.usecases.find_readers import Place

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST = 2**62


def write_place(place: Place | None) -> str | None:
    """Microseconds since 1970 and the row's number; None for the end of a list."""
    if place is None:
        return None
    return f"{(place.joined - _EPOCH) // timedelta(microseconds=1)}.{place.reader_id}"


def asked_place(name: str) -> Place | None:
    """The place of this argument of the address; nonsense is the list's beginning."""
    moment, _, number = request.args.get(name, "").partition(".")
    if not (moment.isdecimal() and number.isdecimal()):
        return None
    if int(moment[:20]) > _MOST or int(number[:20]) > _MOST:
        return None
    try:
        joined = _EPOCH + timedelta(microseconds=int(moment))
    except OverflowError:
        return None
    return Place(joined=joined, reader_id=int(number))
