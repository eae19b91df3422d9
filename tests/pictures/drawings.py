"""Pictures of every kind, drawn here: a red corner tells how they are turned."""

from __future__ import annotations

import random
import struct
import zlib
from io import BytesIO

from PIL import Image

RED, BLUE = (220, 30, 30), (30, 60, 200)


def drawing(width: int = 640, height: int = 400, mode: str = "RGB") -> Image.Image:
    """Blue, with a red upper left quarter."""
    picture = Image.new("RGB", (width, height), BLUE)
    picture.paste(RED, (0, 0, width // 2, height // 2))
    return picture.convert(mode)


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def noise(width: int, height: int) -> Image.Image:
    """What no compression makes small."""
    grain = random.Random(7).randbytes(width * height * 3)
    return Image.frombytes("RGB", (width, height), grain)


def png_of_claims(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG whose head claims a size that no pixels stand behind."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100)
    parts = ((b"IHDR", head), *chunks, (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def webp_of_claims(width: int, height: int) -> bytes:
    """An animated WebP whose canvas is as large as the format can say."""
    frame = encoded(drawing(200, 120), "WEBP", lossless=True)[12:]
    box = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    shape = (199).to_bytes(3, "little") + (119).to_bytes(3, "little")
    inner = b"\0" * 6 + shape + b"\x64\0\0\0" + frame
    parts = (
        (b"VP8X", b"\x02\0\0\0" + box),
        (b"ANIM", b"\0" * 6),
        (b"ANMF", inner),
    )
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for kind, data in parts
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_of_scans(scans: int, width: int = 640, height: int = 400) -> bytes:
    """A progressive JPEG that goes over its pixels again and again."""
    data = encoded(drawing(width, height), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * scans + b"\xff\xd9"
