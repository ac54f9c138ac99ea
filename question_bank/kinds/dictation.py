"""Dictation: a recording is heard, and what it says goes into the fields of a ticket.

Content: {"stem", "explanation", "audio": {...}, "fields": [{"label", "accepted": [...], "patterns": []}, ...]}.
`listening` tells the recording. One to twelve fields, marked as blanks are: every field is worth the same.
Answer: a list of texts, one a field.
Row: the labels as options, the accepted forms as the answer, as blanks are written; the recording in the settings by
the digest of its file.
"""

from __future__ import annotations

from typing import Any

from question_bank.kinds import gaps, listening
from question_bank.kinds.base import (
    NOTHING_GIVEN,
    Automatic,
    Content,
    Flaw,
    Form,
    Given,
    KindCode,
    Mark,
    Row,
    Seed,
    flaws_of_text,
    flaws_of_words,
    row_of,
    row_words,
    words_of,
)
from question_bank.kinds.blank import FORMS_LIMIT, build_blank, flaws_of_blank, read_forms, write_forms
from question_bank.kinds.folding import fold
from question_bank.kinds.matching import boxes

MOST_FIELDS, LABEL_LIMIT = 12, 60


class Dictation(Automatic):
    """One to twelve fields filled in from a recording."""

    code = KindCode.DICTATION

    def validate(self, content: Content) -> list[Flaw]:
        """List what is wrong: words, recording, labels, what each field accepts."""
        flaws = flaws_of_words(content) + listening.flaws_of_audio(content)
        fields = content.get("fields")
        if not isinstance(fields, list) or not 1 <= len(fields) <= MOST_FIELDS:
            count = len(fields) if isinstance(fields, list) else 0
            return [*flaws, Flaw("fields", "fields_count", {"count": count, "most": MOST_FIELDS})]
        seen: set[str] = set()
        for place, field in enumerate(fields):
            where, label = f"fields.{place}", field.get("label") if isinstance(field, dict) else None
            if not isinstance(label, str) or not label.strip() or fold(label) in seen:
                flaws.append(Flaw(where, "field_label", {"number": place + 1}))
            else:
                flaws += flaws_of_text(where, label, LABEL_LIMIT)
                seen.add(fold(label))
            flaws += flaws_of_blank(where, place + 1, field)
        length = 0 if flaws else len(self.to_row(content).answer)
        if length > FORMS_LIMIT:
            flaws.append(Flaw("fields", "too_long", {"length": length, "limit": FORMS_LIMIT}))
        return flaws

    def candidate_view(self, content: Content, seed: Seed) -> dict[str, Any]:
        """Show the recording and the labels."""
        return {
            "kind": self.code.value,
            "stem": content["stem"],
            "audio": listening.asked(content),
            "labels": [field["label"] for field in content["fields"]],
        }

    def mark(self, content: Content, answer: Any, max_points: int, given: Given = NOTHING_GIVEN) -> Mark:
        """Count the fields that are right."""
        return gaps.mark_gaps([_typed(field) for field in content["fields"]], answer, max_points)

    def key_answer(self, content: Content) -> Any:
        """Return the first accepted form of each field."""
        return [gaps.key_of(_typed(field)) for field in content["fields"]]

    def wrong_answer(self, content: Content) -> Any:
        """Return words no author accepts."""
        return [gaps.wrong_of(_typed(field)) for field in content["fields"]]

    def review_parts(self, content: Content, answer: Any) -> dict[str, Any]:
        """Return the transcript, and each field with what was written and what is accepted."""
        shown = gaps.reviewed([_typed(field) for field in content["fields"]], answer)
        labels = [field["label"] for field in content["fields"]]
        return {
            "audio": listening.told(content),
            "fields": [{"label": label, **field} for label, field in zip(labels, shown, strict=True)],
        }

    def answer_from_form(self, form: Form, name: str) -> Any:
        """Read the boxes name.0, name.1 ..."""
        return boxes(form, name, MOST_FIELDS)

    def from_form(self, form: Form) -> dict[str, Any]:
        """Build content from stem, explanation, the recording, `label` lines and what their `accept` lines accept."""
        accepted = [str(line) for line in form.get("accept") or ()] + [""] * MOST_FIELDS
        labels = [str(label).strip() for label in form.get("label") or ()][:MOST_FIELDS]
        fields = [
            {"label": label, **build_blank([one for group in read_forms(accepted[place]) for one in group])}
            for place, label in enumerate(labels)
            if label or accepted[place].strip()
        ]
        return {**words_of(form), "audio": listening.audio_from_form(form), "fields": fields}

    def to_row(self, content: Content) -> Row:
        """Write labels as options, accepted forms as the answer."""
        labels = [field["label"] for field in content["fields"]]
        answer = "; ".join(write_forms(field) for field in content["fields"])
        return row_of(content, labels, answer, listening.audio_settings(content))

    def from_row(self, row: Row) -> tuple[dict[str, Any], list[Flaw]]:
        """Read labels and accepted forms; there must be as many of both."""
        groups = read_forms(row.answer) if row.answer.strip() else []
        flaws = [] if groups else [Flaw("answer", "answer_missing")]
        if groups and len(groups) != len(row.options):
            flaws.append(Flaw("answer", "fields_unlike_labels", {"labels": len(row.options), "given": len(groups)}))
        fields = [{"label": label, **build_blank(group)} for label, group in zip(row.options, groups, strict=False)]
        return {**row_words(row), "audio": listening.audio_from_row(row), "fields": fields}, flaws


def _typed(field: Content) -> dict[str, Any]:
    """Return a field as a typed gap."""
    return {"accepted": field.get("accepted") or [], "patterns": field.get("patterns") or []}
