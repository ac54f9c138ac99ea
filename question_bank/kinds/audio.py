"""Audio question: a recording is heard, and one to five questions are asked about it.

Content: {"stem", "explanation", "audio": {...}, "parts": [...]}; `listening` tells the recording, `compound` the parts.
Row: the stem, the recording in the settings by the digest of its file; each part has a row of its own.
"""

from __future__ import annotations

from typing import Any

from question_bank.kinds import listening
from question_bank.kinds.base import Content, Flaw, Form, KindCode, Row, Seed, row_of
from question_bank.kinds.compound import Compound


class Audio(Compound):
    """One recording, one to five questions."""

    code = KindCode.AUDIO
    least, most = 1, 5

    def validate(self, content: Content) -> list[Flaw]:
        """List what is wrong: recording, words, parts."""
        return listening.flaws_of_audio(content) + super().validate(content)

    def candidate_view(self, content: Content, seed: Seed) -> dict[str, Any]:
        """Show the recording and the parts, not what is said in it."""
        return {**super().candidate_view(content, seed), "audio": listening.asked(content)}

    def review_parts(self, content: Content, answer: Any) -> dict[str, Any]:
        """Return the recording with its transcript, and the parts."""
        return {**super().review_parts(content, answer), "audio": listening.told(content)}

    def from_form(self, form: Form) -> dict[str, Any]:
        """Build content from the recording and the parts."""
        return {**super().from_form(form), "audio": listening.audio_from_form(form)}

    def to_row(self, content: Content) -> Row:
        """Write the stem and the recording."""
        return row_of(content, settings=listening.audio_settings(content))

    def from_row(self, row: Row) -> tuple[dict[str, Any], list[Flaw]]:
        """Read the stem and the recording."""
        content, flaws = super().from_row(row)
        return {**content, "audio": listening.audio_from_row(row)}, flaws
