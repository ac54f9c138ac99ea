"""A number, with a tolerance and perhaps a unit.

Content: {"stem", "explanation", "value": "15", "tolerance": "0.5", "tolerance_kind": "absolute" | "percent",
"unit": "秒", "unit_also": ["s"], "unit_rule": "ignored" | "checked" | "required"}. Numbers are decimal strings of at
most 15 digits before and 9 after the point. The tolerance includes its ends; percent is of the value.

unit_rule    ignored: whatever follows the number is passed over; checked: a unit may be left out, a written one must
             be the right one; required: it must be written
Answer: "15", "15 秒", "1,500.5", full width too, or a JSON number. Full marks or none.
Row: answer is 15, 15±0.5, 15±5%, or a range 14.5~15.5; a unit may follow the number or stand in the settings, other
spellings of it after commas (单位=秒,s).
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

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
    row_words,
    words_of,
)
from question_bank.kinds.folding import ANSWER_LIMIT, fold, plain_text

UNIT_RULES = ("checked", "required", "ignored")
UNIT_LIMIT = 20
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.\d{1,9})?"
_STORED = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_ANSWER = re.compile(rf"({_NUMBER})(?![\d.])\s*(.*)", re.DOTALL | re.ASCII)
_RANGE = re.compile(rf"({_NUMBER})\s*(?:~|至|到|\.\.|-)\s*({_NUMBER})\s*(\D*)", re.ASCII)
_AROUND = re.compile(rf"({_NUMBER})\s*([^\d±+]*?)\s*(?:±|\+/-|\+-)\s*({_NUMBER})\s*(%?)\s*(\D*)", re.ASCII)


class Numeric(Automatic):
    """One number."""

    code = KindCode.NUMERIC

    def validate(self, content: Content) -> list[Flaw]:
        """List what is wrong: words, value, tolerance, unit."""
        flaws = flaws_of_words(content)
        if not _is_number(content.get("value")):
            flaws.append(Flaw("value", "value_not_number", {"value": str(content.get("value", ""))[:40]}))
        tolerance = content.get("tolerance", "0")
        if not _is_number(tolerance) or tolerance.startswith("-"):
            flaws.append(Flaw("tolerance", "tolerance_not_number", {"value": str(tolerance)[:40]}))
        if content.get("tolerance_kind", "absolute") not in ("absolute", "percent"):
            flaws.append(Flaw("tolerance", "tolerance_kind_unknown"))
        also = content.get("unit_also", [])
        units = [content.get("unit", ""), *(also if isinstance(also, list) else [None])]
        if any(not isinstance(unit, str) or len(unit) > UNIT_LIMIT for unit in units):
            flaws.append(Flaw("unit", "unit_too_long", {"limit": UNIT_LIMIT}))
        if content.get("unit_rule", "checked") not in UNIT_RULES:
            flaws.append(Flaw("unit", "unit_rule_unknown"))
        elif content.get("unit_rule") == "required" and not content.get("unit"):
            flaws.append(Flaw("unit", "unit_required_but_none"))
        return flaws

    def candidate_view(self, content: Content, seed: Seed) -> dict[str, Any]:
        """Show the stem and the unit to answer in (not where writing it is part of the task)."""
        rule = content.get("unit_rule", "checked")
        unit = "" if rule == "required" else content.get("unit", "")
        return {"kind": self.code.value, "stem": content["stem"], "unit": unit, "unit_rule": rule}

    def mark(self, content: Content, answer: Any, max_points: int, given: Given = NOTHING_GIVEN) -> Mark:
        """Full marks within the tolerance and with the unit the rule asks for."""
        text = plain_text(answer)
        if answer is None or (text is not None and not text.strip()) or answer == []:
            return Mark(0, max_points, Why.UNANSWERED)
        read = _ANSWER.fullmatch(_plain(text)) if text is not None and len(text) <= ANSWER_LIMIT else None
        if read is None:
            return Mark(0, max_points, Why.UNREADABLE)
        if not _within(content, Fraction(read[1].replace(",", ""))):
            return Mark(0, max_points, Why.WRONG)
        trouble = _unit_trouble(content, read[2].strip())
        return Mark(0, max_points, trouble) if trouble else Mark(max_points, max_points, Why.RIGHT)

    def key_answer(self, content: Content) -> Any:
        """Return the value with its unit."""
        return f"{content['value']} {content.get('unit', '')}".strip()

    def wrong_answer(self, content: Content) -> Any:
        """Return a number outside the tolerance, with the right unit."""
        value, reach = Fraction(content["value"]), _reach(content)
        return f"{int(value + reach) + 1} {content.get('unit', '')}".strip()

    def review_parts(self, content: Content, answer: Any) -> dict[str, Any]:
        """Return the value, tolerance and unit beside what was written."""
        return {
            "value": content["value"],
            "tolerance": content.get("tolerance", "0"),
            "tolerance_kind": content.get("tolerance_kind", "absolute"),
            "unit": content.get("unit", ""),
            "given": (plain_text(answer) or "").strip(),
        }

    def answer_from_form(self, form: Form, name: str) -> Any:
        """Read the box."""
        return first(form, name).strip() or None

    def from_form(self, form: Form) -> dict[str, Any]:
        """Build content from stem, explanation, value, tolerance, tolerance_kind, unit, unit_also, unit_rule."""
        also = [part.strip() for part in re.split(r"[,，、]", first(form, "unit_also")) if part.strip()]
        return _content(
            words_of(form),
            _number(first(form, "value")),
            _number(first(form, "tolerance")) or "0",
            first(form, "tolerance_kind", "absolute"),
            [first(form, "unit").strip(), *also],
            first(form, "unit_rule", "checked"),
        )

    def to_row(self, content: Content) -> Row:
        """Write value and tolerance in the answer, unit in the settings."""
        tolerance = content.get("tolerance", "0")
        around = "" if tolerance == "0" else f"±{tolerance}{'%' if content.get('tolerance_kind') == 'percent' else ''}"
        settings = {}
        if content.get("unit"):
            settings["unit"] = ",".join([content["unit"], *(content.get("unit_also") or ())])
        if content.get("unit_rule", "checked") != "checked":
            settings["unit_rule"] = content["unit_rule"]
        return row_of(content, (), content["value"] + around, settings)

    def from_row(self, row: Row) -> tuple[dict[str, Any], list[Flaw]]:
        """Read a number, a number with a tolerance, or a range."""
        read = read_amount(row.answer)
        units = [unit.strip() for unit in row.settings.get("unit", "").split(",") if unit.strip()]
        words = row_words(row)
        rule = row.settings.get("unit_rule", "checked")
        if read is None:
            code = "answer_not_number" if row.answer.strip() else "answer_missing"
            return _content(words, "", "0", "absolute", units, rule), [Flaw("answer", code, {"answer": row.answer})]
        value, tolerance, kind, unit = read
        return _content(words, value, tolerance, kind, units or [unit], rule), []


def read_amount(cell: str) -> tuple[str, str, str, str] | None:
    """Read value, tolerance, kind of tolerance and unit out of an answer cell.

    >>> read_amount("15±0.5秒")
    ('15', '0.5', 'absolute', '秒')
    >>> read_amount("95 ± 2%")
    ('95', '2', 'percent', '')
    >>> read_amount("10～12")
    ('11', '1', 'absolute', '')
    >>> read_amount("很多")
    """
    text = _plain(cell)
    if found := _AROUND.fullmatch(text):
        kind = "percent" if found[4] else "absolute"
        return _number(found[1]), _number(found[3]), kind, (found[2] or found[5]).strip()
    if found := _RANGE.fullmatch(text):
        low, high = (Fraction(found[place].replace(",", "")) for place in (1, 2))
        if low <= high:
            return _decimal((low + high) / 2), _decimal((high - low) / 2), "absolute", found[3].strip()
    if found := _ANSWER.fullmatch(text):
        return _number(found[1]), "0", "absolute", found[2].strip()
    return None


def _content(
    words: dict[str, str], value: str, tolerance: str, kind: str, units: list[str], rule: str
) -> dict[str, Any]:
    return {
        **words,
        "value": value,
        "tolerance": tolerance,
        "tolerance_kind": kind,
        "unit": units[0] if units else "",
        "unit_also": units[1:],
        "unit_rule": rule,
    }


def _plain(text: str) -> str:
    return fold(text).replace("\u2212", "-").replace("\u2013", "-")


def _number(text: str) -> str:
    """Return a decimal string in the stored form, the input itself where it is none (validation will tell)."""
    plain = _plain(text).replace(",", "").removeprefix("+")
    return plain if _STORED.fullmatch(plain) else text.strip()


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and bool(_STORED.fullmatch(value))


def _decimal(number: Fraction) -> str:
    scaled = number * 10**10
    whole, rest = divmod(abs(int(scaled)), 10**10)
    text = f"{whole}.{rest:010d}".rstrip("0").rstrip(".")
    return f"-{text}" if number < 0 else text


def _reach(content: Content) -> Fraction:
    tolerance = Fraction(content.get("tolerance", "0"))
    percent = content.get("tolerance_kind") == "percent"
    return abs(Fraction(content["value"])) * tolerance / 100 if percent else tolerance


def _within(content: Content, number: Fraction) -> bool:
    return abs(number - Fraction(content["value"])) <= _reach(content)


def _unit_trouble(content: Content, written: str) -> Why | None:
    unit, rule = content.get("unit", ""), content.get("unit_rule", "checked")
    if not unit or rule == "ignored":
        return None
    if not written:
        return Why.UNIT_MISSING if rule == "required" else None
    return None if written in {fold(one) for one in [unit, *(content.get("unit_also") or ())]} else Why.UNIT_WRONG
