"""How benches speak: one JSON object a line."""

from __future__ import annotations

import json


def report(
    name: str, value: float, unit: str, *, target: float | None = None, most: bool = False
) -> None:
    line: dict[str, object] = {"name": name, "value": round(value, 4), "unit": unit}
    if target is not None:
        line |= {"target": target, "met": value <= target if most else value >= target}
    print(json.dumps(line), flush=True)
