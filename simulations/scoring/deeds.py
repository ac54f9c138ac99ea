"""接听, 动作, 保持, 打断, 客户先挂: what the learner did. Dispatch is the action, never the claim."""

from fractions import Fraction
from functools import cache
from typing import Final

from ..player.state import ActionTaken, CallState
from ..script.checks_names import action_of, all_atoms
from ..script.tree import Atom
from ..script.vocabulary import ACTION_LABELS, Action, AtomKind, name_key
from ..wording.phrases import Phrase
from ..wording.polarity import Polarity
from .outcomes import Advice, Evidence, Finding, Outcome, by_share, note
from .spoken import evidence_of, heard_in_turns
from .timing import Moment, action_mode, limit_of, measure
from .windows import window_of

# Saying that it is done already. 「马上为您派」 is a promise, not a claim.
_CLAIMS: Final = {
    Action.DISPATCH: (
        "(抢修/师傅/维修/工作人员/人员/工程师/急修/检修)....已经..(出发/派/赶/在路上/过去/上路/动身) / 已经....(派/通知/安排/叫/联系)....(抢修/师傅/维修/人员/工程师/人/单)"
        " / (抢修/师傅/维修/人员/工程师)..(出发了/在路上/派出去了/派过去了/赶过去了/上路了/动身了) / 已(派/通知/安排)..(抢修/师傅/维修/人) / (派/下)..(完/好)..单 / 单子..(派/下)了 / 人..已经..(在路上/出发)"
    ),
    Action.TRANSFER: "已经..(转接/转给/转到/转过去/转交/移交/通知) / (转接/转给/转交/移交)..(过去了/好了/完了)",
    Action.CALLBACK: "已经..(预约/登记/安排)..(回电/回访) / (回电/回访)..(预约好了/登记好了/安排好了)",
}


def judge_answered(atom: Atom, state: CallState) -> Finding:
    """Judge 接听: answered at all, and within so many seconds or rings."""
    if state.answered_ms is None:
        return Finding(Outcome.NOT_MET, Fraction(0), advice=(Advice("answer", ""),), ahead=state.ended is None)
    limit = None
    if atom.limit:
        unit = state.script.ring_ms if atom.limit.unit == "声" else 1
        limit = atom.limit.amount * unit * state.setup.time_percent // 100
    met = limit is None or state.answered_ms <= limit
    seconds = f"{state.answered_ms / 1000:.1f}".removesuffix(".0")
    why = note("answered", seconds=seconds) if met else note("answered_late", seconds=seconds, limit=f"{(limit or 0) / 1000:g}")
    quoted = Evidence("", 0, 0, 0, 0, state.answered_ms, None, AtomKind.ANSWERED.value, why)
    return Finding(by_share(Fraction(int(met))), Fraction(int(met)), (quoted,) if met else (), () if met else (quoted,),
                   advice=() if met else (Advice("answer", ""),), ahead=False)


def judge_action(atom: Atom, state: CallState) -> Finding:
    """Judge 动作(a): done, since and within what the atom says."""
    window = window_of(atom, state)
    if window.avoidable:
        return Finding(Outcome.NOT_APPLICABLE, Fraction(0))
    action, target = action_of(atom.names[0])
    assert action is not None
    label = ACTION_LABELS[action] + (f"：{atom.names[0].text.partition(':')[2] or target}" if target else "")
    done = [a for a in state.actions if a.action is action and (not target or name_key(a.target) == target)]
    counted = [a for a in done if window.reached and a.seq > window.since_seq and _at_place(atom, a, state)]
    limit = limit_of(atom)
    timed = [measure(state, window.since, Moment(a.at_ms, a.client_ms), limit, mode=action_mode(state)) for a in counted] if limit is not None else []
    good = [a for i, a in enumerate(counted) if not timed or timed[i].within]
    if atom.limit and atom.limit.unit == "句":
        before = window.turns[0].number - 1 if window.turns else len(state.turns)
        good = [a for a in good if a.turns <= before + atom.limit.amount]
    evidence = tuple(_deed(a, label, "done") for a in good[:1])
    near: list[Evidence] = []
    if not good:
        for a in done:
            late = timed[counted.index(a)] if a in counted and timed else None
            near.append(_deed(a, label, "late" if late else "too_early", **({"seconds": f"{late.ms / 1000:g}", "limit": f"{late.limit_ms / 1000:g}"} if late else {})))
        near += claims(state, action)
        elsewhere = [a for a in state.actions if a.action is action and a not in done]
        near += [_deed(a, label, "wrong_target", target=a.target) for a in elsewhere]
    first = timed[counted.index(good[0])] if good and timed else timed[0] if timed else None
    ahead = not timed or bool(good)
    if limit is not None and window.reached and not good and state.ended is None:
        ahead = measure(state, window.since, Moment(state.now_ms, None), limit, mode=action_mode(state)).within
    met = bool(good)
    return Finding(by_share(Fraction(int(met))), Fraction(int(met)), evidence, tuple(near), advice=() if met else (Advice("press", label),),
                   adjustments=first.adjustments if first else (), untrusted=bool(first and first.untrusted), ahead=ahead)


