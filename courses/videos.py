"""Films handed in: looked into before anything is kept, so that every film in a course is one a browser can play."""

from dataclasses import dataclass
from typing import BinaryIO

from pymediainfo import MediaInfo

from lms.kernel.errors import Invalid, Problem
from lms.kernel.i18n import _

# Containers and codecs that Chromium, Firefox and Safari play without extras.
CONTAINERS = {"MPEG-4": "mp4", "QuickTime": "mp4", "WebM": "webm"}
CODECS = {"AVC": "H.264", "VP8": "VP8", "VP9": "VP9", "AV1": "AV1"}
SOUND = {"AAC", "MPEG Audio", "Opus", "Vorbis"}
LONGEST_MS = 4 * 3600 * 1000
SHORTEST_MS = 500


@dataclass(frozen=True)
class Film:
    """What a film is: its length in milliseconds, its size in pixels, what it is coded with."""

    kind: str
    duration_ms: int
    width: int
    height: int
    codec: str


def look_into(stream: BinaryIO, filename: str, *, where: str = "film") -> Film:
    """Return what a film is, and leave the stream at its beginning.

    where   the form field, for the problem's place

    Raises Invalid with one clear sentence: not a film, no picture in it, a coding that browsers don't play, too long.
    """
    stream.seek(0)
    try:
        tracks = MediaInfo.parse(stream).tracks
    except (OSError, RuntimeError) as error:
        raise _problem(where, _("%(name)s could not be read as a film.", name=filename)) from error
    finally:
        stream.seek(0)
    general = next((track for track in tracks if track.track_type == "General"), None)
    pictures = [track for track in tracks if track.track_type == "Video"]
    if general is None or general.format is None or not (pictures or _has(tracks, "Audio")):
        raise _problem(where, _("%(name)s is not a film: its content says otherwise.", name=filename))
    if not pictures:
        raise _problem(where, _("%(name)s has sound but no picture.", name=filename))
    return _playable(general, pictures[0], tracks, filename, where)


def _playable(general, picture, tracks, filename: str, where: str) -> Film:  # type: ignore[no-untyped-def]  # pymediainfo's tracks have no types
    kind, codec = CONTAINERS.get(general.format), CODECS.get(picture.format)
    sound = next((track.format for track in tracks if track.track_type == "Audio"), None)
    if kind is None or codec is None or (sound is not None and sound not in SOUND):
        found = " / ".join(str(it) for it in (general.format, picture.format, sound) if it)
        raise _problem(where, _(
            "Browsers don't play this kind of film (%(found)s). Save it as MP4 with H.264 and AAC, or as WebM.",
            found=found))
    duration = round(float(picture.duration or general.duration or 0))
    if general.istruncated == "Yes":
        raise _problem(where, _("%(name)s is cut off: part of it is missing. Upload it again.", name=filename))
    if not SHORTEST_MS <= duration <= LONGEST_MS or not picture.width or not picture.height:
        raise _problem(where, _("%(name)s is damaged or empty, or longer than four hours.", name=filename))
    return Film(kind, duration, int(picture.width), int(picture.height), codec)


def _has(tracks, track_type: str) -> bool:  # type: ignore[no-untyped-def]  # pymediainfo's tracks have no types
    return any(track.track_type == track_type for track in tracks)


def _problem(where: str, text: str) -> Invalid:
    return Invalid([Problem(where, text)])
