"""Draws the pictures of the sample articles: `python -m app.samples.draw` writes them anew.

Abstract landscapes out of a sky, a sun and layers with soft edges, the same bytes each time.
Only the standard library is needed; the results are part of the project.
"""

from __future__ import annotations

import math
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT = 960, 540
IMAGES = Path(__file__).parent / "images"

Colour = tuple[float, float, float]
Row = list[Colour]


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """Everything below `edge(x)`, from `top` (its colour at the edge) to `bottom`."""

    edge: Callable[[float], float]
    top: str
    bottom: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """`sun` is x, y, radius in pixels and a colour; `stars` how many."""

    sky: tuple[str, str]
    layers: tuple[Layer, ...]
    sun: tuple[float, float, float, str] | None = None
    stars: int = 0


def hills(seed: int, base: float, height: float, waves: int = 3) -> Callable[[float], float]:
    """A soft ridge around `base` (both in parts of the height)."""
    chance = random.Random(seed)  # noqa: S311 - a picture, not a secret
    parts = [(chance.uniform(0.6, 2.4) * n, chance.uniform(0, 6.3), 1 / n) for n in range(1, waves)]
    total = sum(weight for _, _, weight in parts)

    def edge(x: float) -> float:
        swing = sum(w * math.sin(f * 2 * math.pi * x / WIDTH + p) for f, p, w in parts) / total
        return HEIGHT * (base - height * swing)

    return edge


def roofs(seed: int, base: float, height: float, narrowest: int = 26) -> Callable[[float], float]:
    """Houses side by side."""
    chance = random.Random(seed)  # noqa: S311 - a picture, not a secret
    tops: list[float] = []
    while len(tops) < WIDTH + 1:
        top = HEIGHT * (base - height * chance.random() ** 1.6)
        tops += [top] * (narrowest + chance.randrange(46))
    return lambda x: tops[int(x)]


def flat(base: float) -> Callable[[float], float]:
    return lambda _x: HEIGHT * base


def arches(base: float, width: float, height: float) -> Callable[[float], float]:
    """A row of round arches, open below: an aqueduct, a stand, a bridge."""

    def edge(x: float) -> float:
        place = (x % width) / width * 2 - 1
        return HEIGHT * (base - height * math.sqrt(max(0.0, 1 - place * place)))

    return edge


def peaks(seed: int, base: float, height: float, count: int) -> Callable[[float], float]:
    """Straight lines from point to point: mountains, tents, a chart."""
    chance = random.Random(seed)  # noqa: S311 - a picture, not a secret
    points = [chance.random() for _ in range(count + 2)]
    step = WIDTH / count

    def edge(x: float) -> float:
        place, part = divmod(x / step, 1)
        one, other = points[int(place)], points[int(place) + 1]
        return HEIGHT * (base - height * (one + (other - one) * part))

    return edge


