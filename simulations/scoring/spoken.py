"""说, 劝阻 and 不说: what the learner said, said not to do, and must never say."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from ..player.state import CallState, Segment, Turn
from ..script.tree import Atom
from ..script.vocabulary import AtomKind
from ..wording.phrases import Hearing, Phrase
from ..wording.polarity import Polarity
from ..wording.reading import read
from .advice import avoid, sentence_for
from .near import near_misses
from .outcomes import Adjustment, Advice, Evidence, Finding, Note, Outcome, by_share, note, nothing_said
from .suspicion import hardly_said, suspicious
from .timing import Timed, begun, limit_of, measure, seconds
from .windows import Window, window_of

_LEAST_BY_SOUND: Final = 3  # characters: any two have the sound of something


@dataclass(frozen=True, slots=True)
class Said:
    """One hearing in its turn."""

    turn: Turn
    hearing: Hearing


@dataclass(frozen=True, slots=True)
class _Single:
    """What one phrase of an atom came to."""

    met: bool
    doubtful: bool
    weak: bool
    untrusted: bool
    evidence: tuple[Evidence, ...]
    near: tuple[Evidence, ...]
    adjustments: tuple[Adjustment, ...]


def judge_said(atom: Atom, state: CallState, *, explain: bool = True) -> Finding:
    """Judge 说(p, ...) or 劝阻(p, ...): every phrase with the wanted polarity as its last word, in time and place.

    explain   also look for words that almost were it, and for the sentence that would have scored
    """
    window = window_of(atom, state)
    if window.avoidable:
        return Finding(Outcome.NOT_APPLICABLE, Fraction(0), evidence=())
    wanted = Polarity.NEGATED if atom.kind is AtomKind.DISSUADE else Polarity.AFFIRMED
    singles = [
        (name.key, _judge_phrase(state.script.phrases[name.key], atom, wanted, window, state)) for name in atom.names
    ]
    share = Fraction(sum(s.met for _, s in singles), len(singles))
    found = [s for _, s in singles]
    near = tuple(e for s in found if not s.met for e in s.near)
    advice: tuple[Advice, ...] = ()
    if explain:
        unheard = [key for key, s in singles if not s.met and not s.near]
        near += tuple(e for key in unheard for e in near_misses(state.script.phrases[key], state))
        missing = [key for key, s in singles if not s.met]
        advice = sentence_for(state.script, missing, negated=wanted is Polarity.NEGATED, staff_no=state.setup.staff_no)
    return Finding(
        by_share(share),
        share,
        tuple(e for s in found for e in s.evidence),
        near,
        advice=advice,
        adjustments=tuple(dict.fromkeys(a for s in found for a in s.adjustments)),
        doubtful=any(s.doubtful for s in found),
        weak=any(s.met and s.weak for s in found),
        untrusted=any(s.untrusted for s in found),
        ahead=_still_open(atom, window, state),
    )


def _judge_phrase(phrase: Phrase, atom: Atom, wanted: Polarity, window: Window, state: CallState) -> _Single:
    first = window.turns[0].number if window.turns else None
    everywhere = heard_in_turns(phrase, state.turns)
    decided = [
        s
        for s in everywhere
        if first is not None and s.turn.number >= first and s.hearing.polarity is not Polarity.NEUTRAL
    ]
    inside = {t.number for t in window.turns}
    timed = {s.turn.number: _timed(atom, window, s.turn, state) for s in decided}
    good = [
        s
        for s in decided
        if s.hearing.polarity is wanted and s.turn.number in inside and _in_time(timed[s.turn.number])
    ]
    against = [s for s in decided if s.hearing.polarity is not wanted]
    met = bool(good) and decided[-1].hearing.polarity is wanted
    doubtful = bool(good) and bool(against)
    evidence = tuple(evidence_of(s, phrase, note("said" if wanted is Polarity.AFFIRMED else "dissuaded")) for s in good)
    if doubtful:
        evidence += tuple(evidence_of(s, phrase, note("said_otherwise")) for s in against)
    first_good = timed[good[0].turn.number] if good else None
    late = [t for t in timed.values() if t and not t.within]
    near = () if met else _near(phrase, everywhere, good, wanted, timed, window, state)
    return _Single(
        met,
        doubtful,
        bool(good) and all(s.hearing.weak or hardly_said(state.script, s.turn.text) for s in good),
        bool(first_good and first_good.untrusted) or any(t.untrusted for t in late),
        evidence,
        near,
        first_good.adjustments if first_good else late[0].adjustments if late else (),
    )


def _near(
    phrase: Phrase,
    everywhere: list[Said],
    good: list[Said],
    wanted: Polarity,
    timed: dict[int, Timed | None],
    window: Window,
    state: CallState,
) -> tuple[Evidence, ...]:
    """Say why what was said did not count."""
    found: list[Evidence] = []
    for said in everywhere:
        late = timed.get(said.turn.number)
        hearing = said.hearing
        if hearing.polarity is Polarity.NEUTRAL:
            found.append(evidence_of(said, phrase, note(hearing.judgement.reason)))
        elif hearing.polarity is not wanted:
            found.append(evidence_of(said, phrase, note("negated" if wanted is Polarity.AFFIRMED else "affirmed")))
        elif late and not late.within:
            found.append(
                evidence_of(said, phrase, note("late", seconds=seconds(late.ms), limit=seconds(late.limit_ms)))
            )
        elif said not in good:
            found.append(evidence_of(said, phrase, note("elsewhere" if window.reached else "too_early")))
    return tuple(found)


def judge_never(atom: Atom, state: CallState) -> Finding:
    """Judge 不说(p, ...): any turn whose last word on a phrase affirms it breaks the rule.

    What has the sound of it alone breaks nothing, and neither does what only resembles it: a person looks.
    """
    if state.ended and not state.turns:
        return nothing_said(state.ended.at_ms, atom.kind.value)
    window = window_of(atom, state)
    turns = window.turns if (atom.at_node or atom.since_node or atom.since_fact or atom.first) else state.turns
    found = [_never(state.script.phrases[name.key], turn) for name in atom.names for turn in turns]
    evidence = tuple(e for it in found for e in it.broken)
    like_it = () if evidence else tuple(e for it in found for e in it.sounding)
    if state.ended and not evidence:
        like_it += _like_forbidden(atom, turns, state)
    return Finding(
        Outcome.NOT_MET if evidence else Outcome.MET,
        Fraction(0 if evidence else 1),
        evidence,
        (*(e for it in found for e in it.excused), *like_it),
        advice=avoid(list(evidence)) if evidence else (),
        doubtful=any(it.doubtful for it in found),
        weak=all(it.weak for it in found if it.broken) if evidence else bool(like_it),
        ahead=not evidence,
    )


@dataclass(frozen=True, slots=True)
class _Never:
    """What one turn says of one forbidden phrase."""

    broken: tuple[Evidence, ...] = ()
    excused: tuple[Evidence, ...] = ()
    sounding: tuple[Evidence, ...] = ()
    doubtful: bool = False
    weak: bool = False


def _never(phrase: Phrase, turn: Turn) -> _Never:
    said = heard_in_turns(phrase, (turn,))
    excused = tuple(
        evidence_of(s, phrase, note(s.hearing.judgement.reason)) for s in said if s.hearing.polarity is Polarity.NEUTRAL
    )
    decided = [s for s in said if s.hearing.polarity is not Polarity.NEUTRAL and not s.hearing.by_sound]
    affirmed = [s for s in decided if s.hearing.polarity is Polarity.AFFIRMED]
    if not affirmed:
        by_sound = [
            s
            for s in said
            if s.hearing.polarity is Polarity.AFFIRMED
            and s.hearing.by_sound
            and s.hearing.end - s.hearing.start >= _LEAST_BY_SOUND
        ]
        return _Never((), excused, tuple(evidence_of(s, phrase, note("leans")) for s in by_sound))
    mixed = len(affirmed) < len(decided) and _same_words(affirmed, decided)
    if mixed and decided[-1] not in affirmed:
        return _Never((), excused, (), doubtful=True)
    broken = tuple(evidence_of(s, phrase, note("forbidden")) for s in affirmed)
    return _Never(broken, excused, (), doubtful=mixed, weak=all(s.hearing.weak for s in affirmed))


def _like_forbidden(atom: Atom, turns: tuple[Turn, ...], state: CallState) -> tuple[Evidence, ...]:
    names = [name.key for name in atom.names]
    return tuple(
        quote(turn, it.start, it.end, atom.names[0].text, note("leans"), weak=True)
        for turn in turns
        for it in suspicious(state.script, names, turn.text, by_ear=turn.by_ear)
    )


def _same_words(affirmed: list[Said], decided: list[Said]) -> bool:
    """Tell whether the same alternative was both affirmed and negated, so that one takes the other back."""
    denied = {s.hearing.alternative for s in decided if s not in affirmed}
    return any(s.hearing.alternative in denied for s in affirmed) or len({s.hearing.alternative for s in decided}) <= 2


def heard_in_turns(phrase: Phrase, turns: tuple[Turn, ...]) -> list[Said]:
    """Return every hearing of a phrase in these turns, in order."""
    return [
        Said(turn, h)
        for turn in turns
        for h in phrase.heard_in(turn.text, opens_call=turn.opens_call, by_ear=turn.by_ear)
    ]


def evidence_of(said: Said, phrase: Phrase, why: Note) -> Evidence:
    """Quote a hearing."""
    return quote(
        said.turn,
        said.hearing.start,
        said.hearing.end,
        f"{phrase.name}: {said.hearing.alternative}",
        why,
        weak=said.hearing.weak,
    )


def quote(turn: Turn, start: int, end: int, rule: str, why: Note, *, weak: bool = False) -> Evidence:
    """Quote a span of a turn with the sentence around it."""
    first, last = sentence_around(turn.text, start, end)
    segment = _segment_at(turn, start)
    return Evidence(
        turn.text[first:last], first, turn.number, start, end, segment.at_ms, segment.audio_ms, rule, why, weak
    )


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the offsets of the sentence, trimmed, that holds a span."""
    for sentence in read(text).sentences:
        first, last = sentence.tokens[0].start, sentence.tokens[-1].end
        if first <= start < last:
            return first, max(last, end)
    return start, end


def _segment_at(turn: Turn, start: int) -> Segment:
    held = [s for s in turn.segments if s.start <= start]
    return held[-1] if held else turn.segments[0]


def _timed(atom: Atom, window: Window, turn: Turn, state: CallState) -> Timed | None:
    limit = limit_of(atom)
    return None if limit is None else measure(state, window.since, begun(turn), limit, mode=turn.mode)


def _in_time(timed: Timed | None) -> bool:
    return timed is None or timed.within


def _still_open(atom: Atom, window: Window, state: CallState) -> bool:
    if atom.first:
        return not window.turns
    if atom.limit and atom.limit.unit == "句" and window.reached:
        return len(window.turns) < atom.limit.amount
    limit = limit_of(atom)
    if limit is None or not window.reached:
        return True
    return measure(
        state,
        window.since,
        replace(window.since, server_ms=state.now_ms, client_ms=None),
        limit,
        mode=state.setup.modes[0],
    ).within
