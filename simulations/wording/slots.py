"""Slots: digits, addresses and names, read back or typed into a form.

Digits are exact and the first wrong one is named; addresses compare by component; names are exact in writing and by
sound in speech. Nothing here guesses: a slot is right, wrong at a place, or not there.
"""

import re

from .addresses import Component, components, name_at, read_address, same_address
from .reading import Sentence, Token, read
from .slot_readings import Found, SlotKind, SlotReading

__all__ = ["Found", "SlotKind", "SlotReading", "components", "kind_of", "read_slot", "same_value"]


def kind_of(name: str, value: str, field_kind: str | None = None) -> SlotKind:
    """Tell how to compare a fact, from the ticket field that holds it or from its shape."""
    if field_kind == "address":
        return SlotKind.ADDRESS
    compact = re.sub(r"[\s-]", "", value)
    if field_kind == "phone" or (compact.isascii() and compact.isdigit() and len(compact) >= 3):
        return SlotKind.DIGITS
    if re.search(r"\d", value) and re.search(r"[路街道巷弄村苑园区幢栋]", value):
        return SlotKind.ADDRESS
    if "名" in name or name in ("name", "客户"):
        return SlotKind.NAME
    return SlotKind.TEXT


def read_slot(kind: SlotKind, expected: str, sentences: tuple[Sentence, ...], *, by_ear: bool) -> SlotReading:
    """Look for a value in consecutive sentences of speech and say how it came out."""
    if kind is SlotKind.DIGITS:
        return _read_digits(re.sub(r"\D", "", expected), sentences)
    if kind is SlotKind.ADDRESS:
        return read_address(components(expected), sentences, by_ear=by_ear)
    return _read_words(tuple(t.text for s in read(expected).sentences for t in s.tokens), sentences, by_ear=by_ear)


def same_value(kind: SlotKind, expected: str, written: str) -> SlotReading:
    """Compare a form's value with its answer: never by sound."""
    if kind is SlotKind.DIGITS:
        want, have = re.sub(r"\D", "", expected), re.sub(r"\D", "", written)
        return _digits_verdict(want, have) if have else SlotReading(Found.ABSENT)
    if not written.strip():
        return SlotReading(Found.ABSENT)
    if kind is SlotKind.ADDRESS:
        return same_address(components(expected), components(written), written)
    same = _letters(expected) == _letters(written)
    return SlotReading(Found.RIGHT if same else Found.WRONG, written)


def _letters(text: str) -> str:
    return "".join(t.text for s in read(text).sentences for t in s.tokens if not t.is_break)


def _digits_verdict(want: str, have: str) -> SlotReading:
    if want == have:
        return SlotReading(Found.RIGHT, have)
    if len(want) != len(have):
        return SlotReading(Found.WRONG, have)
    return SlotReading(
        Found.WRONG, have, wrong_at=1 + next(i for i, (a, b) in enumerate(zip(want, have, strict=True)) if a != b)
    )


def _read_digits(want: str, sentences: tuple[Sentence, ...]) -> SlotReading:
    best = SlotReading(Found.ABSENT)
    best_agreement = -1
    for number, sentence in enumerate(sentences):
        for run in _digit_runs(sentence.tokens):
            have = "".join(t.text for t in run)
            if abs(len(have) - len(want)) > 2 or len(have) < 3:
                continue
            verdict = _digits_verdict(want, have)
            agreement = sum(a == b for a, b in zip(want, have, strict=False))
            if agreement * 2 < len(want):
                continue
            if verdict.found is Found.RIGHT or agreement > best_agreement:
                best_agreement = agreement
                best = SlotReading(verdict.found, have, verdict.wrong_at, "", number, run[0].start, run[-1].end)
            if verdict.found is Found.RIGHT:
                return best
    return best


def _digit_runs(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """Every joining of neighbouring digit groups: 幺六四 零五七幺 六六八八 is one number or three."""
    blocks: list[list[list[Token]]] = [[]]
    previous: Token | None = None
    for token in tokens:
        if token.kind == "d":
            touching = previous is not None and previous.kind == "d" and previous.end >= token.start
            if touching or (
                previous is not None
                and previous.kind == "d"
                and (previous.start, previous.end) == (token.start, token.end)
            ):
                blocks[-1][-1].append(token)
            else:
                blocks[-1].append([token])
        elif not token.is_break:
            blocks.append([])
        previous = token
    runs: list[tuple[Token, ...]] = []
    for block in blocks:
        for i in range(len(block)):
            joined: tuple[Token, ...] = ()
            for group in block[i : i + 8]:
                joined = (*joined, *group)
                runs.append(joined)
    return runs


def _read_words(want: tuple[str, ...], sentences: tuple[Sentence, ...], *, by_ear: bool) -> SlotReading:
    part = Component("".join(want), "", "name", want)
    weak: SlotReading | None = None
    for number, sentence in enumerate(sentences):
        for i in range(len(sentence.tokens)):
            hit = name_at(part, sentence.tokens, i, by_ear)
            if hit is None:
                continue
            span = (sentence.tokens[i].start, sentence.tokens[hit[0] - 1].end)
            found = SlotReading(Found.BY_SOUND if hit[1] else Found.RIGHT, part.text, 0, "", number, *span)
            if not hit[1]:
                return found
            weak = weak or found
    return weak or SlotReading(Found.ABSENT)
