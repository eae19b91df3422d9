"""Numbers in addresses: one that no row can have is an unknown page, never a failing statement."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

HIGHEST = 2**31 - 1
"""What the narrowest of our keys holds."""


class _RowNumber(IntegerConverter):
    def __init__(self, map: Map) -> None:  # noqa: A002
        super().__init__(map, max=HIGHEST)


def install(app: Flask) -> None:
    """Before any route is made: `<int:...>` means the number of a row."""
    app.url_map.converters["int"] = _RowNumber
