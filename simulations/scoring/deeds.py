"""接听, 保持, 打断, 客户先挂: what the learner did with the line."""

from ..player.state import CallState
from ..script.tree import Atom
from ..script.vocabulary import ACTION_LABELS, Action, AtomKind
from .outcomes import Advice, Evidence, Finding, Note, note, nothing_said, yes_or_no
from .timing import seconds

_WAIT = Advice("wait", "")


def judge_answered(atom: Atom, state: CallState) -> Finding:
    """Judge 接听: answered at all, and within so many seconds or rings."""
    answer = Advice("answer", "")
    took = state.answered_ms
    if took is None:
        return yes_or_no(False, (), answer, ahead=state.ended is None)
    limit = None
    if atom.limit:
        unit = state.script.ring_ms if atom.limit.unit == "声" else 1
        limit = atom.limit.amount * unit * state.setup.time_percent // 100
    if limit is None or took <= limit:
        return yes_or_no(
            True, (_seen(took, AtomKind.ANSWERED, note("answered", seconds=seconds(took))),), answer, ahead=False
        )
    late = note("answered_late", seconds=seconds(took), limit=seconds(limit))
    return yes_or_no(False, (_seen(took, AtomKind.ANSWERED, late),), answer, ahead=False)


def judge_hold(atom: Atom, state: CallState) -> Finding:
    """Judge 保持: used; with a limit, no single hold longer than it, or no more holds than it."""
    lengths = [(h.to_ms if h.to_ms is not None else state.now_ms) - h.from_ms for h in state.holds]
    if atom.limit is None:
        met = bool(lengths)
    elif atom.limit.unit == "次":
        met = len(lengths) <= atom.limit.amount
    else:
        met = all(length <= atom.limit.amount for length in lengths)
    held = note("held", count=len(lengths), seconds=seconds(max(lengths, default=0)))
    evidence = tuple(_seen(h.from_ms, AtomKind.HOLD, held) for h in state.holds[:1])
    return yes_or_no(met, evidence, Advice("press", ACTION_LABELS[Action.HOLD]), ahead=True)


def judge_interruptions(atom: Atom, state: CallState) -> Finding:
    """Judge 打断: at most so many of the caller's lines were cut short; none without a limit."""
    if state.ended and not state.turns:
        return nothing_said(state.ended.at_ms, atom.kind.value)
    count, most = len(state.interruptions), atom.limit.amount if atom.limit else 0
    cut = (state.lines[i] for i in state.interruptions)
    why = note("interrupted", count=count)
    evidence = tuple(_seen(line.at_ms, AtomKind.INTERRUPT, why, line.text) for line in cut)
    return yes_or_no(count <= most, evidence, Advice("listen", ""), ahead=count <= most)


def judge_hang_up(_atom: Atom, state: CallState) -> Finding:
    """Judge 客户先挂: the caller ended a conversation that was over; slamming the phone down is no goodbye."""
    ended = state.ended
    if ended is None:
        return yes_or_no(False, (), _WAIT, ahead=True)
    by_caller = ended.by == "caller" and ended.reason in ("script", "trainer")
    code = f"ended_{ended.reason}"
    if by_caller:
        code = "caller_slammed" if ended.failed else "caller_hung_up"
    seen = _seen(ended.at_ms, AtomKind.CALLER_HANGS_UP, note(code))
    return yes_or_no(by_caller and not ended.failed, (seen,), _WAIT, ahead=False)


def _seen(at_ms: int, kind: AtomKind, why: Note, quote: str = "") -> Evidence:
    return Evidence(quote, 0, 0, 0, 0, at_ms, None, kind.value, why)
