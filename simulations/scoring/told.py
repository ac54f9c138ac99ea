"""给, 复述 and 字段: facts asked out, read back, and written down."""

from dataclasses import dataclass
from fractions import Fraction

from ..player.state import CallState, Turn
from ..script.checks_marks import date_in, number_in
from ..script.tree import Atom, Field
from ..script.vocabulary import FieldKind, name_key
from ..wording.reading import Sentence, read
from ..wording.slots import Found, SlotKind, SlotReading, components, read_slot, same_value
from .advice import read_back_sentence
from .outcomes import Advice, Evidence, Finding, Note, Outcome, Part, by_share, note
from .spoken import quote
from .timing import Moment, limit_of, measure
from .windows import window_of

_RANK = {Found.RIGHT: 3, Found.BY_SOUND: 2, Found.WRONG: 1, Found.ABSENT: 0}


def judge_given(atom: Atom, state: CallState) -> Finding:
    """Judge 给(f, ...): the caller told each fact, in time."""
    window = window_of(atom, state)
    if window.avoidable:
        return Finding(Outcome.NOT_APPLICABLE, Fraction(0))
    limit = limit_of(atom)
    parts: list[Part] = []
    evidence: list[Evidence] = []
    for name in atom.names:
        told = next((d for d in state.disclosed if d.fact == name.key), None)
        in_time = told is not None and window.reached
        if told and limit is not None and in_time:
            in_time = measure(state, window.since, Moment(told.at_ms, None), limit, mode=state.setup.modes[0]).within
        if told and in_time and atom.limit and atom.limit.unit == "句":
            in_time = told.turns <= (window.turns[0].number - 1 if window.turns else 0) + atom.limit.amount
        label = name.text
        parts.append(Part(label, in_time, "", "", note("told" if in_time else "told_late" if told else "not_told")))
        if told and in_time:
            line = state.lines[told.line]
            evidence.append(Evidence(line.text, 0, 0, 0, len(line.text), told.at_ms, None, label, note("told")))
    share = Fraction(sum(p.met for p in parts), len(parts))
    asking = tuple(
        a for a in (_question_for(state, name.key) for name, p in zip(atom.names, parts, strict=True) if not p.met) if a
    )
    return Finding(by_share(share), share, tuple(evidence), parts=tuple(parts), advice=asking)


def _question_for(state: CallState, fact: str) -> Advice | None:
    """Return the model reply that makes the caller tell a fact."""
    for node in state.script.tree.nodes:
        for move in node.moves:
            if any(given.key == fact for given in move.effects.gives):
                return Advice("say", state.script.filled(move.reply, state.setup.staff_no))
    return None


def judge_read_back(atom: Atom, state: CallState) -> Finding:
    """Judge 复述(f, ...): each fact repeated rightly after the caller told it."""
    window = window_of(atom, state)
    if window.avoidable:
        return Finding(Outcome.NOT_APPLICABLE, Fraction(0))
    results = [_read_back(name.key, name.text, window.turns, state) for name in atom.names]
    share = Fraction(sum(r.part.met for r in results), len(results))
    missing = [
        (name.text, state.script.facts[name.key]) for name, r in zip(atom.names, results, strict=True) if not r.part.met
    ]
    return Finding(
        by_share(share),
        share,
        tuple(r.evidence for r in results if r.part.met and r.evidence),
        tuple(r.evidence for r in results if not r.part.met and r.evidence),
        tuple(r.part for r in results),
        (read_back_sentence(missing),) if missing else (),
        weak=any(r.part.met and r.weak for r in results),
    )


@dataclass(frozen=True, slots=True)
class _ReadBack:
    part: Part
    evidence: Evidence | None
    weak: bool


