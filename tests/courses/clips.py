"""A film made on the spot: WebM with VP8 pictures. A lossy WebP picture holds exactly one VP8 key frame."""

from io import BytesIO
from struct import pack

from PIL import Image, ImageDraw

MILLISECOND = 1_000_000  # nanoseconds: the unit of a WebM's times


def make_film(*, seconds: int = 2, frames_per_second: int = 5, size: tuple[int, int] = (160, 90)) -> bytes:
    """Return a WebM film of a bar that grows from left to right."""
    frames = seconds * frames_per_second
    pictures = [_frame(size, (number + 1) / frames) for number in range(frames)]
    step = 1000 // frames_per_second
    blocks = b"".join(
        _element(0xA3, b"\x81" + (number * step).to_bytes(2, "big") + b"\x80" + picture)
        for number, picture in enumerate(pictures)
    )
    header = _element(0x1A45DFA3, b"".join((
        _number(0x4286, 1), _number(0x42F7, 1), _number(0x42F2, 4), _number(0x42F3, 8), _element(0x4282, b"webm"),
        _number(0x4287, 2), _number(0x4285, 2),
    )))
    info = _element(0x1549A966, _number(0x2AD7B1, MILLISECOND) + _float(0x4489, seconds * 1000.0)
                    + _element(0x4D80, b"test") + _element(0x5741, b"test"))
    video = _element(0xE0, _number(0xB0, size[0]) + _number(0xBA, size[1]))
    track = _element(0xAE, _number(0xD7, 1) + _number(0x73C5, 1) + _number(0x83, 1)
                     + _number(0x23E383, step * MILLISECOND) + _element(0x86, b"V_VP8") + video)
    cluster = _element(0x1F43B675, _number(0xE7, 0) + blocks)
    return header + _element(0x18538067, info + _element(0x1654AE6B, track) + cluster)


def make_captions() -> bytes:
    """Return two captions."""
    return (
        "WEBVTT\n\n00:00.000 --> 00:01.000\n话务员：您好，请讲。\n\n"
        "2\n00:01.000 --> 00:02.000\n来电人：<b>有味道</b>！\n"
    ).encode()


def _frame(size: tuple[int, int], share: float) -> bytes:
    picture = Image.new("RGB", size, (26, 35, 64))
    ImageDraw.Draw(picture).rectangle((0, size[1] // 3, int(size[0] * share), size[1] * 2 // 3), fill=(169, 186, 246))
    file = BytesIO()
    picture.save(file, "WEBP", lossless=False, quality=60)
    data = file.getvalue()
    at = data.index(b"VP8 ")
    return data[at + 8 : at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")]


def _element(code: int, body: bytes) -> bytes:
    length = (len(body) | 1 << 56).to_bytes(8, "big")
    return code.to_bytes((code.bit_length() + 7) // 8, "big") + length + body


def _number(code: int, value: int) -> bytes:
    return _element(code, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def _float(code: int, value: float) -> bytes:
    return _element(code, pack(">d", value))
