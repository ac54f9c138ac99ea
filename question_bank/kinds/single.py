"""Single choice: exactly one option is right.

Content: {"stem", "explanation", "options": [{"id": "a", "text": "...", "pinned": true?}, ...], "key": "b",
"shuffle": true}. Ids run a, b, c ... in the author's order. Two to ten options.
Answer: the id of the chosen option. Full marks or none.
Row: answer is one letter, A for the first option.
"""

from __future__ import annotations

from typing import Any

from question_bank.kinds import options
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
    Why,
    first,
    flaws_of_words,
    row_of,
    words_of,
)


class Single(Automatic):
    """One right option among two to ten."""

    code = KindCode.SINGLE

    def validate(self, content: Content) -> list[Flaw]:
        """List what is wrong: words, options, and a key that names none of them."""
        flaws = flaws_of_words(content) + options.flaws_of_options(content)
        ids = options.ids_of(content)
        if content.get("key") is None or content.get("key") == "":
            flaws.append(Flaw("key", "key_missing"))
        elif content.get("key") not in ids:
            flaws.append(Flaw("key", "key_beyond"))
        return flaws

    def candidate_view(self, content: Content, seed: Seed) -> dict[str, Any]:
        """Show stem and options."""
        return {"kind": self.code.value, "stem": content["stem"], "options": options.shuffled(content, seed)}

    def mark(self, content: Content, answer: Any, max_points: int, given: Given = NOTHING_GIVEN) -> Mark:
        """Full marks for the key's id, none for anything else."""
        if answer is None or answer == "":
            return Mark(0, max_points, Why.UNANSWERED)
        if not isinstance(answer, str) or answer not in {option["id"] for option in options.options_of(content)}:
            return Mark(0, max_points, Why.UNREADABLE)
        right = answer == content["key"]
        return Mark(max_points if right else 0, max_points, Why.RIGHT if right else Why.WRONG)

    def key_answer(self, content: Content) -> Any:
        """Return the key's id."""
        return content["key"]

    def wrong_answer(self, content: Content) -> Any:
        """Return the first id that is not the key."""
        return next(option["id"] for option in options.options_of(content) if option["id"] != content["key"])

    def review_parts(self, content: Content, answer: Any) -> dict[str, Any]:
        """Return every option with whether it is the key and whether it was chosen."""
        return {
            "options": [
                {**shown, "key": shown["id"] == content["key"], "chosen": shown["id"] == answer}
                for shown in options.shuffled(content, None)
            ]
        }

    def response_of(self, content: Content, answer: Any) -> tuple[str, ...]:
        """Return the id that was chosen, "none" where none was."""
        chosen = self.mark(content, answer, 0).why not in (Why.UNANSWERED, Why.UNREADABLE)
        return (str(answer),) if chosen else ("none",)

    def guess_score(self, content: Content) -> float | None:
        """Return one of n."""
        return 1 / len(content["options"])

    def answer_from_form(self, form: Form, name: str) -> Any:
        """Read the chosen radio button."""
        return first(form, name) or None

    def from_form(self, form: Form) -> dict[str, Any]:
        """Build content from stem, explanation, option lines, key and pinned ticks, shuffle."""
        made, keys = options.options_from_form(form)
        return {**words_of(form), "options": made, "key": keys[0] if keys else "", "shuffle": "shuffle" in form}

    def to_row(self, content: Content) -> Row:
        """Write the key as its letter."""
        return row_of(
            content,
            tuple(option["text"] for option in options.options_of(content)),
            content["key"].upper(),
            options.row_settings(content),
        )

    def from_row(self, row: Row) -> tuple[dict[str, Any], list[Flaw]]:
        """Read one letter; more than one is a flaw that says so."""
        content, places, flaws = options.choice_from_row(row)
        if len(places) > 1:
            flaws.append(Flaw("answer", "single_with_many", {"answer": row.answer}))
        content["key"] = options.IDS[places[0]] if len(places) == 1 else ""
        return content, flaws