def draw(scene: Scene, name: str) -> bytes:
    """The scene as a PNG of 24 bits."""
    edges = [[layer.edge(x) for x in range(WIDTH)] for layer in scene.layers]
    chance = random.Random(name)  # noqa: S311 - a picture, not a secret
    stars = {(chance.randrange(WIDTH), chance.randrange(HEIGHT // 2)) for _ in range(scene.stars)}
    lines = bytearray()
    for y in range(HEIGHT):
        row: Row = [_mix(scene.sky[0], scene.sky[1], y / HEIGHT)] * WIDTH
        for x in [x for x, star_y in stars if star_y == y]:
            row[x] = (236, 236, 224)
        if scene.sun is not None:
            _shine(row, y, scene.sun)
        for layer, edge in zip(scene.layers, edges, strict=True):
            _cover(row, y, layer, edge)
        lines += _filtered(row)
    return _png(bytes(lines))


def _shine(row: Row, y: int, sun: tuple[float, float, float, str]) -> None:
    centre, middle, radius, name = sun
    colour = _colour(name)
    for x in range(WIDTH):
        distance = math.hypot(x - centre, y - middle)
        share = min(1.0, max(0.0, radius - distance + 0.5))
        if share:
            row[x] = _blend(row[x], colour, share)


def _cover(row: Row, y: int, layer: Layer, edge: list[float]) -> None:
    for x in range(WIDTH):
        share = min(1.0, y - edge[x] + 0.5)
        if share > 0:
            depth = round(y / HEIGHT * 48) / 48  # in steps: it looks printed, and stays small
            row[x] = _blend(row[x], _mix(layer.top, layer.bottom, depth), share)


def _mix(one: str, other: str, part: float) -> Colour:
    return _blend(_colour(one), _colour(other), part)


def _blend(one: Colour, other: Colour, part: float) -> Colour:
    a, b, c = (p + (q - p) * part for p, q in zip(one, other, strict=True))
    return a, b, c


def _colour(name: str) -> Colour:
    return int(name[:2], 16), int(name[2:4], 16), int(name[4:], 16)


def _filtered(row: Row) -> bytes:
    """A line with the filter "Sub": each byte less the one of the pixel before."""
    flat_row = [round(part) for pixel in row for part in pixel]
    before = [0, 0, 0, *flat_row[:-3]]
    return b"\x01" + bytes((now - then) & 255 for now, then in zip(flat_row, before, strict=True))


def _png(lines: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(lines, 9))
        + chunk(b"IEND", b"")
    )


SCENES = {
    "river": Scene(
        sky=("f7d9b0", "f2efe2"),
        sun=(690, 150, 52, "fff6df"),
        layers=(
            Layer(edge=hills(3, 0.44, 0.09), top="c9b79c", bottom="a98f74"),
            Layer(edge=hills(8, 0.55, 0.06), top="8fa08c", bottom="5f7a6c"),
            Layer(edge=flat(0.66), top="9cc3c9", bottom="3f7f8f"),
            Layer(edge=hills(5, 0.9, 0.07), top="5d7051", bottom="33472f"),
        ),
    ),
    "harbour": Scene(
        sky=("8fb8d8", "f5e6d3"),
        sun=(240, 230, 44, "fff3d0"),
        layers=(
            Layer(edge=hills(21, 0.52, 0.05), top="9db2c4", bottom="7f9ab0"),
            Layer(edge=roofs(4, 0.6, 0.18), top="6d86a0", bottom="52697f"),
            Layer(edge=flat(0.62), top="4f86a3", bottom="1d4f6e"),
            Layer(edge=hills(31, 0.86, 0.02, 5), top="2f6685", bottom="123b56"),
        ),
    ),
    "wheat": Scene(
        sky=("a9cfe6", "fdf3dc"),
        sun=(500, 170, 60, "fffbe8"),
        layers=(
            Layer(edge=hills(12, 0.5, 0.07), top="b9c39a", bottom="93a377"),
            Layer(edge=hills(17, 0.62, 0.05), top="e2c26e", bottom="c79a3e"),
            Layer(edge=hills(40, 0.8, 0.05), top="d9ab4b", bottom="a8772a"),
        ),
    ),
    "market": Scene(
        sky=("f3c9a4", "f9eadb"),
        layers=(
            Layer(edge=roofs(9, 0.56, 0.3, 60), top="d9a382", bottom="b97c60"),
            Layer(edge=arches(0.72, 160, 0.16), top="8f4f45", bottom="6b3733"),
            Layer(edge=peaks(14, 0.86, 0.1, 12), top="3f5f66", bottom="24404a"),
        ),
    ),
    "theatre": Scene(
        sky=("2b2346", "7a4a63"),
        sun=(480, 260, 120, "f2b872"),
        layers=(
            Layer(edge=arches(0.66, 192, 0.24), top="5a3350", bottom="44263f"),
            Layer(edge=arches(0.86, 120, 0.14), top="3b2039", bottom="22122a"),
        ),
    ),
    "library": Scene(
        sky=("e8dcc6", "f8f3e8"),
        layers=(
            Layer(edge=roofs(33, 0.62, 0.34, 12), top="a66e4e", bottom="7b4a37"),
            Layer(edge=roofs(57, 0.8, 0.22, 9), top="4f6f73", bottom="31494f"),
            Layer(edge=flat(0.84), top="3a2f2a", bottom="241c19"),
        ),
    ),
    "stadium": Scene(
        sky=("0f2a43", "3f7297"),
        stars=60,
        sun=(770, 110, 30, "eef3dc"),
        layers=(
            Layer(edge=arches(0.62, 960, 0.2), top="2c4c63", bottom="1d3548"),
            Layer(edge=hills(2, 0.72, 0.015, 2), top="58a05f", bottom="2f7442"),
            Layer(edge=flat(0.88), top="3f8a4e", bottom="23603a"),
        ),
    ),
    "track": Scene(
        sky=("f0a97b", "f8dfc2"),
        sun=(170, 210, 66, "fff0d8"),
        layers=(
            Layer(edge=peaks(6, 0.6, 0.2, 7), top="b77c74", bottom="8f5a60"),
            Layer(edge=hills(14, 0.7, 0.03), top="a4483f", bottom="7c2f2f"),
            Layer(edge=hills(19, 0.85, 0.03), top="c76a4f", bottom="8e3f36"),
        ),
    ),
    "satellite": Scene(
        sky=("060b1f", "1c2f5c"),
        stars=220,
        sun=(720, 170, 70, "d9e2f2"),
        layers=(
            Layer(edge=hills(23, 0.78, 0.06), top="23406e", bottom="16294c"),
            Layer(edge=peaks(9, 0.92, 0.14, 9), top="101f3c", bottom="070f22"),
        ),
    ),
    "solar": Scene(
        sky=("79b4dc", "f7ecd2"),
        sun=(800, 120, 56, "fffadf"),
        layers=(
            Layer(edge=hills(28, 0.56, 0.06), top="e3c08d", bottom="c89a62"),
            Layer(edge=peaks(1, 0.74, 0.06, 16), top="2f5a86", bottom="1e3f66"),
            Layer(edge=hills(35, 0.86, 0.03), top="cf9d5e", bottom="9b6b37"),
        ),
    ),
    "school": Scene(
        sky=("bfdcd6", "f6f1de"),
        sun=(150, 130, 42, "fff7da"),
        layers=(
            Layer(edge=hills(44, 0.54, 0.06), top="a7c2a0", bottom="7fa17f"),
            Layer(edge=roofs(70, 0.68, 0.14, 90), top="d98f5c", bottom="b46a40"),
            Layer(edge=hills(48, 0.84, 0.04), top="6f9468", bottom="446a45"),
        ),
    ),
    "mountain": Scene(
        sky=("c3d4e8", "f6ece6"),
        sun=(620, 140, 46, "fffdf2"),
        layers=(
            Layer(edge=peaks(51, 0.62, 0.4, 6), top="d5dde8", bottom="8fa3bd"),
            Layer(edge=peaks(62, 0.74, 0.26, 8), top="8b9db5", bottom="5b7090"),
            Layer(edge=hills(66, 0.86, 0.06), top="55705f", bottom="31483c"),
        ),
    ),
}


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    for _name, _scene in SCENES.items():
        (IMAGES / f"{_name}.png").write_bytes(draw(_scene, _name))