def _at_place(atom: Atom, action: ActionTaken, state: CallState) -> bool:
    """Tell whether an action was taken in the atom's node."""
    if atom.at_node is None:
        return True
    node = next((v.node for v in reversed(state.visits) if v.seq < action.seq), "")
    return node == atom.at_node.key


def _deed(action: ActionTaken, label: str, code: str, **params: str) -> Evidence:
    return Evidence("", 0, 0, 0, 0, action.at_ms, None, label, note(code, **params))


def judge_hold(atom: Atom, state: CallState) -> Finding:
    """Judge 保持: used; with a limit, no single hold longer than it, or no more holds than it."""
    lengths = [(h.to_ms if h.to_ms is not None else state.now_ms) - h.from_ms for h in state.holds]
    if atom.limit is None:
        met = bool(lengths)
    elif atom.limit.unit == "次":
        met = len(lengths) <= atom.limit.amount
    else:
        met = all(length <= atom.limit.amount for length in lengths)
    longest = f"{max(lengths, default=0) / 1000:.0f}"
    evidence = tuple(Evidence("", 0, 0, 0, 0, h.from_ms, None, AtomKind.HOLD.value, note("held", count=len(lengths), seconds=longest)) for h in state.holds[:1])
    return Finding(by_share(Fraction(int(met))), Fraction(int(met)), evidence if met else (), () if met else evidence,
                   advice=() if met else (Advice("press", ACTION_LABELS[Action.HOLD]),), ahead=True)


def judge_interruptions(atom: Atom, state: CallState) -> Finding:
    """Judge 打断: at most so many of the caller's lines were cut short; none without a limit."""
    count, most = len(state.interruptions), atom.limit.amount if atom.limit else 0
    met = count <= most
    evidence = tuple(Evidence(state.lines[i].text, 0, 0, 0, 0, state.lines[i].at_ms, None, AtomKind.INTERRUPT.value, note("interrupted", count=count))
                     for i in state.interruptions)
    return Finding(by_share(Fraction(int(met))), Fraction(int(met)), near_misses=evidence, advice=() if met else (Advice("listen", ""),), ahead=met)


def judge_hang_up(_atom: Atom, state: CallState) -> Finding:
    """Judge 客户先挂: the caller ended a conversation that was over; slamming the phone down is no goodbye."""
    ended = state.ended
    met = ended is not None and ended.by == "caller" and ended.reason == "script" and not ended.failed
    if ended is None:
        return Finding(Outcome.NOT_MET, Fraction(0), advice=(Advice("wait", ""),), ahead=True)
    quoted = Evidence("", 0, 0, 0, 0, ended.at_ms, None, AtomKind.CALLER_HANGS_UP.value, note("caller_hung_up" if met else "caller_slammed" if ended.failed and ended.by == "caller" and ended.reason == "script" else f"ended_{ended.reason}"))
    return Finding(by_share(Fraction(int(met))), Fraction(int(met)), (quoted,) if met else (), () if met else (quoted,),
                   advice=() if met else (Advice("wait", ""),), ahead=False)


def claims(state: CallState, action: Action) -> list[Evidence]:
    """Return where the learner claimed an action was done before doing it."""
    phrase = _claim(action)
    if phrase is None:
        return []
    done = min((a.seq for a in state.actions if a.action is action), default=None)
    said = heard_in_turns(phrase, tuple(t for t in state.turns if done is None or t.seq < done))
    return [evidence_of(s, phrase, note("claimed_only")) for s in said if s.hearing.polarity is Polarity.AFFIRMED]


def scored_actions(state: CallState) -> frozenset[Action]:
    """Return the actions that the script's checkpoints ask for."""
    actions = (action_of(a.names[0])[0] for a in all_atoms(state.script.tree) if a.kind is AtomKind.ACTION)
    return frozenset(a for a in actions if a)


@cache
def _claim(action: Action) -> Phrase | None:
    return Phrase.of(ACTION_LABELS[action], _CLAIMS[action]) if action in _CLAIMS else None
