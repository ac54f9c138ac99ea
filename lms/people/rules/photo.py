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


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the pixels alone, in RGB, on white where they were transparent: whatever else hung on them is gone."""
    layered = picture.convert("RGBA")
    flat = Image.new("RGB", layered.size, "white")
    flat.paste(layered, mask=layered.getchannel("A"))
    return flat
