"""Captions of a film: WebVTT, read into timed lines for the transcript beside the film."""

import re
from dataclasses import dataclass

from lms.kernel.errors import Invalid, Problem
from lms.kernel.i18n import _

_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"^{_TIME}[ \t]+-->[ \t]+{_TIME}")
_MARKUP = re.compile(r"<[^>]*>")
LARGEST = 1_000_000  # bytes of a caption file


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: from, to (milliseconds) and its words."""

    start_ms: int
    end_ms: int
    text: str


def read_captions(source: str) -> tuple[Cue, ...]:
    """Return the captions of a WebVTT text in order. Markup in them is dropped; blocks that aren't captions too."""
    cues = []
    for block in re.split(r"\n[ \t]*\n", source.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        for number, line in enumerate(lines):
            timing = _TIMING.match(line.strip())
            if timing:
                words = " ".join(_MARKUP.sub("", text).strip() for text in lines[number + 1:]).strip()
                start, end = _milliseconds(timing.groups()[:4]), _milliseconds(timing.groups()[4:])
                if words and start < end:
                    cues.append(Cue(start, end, words))
                break
    return tuple(sorted(cues, key=lambda cue: cue.start_ms))


def check_captions(content: bytes, filename: str, *, where: str = "captions") -> tuple[Cue, ...]:
    """Return the captions of an uploaded file.

    where   the form field, for the problem's place

    Raises Invalid with one clear sentence: not UTF-8, not WebVTT, no caption in it.
    """
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _problem(where, _("%(name)s is not UTF-8 text. Save it again as UTF-8.", name=filename)) from None
    if not re.match(r"WEBVTT(?:[ \t\n\r]|$)", source):
        raise _problem(where, _("%(name)s is not a WebVTT file: its first line must be WEBVTT.", name=filename))
    cues = read_captions(source)
    if not cues:
        raise _problem(where, _("%(name)s holds no caption with a time, such as 00:01.000 --> 00:04.000.",
                                name=filename))
    return cues


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def _problem(where: str, text: str) -> Invalid:
    return Invalid([Problem(where, text)])
