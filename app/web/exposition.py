"""Numbers as Prometheus reads them (text format 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gauge:
    """A number that rises and falls: its name, what it means, and its values, each with the
    labels that tell them apart."""

    name: str
    meaning: str
    values: Sequence[tuple[dict[str, str], float]]


def gauge(name: str, meaning: str, value: float | None) -> Gauge:
    """One without labels; with no value it stands there empty."""
    return Gauge(name=name, meaning=meaning, values=[] if value is None else [({}, value)])


def exposed(gauges: Iterable[Gauge]) -> str:
    """The whole page."""
    return "".join(_lines(one) for one in gauges)


def _lines(one: Gauge) -> str:
    head = f"# HELP {one.name} {_escaped(one.meaning)}\n# TYPE {one.name} gauge\n"
    return head + "".join(
        f"{one.name}{_labels(labels)} {value!r}\n" for labels, value in one.values
    )


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    inner = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inner}}}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
