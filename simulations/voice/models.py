"""Tables of voices: consents, tracks and their chunks, what a recogniser heard, and the caller's lines as sound."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, enum_check, new_id
from lms.records.models import keep_append_only


class VoiceSource(StrEnum):
    """Where a caller's line comes from; a trainer's recording goes before a machine's."""

    RECORDED = "recorded"
    SYNTHESISED = "synthesised"


class VoiceConsent(Model):
    """Somebody agreed to be recorded, in these words; without one no microphone is opened."""

    __tablename__ = "voice_consent"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    edition: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)  # as it was shown, in the language it was shown in
    agreed_at: Mapped[datetime]


class VoiceTrack(Model):
    """One side's recording of a call, from one opening of the microphone to its end.

    kind        webm or ogg, empty until the first chunk tells
    begins_ms   where it begins on the call clock
    manifest    sha256 over the numbers, hashes and sizes of its chunks, once it is closed; in the call's log as well
    erased_at   when its sound was deleted; the hashes stay
    """

    __tablename__ = "voice_track"
    __table_args__ = (
        UniqueConstraint("call_id", "side", "number"),
        CheckConstraint("(closed_at IS NULL) = (manifest IS NULL)", name="closed_with_a_manifest"),
        CheckConstraint("begins_ms >= 0", name="begins_on_the_call_clock"),
        CheckConstraint("erased_at IS NULL OR closed_at IS NOT NULL", name="erased_when_closed"),
        Index("ix_voice_track_erased", "erased_at", "opened_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("simulated_call.id", ondelete="RESTRICT"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("voice_consent.id", ondelete="RESTRICT"), index=True)
    side: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10), default="")
    begins_ms: Mapped[int]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    manifest: Mapped[str | None] = mapped_column(String(64))
    erased_at: Mapped[datetime | None]


class VoiceChunk(Model):
    """One acknowledged piece of a track: its bytes were on disk, under their hash, before this row was written."""

    __tablename__ = "voice_chunk"
    __table_args__ = (
        CheckConstraint("number >= 0", name="number_from_nought"),
        CheckConstraint("size > 0", name="size_positive"),
    )

    track_id: Mapped[UUID] = mapped_column(ForeignKey("voice_track.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    received_at: Mapped[datetime]


class RecognisedSpeech(Model):
    """What the recogniser made of a stretch of a track; asked again, it is the same answer."""

    __tablename__ = "recognised_speech"
    __table_args__ = (CheckConstraint("confidence BETWEEN 0 AND 1000", name="confidence_in_range"),)

    track_id: Mapped[UUID] = mapped_column(ForeignKey("voice_track.id", ondelete="RESTRICT"), primary_key=True)
    from_ms: Mapped[int] = mapped_column(primary_key=True)
    to_ms: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    confidence: Mapped[int]  # thousandths
    recogniser: Mapped[str] = mapped_column(String(80))
    heard_at: Mapped[datetime]


class CallerVoice(Model):
    """The sound of one line that a caller says.

    line   sha256 of the words as they are spoken
    code   the script it was recorded for; empty for a synthesised one, which every script may use
    """

    __tablename__ = "caller_voice"
    __table_args__ = (enum_check("source", VoiceSource), UniqueConstraint("line", "code", "source"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    line: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))
    engine: Mapped[str] = mapped_column(String(80), default="")
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    made_at: Mapped[datetime]


for fixed in (VoiceConsent, VoiceChunk, RecognisedSpeech):
    keep_append_only(fixed)
