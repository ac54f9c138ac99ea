"""Pictures and recordings for tests, made on the spot."""

import io
import wave

from PIL import Image


def picture(kind="PNG", size=(20, 10), mode="RGB"):
    """Return a picture of one colour."""
    target = io.BytesIO()
    Image.new(mode, size, 200).save(target, kind)
    return target.getvalue()


def sound(seconds=1):
    """Return silence as a recording."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 8000 * seconds))
    return target.getvalue()
