"""The recording of an audio question or a dictation.

{"sha256": "64 hex digits", "plays": 2, "transcript": "..."}: the stored file, how often it may be heard (0: as often
as wanted, up to 9), what is said in it (up to 4000 characters, shown only after marking).
"""

from __future__ import annotations

import re
from typing import Any

from question_bank.kinds.base import Content, Flaw, Form, Row, first, flaws_of_text, plain_lines, whole_numbers

TRANSCRIPT_LIMIT, MOST_PLAYS = 4000, 9
_DIGEST = re.compile(r"[0-9a-f]{64}")


def flaws_of_audio(content: Content) -> list[Flaw]:
    """Check the recording; never raises."""
    audio = content.get("audio")
    if (
        not isinstance(audio, dict)
        or not isinstance(audio.get("sha256"), str)
        or not _DIGEST.fullmatch(audio["sha256"])
    ):
        return [Flaw("audio", "audio_missing")]
    plays, flaws = audio.get("plays", 0), []
    if isinstance(plays, bool) or not isinstance(plays, int) or not 0 <= plays <= MOST_PLAYS:
        flaws.append(Flaw("audio", "plays_out_of_range", {"most": MOST_PLAYS}))
    return flaws + flaws_of_text("audio", audio.get("transcript", ""), TRANSCRIPT_LIMIT)


def asked(content: Content) -> dict[str, Any]:
    """Return what a candidate gets of the recording."""
    return {"sha256": content["audio"]["sha256"], "plays": content["audio"].get("plays", 0)}


def told(content: Content) -> dict[str, Any]:
    """Return what is shown of the recording after marking."""
    return {**asked(content), "transcript": content["audio"].get("transcript", "")}


def audio_from_form(form: Form) -> dict[str, Any]:
    """Read `audio_sha256`, `audio_plays` and `audio_transcript`."""
    return {
        "sha256": first(form, "audio_sha256").strip(),
        "plays": whole_numbers(first(form, "audio_plays").strip(), 0),
        "transcript": plain_lines(first(form, "audio_transcript")),
    }


def audio_settings(content: Content) -> dict[str, str]:
    """Return the recording as settings of a row."""
    audio = content["audio"]
    settings = {"audio": audio["sha256"]}
    if audio.get("plays"):
        settings["plays"] = str(audio["plays"])
    return {**settings, "transcript": audio["transcript"]} if audio.get("transcript") else settings


def audio_from_row(row: Row) -> dict[str, Any]:
    """Read the recording out of a row's settings."""
    settings = row.settings
    return {
        "sha256": settings.get("audio", "").strip().casefold(),
        "plays": whole_numbers(settings.get("plays", "").strip(), 0),
        "transcript": settings.get("transcript", ""),
    }
