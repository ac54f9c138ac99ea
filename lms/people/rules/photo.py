"""A photo handed in becomes one of ours: decoded within limits, turned upright, cut down, written anew.

What comes in is hostile until a decoder has read all of it: only three formats are tried, the size in pixels is looked
at before anything is unpacked, and nothing of the file itself is kept.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

FORMATS: Final = ("JPEG", "PNG", "WEBP")
LARGEST_FILE: Final = 8_000_000  # bytes
MOST_PIXELS: Final = 30_000_000
SMALLEST_SIDE: Final = 120  # pixels: below, nobody can be recognised
BOX: Final = (600, 800)
QUALITIES: Final = (85, 70, 50)
LARGEST_KEPT: Final = 200_000  # bytes
END_WITHIN: Final = 65_536  # bytes before a file's own end: cameras write things of theirs behind the picture


@dataclass(frozen=True, slots=True)
class Portrait:
    """A JPEG of ours; width at most 600, height at most 800 pixels."""

    content: bytes
    width: int
    height: int


def portrait(data: bytes) -> Portrait:
    """Return a portrait made from a picture file of at most 8,000,000 bytes and 30 million pixels.

    Raises ValueError when it is none, too large, too small, broken or more than one picture.
    """
    if len(data) > LARGEST_FILE:
        raise ValueError("too many bytes")
    if not _is_whole(data):
        raise ValueError("the file breaks off")
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS or min(width, height) < SMALLEST_SIDE:
                raise ValueError("too many or too few pixels")
            if getattr(picture, "n_frames", 1) != 1:
                raise ValueError("a moving picture")
            picture.draft("RGB", (BOX[0] * 2, BOX[1] * 2))
            upright = ImageOps.exif_transpose(picture)
            flat = _on_white(upright)
    except (OSError, SyntaxError, Image.DecompressionBombError, MemoryError, ZeroDivisionError, OverflowError) as error:
        raise ValueError("no picture that can be read") from error
    flat.thumbnail(BOX, Image.Resampling.LANCZOS)
    for quality in QUALITIES:
        kept = BytesIO()
        flat.save(kept, "JPEG", quality=quality, optimize=True)
        if kept.tell() <= LARGEST_KEPT:
            return Portrait(kept.getvalue(), *flat.size)
    raise ValueError("too many bytes even when cut down")


def _is_whole(data: bytes) -> bool:
    """Tell whether a file has the end of its format; the decoder's own word isn't asked.

    The printer of certificates makes Pillow lenient with broken pictures, for the whole process.
    """
    if data.startswith(b"RIFF"):
        return len(data) >= 8 + int.from_bytes(data[4:8], "little")
    end = {b"\xff\xd8": b"\xff\xd9", b"\x89P": b"IEND"}.get(data[:2], b"")
    return end in data[-END_WITHIN:]


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the pixels alone, in RGB, on white where they were transparent: whatever else hung on them is gone."""
    layered = picture.convert("RGBA")
    flat = Image.new("RGB", layered.size, "white")
    flat.paste(layered, mask=layered.getchannel("A"))
    return flat
