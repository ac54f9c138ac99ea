"""A voice made by espeak-ng, in a process of its own: Mandarin, or English for English lines; as a telephone sounds."""

import io
import re
import shutil
import subprocess
import wave
from array import array
from dataclasses import dataclass
from typing import Final

from simulations.voice.spelling import spoken

PROGRAM: Final = "espeak-ng"
SECONDS: Final = 20  # a line takes a tenth of one
LONGEST: Final = 600  # characters of a line
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_SPEED: Final = {"cmn": "165", "en-gb": "155"}  # words a minute


@dataclass(frozen=True)
class Rendered:
    """A line as sound. engine: what made it, for the record."""

    content: bytes
    engine: str


def is_installed() -> bool:
    """Tell whether lines can be rendered here."""
    return shutil.which(PROGRAM) is not None


def render(line: str) -> Rendered | None:
    """Render a line; None without the program, when it fails, or takes too long."""
    program = shutil.which(PROGRAM)
    if program is None or not line.strip():
        return None
    voice = "cmn" if _CHINESE.search(line) else "en-gb"
    words = spoken(line) if voice == "cmn" else line
    try:
        done = subprocess.run(  # noqa: S603 - the words go in by standard input, never as an argument
            [program, "-v", voice, "-s", _SPEED[voice], "--stdin", "--stdout"], input=words[:LONGEST].encode(),
            capture_output=True, timeout=SECONDS, check=True)
        return Rendered(_halved(done.stdout), f"{PROGRAM} {voice}")
    except (OSError, subprocess.SubprocessError, wave.Error, EOFError):
        return None


def _halved(sound: bytes) -> bytes:
    """Return mono sound of 16 bits at half its rate: what a telephone carries, in half the bytes."""
    with wave.open(io.BytesIO(sound)) as given:
        rate, samples = given.getframerate(), array("h", given.readframes(given.getnframes()))
    pairs = array("h", ((a + b) // 2 for a, b in zip(samples[::2], samples[1::2], strict=False)))
    made = io.BytesIO()
    with wave.open(made, "wb") as kept:
        kept.setnchannels(1)
        kept.setsampwidth(2)
        kept.setframerate(rate // 2)
        kept.writeframes(pairs.tobytes())
    return made.getvalue()
