"""Sounds for tests."""

import io
import wave
from array import array


def beep(*, seconds: float = 0.2, rate: int = 8000) -> bytes:
    """Return a WAV file with a plain tone."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array("h", ((-1) ** (n // 9) * 4000 for n in range(int(rate * seconds)))).tobytes())
    return made.getvalue()