def _read_back(fact: str, label: str, turns: tuple[Turn, ...], state: CallState) -> _ReadBack:
    told = next((d for d in state.disclosed if d.fact == fact), None)
    expected, kind = state.script.facts[fact], state.script.slot_kind(fact)
    after = tuple(t for t in turns if told and t.seq > told.seq)
    reading, turn = _best_reading(kind, expected, after)
    if turn is None or reading.found is Found.ABSENT:
        too_soon, when = _best_reading(kind, expected, tuple(t for t in turns if t not in after))
        if when and too_soon.found in (Found.RIGHT, Found.BY_SOUND):
            why = note("before_told")
            return _ReadBack(
                Part(label, False, expected, "", why), quote(when, too_soon.start, too_soon.end, label, why), weak=False
            )
        why = note("not_read_back" if told else "not_told")
        return _ReadBack(Part(label, False, expected, "", why), None, weak=False)
    met = reading.found in (Found.RIGHT, Found.BY_SOUND)
    why = slot_note(kind, expected, reading)
    got = turn.text[reading.start : reading.end]
    return _ReadBack(
        Part(label, met, expected, got, why),
        quote(turn, reading.start, reading.end, label, why, weak=reading.found is Found.BY_SOUND),
        weak=reading.found is Found.BY_SOUND,
    )


def _best_reading(kind: SlotKind, expected: str, turns: tuple[Turn, ...]) -> tuple[SlotReading, Turn | None]:
    """Read the slot over consecutive sentences, spoken turns by ear, and return the best reading with its turn."""
    placed: list[tuple[Turn, Sentence]] = [(turn, sentence) for turn in turns for sentence in read(turn.text).sentences]
    best: tuple[SlotReading, Turn | None] = (SlotReading(Found.ABSENT), None)
    for by_ear in (False, True):
        if by_ear and not any(turn.by_ear for turn in turns):
            break
        reading = read_slot(kind, expected, tuple(s for _, s in placed), by_ear=by_ear)
        if reading.found is Found.ABSENT:
            continue
        turn = placed[reading.sentence][0]
        if reading.found is Found.BY_SOUND and not turn.by_ear:
            continue
        if _RANK[reading.found] > _RANK[best[0].found]:
            best = (reading, turn)
    return best


def slot_note(kind: SlotKind, expected: str, reading: SlotReading) -> Note:
    """Say how a slot came out."""
    if reading.found is Found.RIGHT:
        return note("right")
    if reading.found is Found.BY_SOUND:
        return note("right_by_sound")
    if kind is SlotKind.DIGITS:
        want = "".join(c for c in expected if c.isdigit())
        if reading.wrong_at:
            return note(
                "wrong_digit",
                place=reading.wrong_at,
                expected=want[reading.wrong_at - 1],
                got=reading.heard[reading.wrong_at - 1],
            )
        return note("wrong_length", expected=len(want), got=len(reading.heard))
    if kind is SlotKind.ADDRESS:
        known = any(c.text == reading.component for c in components(expected))
        return note("wrong_component" if known else "extra_component", component=reading.component)
    return note("wrong_words")


def judge_fields(atom: Atom, state: CallState) -> Finding:
    """Judge 字段(f, ...): what stands in the form against the script's answers, never by sound."""
    fields = {f.name.key: f for f in state.script.fields}
    parts = tuple(_field_part(fields[name.key], state) for name in atom.names)
    share = Fraction(sum(p.met for p in parts), len(parts))
    wrong = [p for p in parts if not p.met]
    advice = (Advice("fill", "；".join(f"{p.label}：{p.expected}" for p in wrong)),) if wrong else ()
    return Finding(by_share(share), share, parts=parts, advice=advice)


def _field_part(field: Field, state: CallState) -> Part:
    answer, value = state.script.answer(field), state.fields.get(field.name.key, "")
    label = field.name.text
    if not value.strip():
        return Part(label, False, answer, "", note("empty_field"))
    if field.kind is FieldKind.ONE_OF:
        met = name_key(value) == name_key(answer)
    elif field.kind is FieldKind.CONTAINS:
        met = any(name_key(o) in name_key(value) for o in field.options)
    elif field.kind is FieldKind.NUMBER:
        met = number_in(value) == number_in(answer)
    elif field.kind is FieldKind.DATE:
        met = date_in(value) == date_in(answer)
    else:
        kind = {FieldKind.PHONE: SlotKind.DIGITS, FieldKind.ADDRESS: SlotKind.ADDRESS}.get(field.kind, SlotKind.TEXT)
        reading = same_value(kind, answer, value)
        return Part(label, reading.found is Found.RIGHT, answer, value, slot_note(kind, answer, reading))
    return Part(label, met, answer, value, note("right" if met else "wrong_value"))
