"""Multiple choice: two or more options are right.

Content: as single choice, but "key": ["a", "c"] (sorted, at least two) and "rule" for an answer that lacks some
right options and holds no wrong one:

none    it earns nothing
half    it earns half the marks (the usual rule in Chinese papers, and the default)
share   it earns the part of the right options it holds
penalty each right option earns its part of the marks, each wrong one takes its part of them away, not below nothing:
        with k right and w wrong options to choose from, a right one is worth 1/k and a wrong one costs 1/w

An answer that holds a wrong option earns nothing under the first three. Fractions of a hundredth fall away.
Answer: a list of ids in any order; repeats count once.
Row: answer is letters, "ACD" or "A,C,D".
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

RULES = ("none", "half", "share", "penalty")

_FINE = 1_000_000


class Multiple(Automatic):
    """Two or more right options among up to ten."""

    code = KindCode.MULTIPLE

    def validate(self, content: Content) -> list[Flaw]:
        """List what is wrong: words, options, rule, and a key of fewer than two or unknown options."""
        flaws = flaws_of_words(content) + options.flaws_of_options(content)
        ids = options.ids_of(content)
        key = content.get("key")
        if not isinstance(key, list) or not key:
            flaws.append(Flaw("key", "key_missing"))
        elif any(one not in ids for one in key) or len({str(one) for one in key}) != len(key):
            flaws.append(Flaw("key", "key_beyond"))
        elif len(key) == 1:
            flaws.append(Flaw("key", "key_of_one", {"letter": str(key[0]).upper()}))
        if content.get("rule", "half") not in RULES:
            flaws.append(Flaw("rule", "rule_unknown"))
        return flaws

    def candidate_view(self, content: Content, seed: Seed) -> dict[str, Any]:
        """Show stem, options and the rule for answers that lack some."""
        return {
            "kind": self.code.value,
            "stem": content["stem"],
            "options": options.shuffled(content, seed),
            "rule": content.get("rule", "half"),
        }

    def mark(self, content: Content, answer: Any, max_points: int, given: Given = NOTHING_GIVEN) -> Mark:
        """Full marks for exactly the key; what the rule gives for part of it; none with a wrong option."""
        if answer is None or answer == "" or answer == []:
            return Mark(0, max_points, Why.UNANSWERED)
        chosen = [answer] if isinstance(answer, str) else answer
        ids = {option["id"] for option in options.options_of(content)}
        if not isinstance(chosen, list) or any(not isinstance(one, str) or one not in ids for one in chosen):
            return Mark(0, max_points, Why.UNREADABLE)
        held, key = set(chosen), set(content["key"])
        if held == key:
            return Mark(max_points, max_points, Why.RIGHT)
        if content.get("rule") == "penalty":
            earned = _with_penalty(held, key, ids - key, max_points)
            return Mark(earned, max_points, Why.PARTLY if earned else Why.WRONG)
        if held - key or content.get("rule", "half") == "none":
            return Mark(0, max_points, Why.WRONG)
        earned = max_points // 2 if content.get("rule", "half") == "half" else max_points * len(held) // len(key)
        return Mark(earned, max_points, Why.PARTLY)

    def key_answer(self, content: Content) -> Any:
        """Return every right id."""
        return list(content["key"])

    def wrong_answer(self, content: Content) -> Any:
        """Return a wrong option alone where there is one, else one right option alone."""
        wrong = [option["id"] for option in options.options_of(content) if option["id"] not in content["key"]]
        return wrong[:1] or content["key"][:1]

    def review_parts(self, content: Content, answer: Any) -> dict[str, Any]:
        """Return every option with whether it is part of the key and whether it was chosen."""
        chosen = [answer] if isinstance(answer, str) else answer if isinstance(answer, list) else []
        return {
            "options": [
                {**shown, "key": shown["id"] in content["key"], "chosen": shown["id"] in chosen}
                for shown in options.shuffled(content, None)
            ]
        }

    def response_of(self, content: Content, answer: Any) -> tuple[str, ...]:
        """Return the ids that were chosen, "none" where none was."""
        if self.mark(content, answer, 0).why in (Why.UNANSWERED, Why.UNREADABLE):
            return ("none",)
        return tuple(sorted({answer} if isinstance(answer, str) else set(answer)))

    def guess_score(self, content: Content) -> float | None:
        """Return the average over every choice of at least one option."""
        ids = [option["id"] for option in options.options_of(content)]
        choices = [[one for at, one in enumerate(ids) if chosen >> at & 1] for chosen in range(1, 1 << len(ids))]
        return sum(self.mark(content, choice, _FINE).hundredths for choice in choices) / (_FINE * len(choices))

    def answer_from_form(self, form: Form, name: str) -> Any:
        """Read the ticked boxes."""
        return [str(value) for value in form.get(name) or ()]

    def from_form(self, form: Form) -> dict[str, Any]:
        """Build content from stem, explanation, option lines, key and pinned ticks, shuffle, rule."""
        made, keys = options.options_from_form(form)
        return {
            **words_of(form),
            "options": made,
            "key": keys,
            "shuffle": "shuffle" in form,
            "rule": first(form, "rule", "half"),
        }

    def to_row(self, content: Content) -> Row:
        """Write the key as letters without separators."""
        settings = options.row_settings(content)
        if content.get("rule", "half") != "half":
            settings["rule"] = content["rule"]
        return row_of(
            content,
            tuple(option["text"] for option in options.options_of(content)),
            "".join(content["key"]).upper(),
            settings,
        )

    def from_row(self, row: Row) -> tuple[dict[str, Any], list[Flaw]]:
        """Read letters in any of the usual spellings."""
        content, places, flaws = options.choice_from_row(row)
        content["key"] = [options.IDS[place] for place in places]
        content["rule"] = row.settings.get("rule", "half")
        return content, flaws


def _with_penalty(held: set[str], key: set[str], wrong: set[str], max_points: int) -> int:
    """Return what a choice earns where wrong options cost marks: hundredths, 0..max_points."""
    right, amiss = len(held & key), len(held & wrong)
    each_way = max(1, len(wrong))
    return max(0, max_points * (right * each_way - amiss * len(key)) // (len(key) * each_way))
