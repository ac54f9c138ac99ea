"""动作: buttons pressed, and claims of having pressed them. Dispatch is the action, never the claim."""

from fractions import Fraction
from functools import cache
from typing import Final

from ..player.state import ActionTaken, CallState
from ..script.checks_names import action_of, all_atoms
from ..script.tree import Atom
from ..script.vocabulary import ACTION_LABELS, Action, AtomKind, name_key
from ..wording.phrases import Phrase
from ..wording.polarity import Polarity
from .outcomes import Advice, Evidence, Finding, Outcome, note
from .spoken import evidence_of, heard_in_turns
from .timing import Moment, Timed, action_mode, limit_of, measure, seconds
from .windows import Window, window_of

# Saying that it is done already. 「马上为您派」 is a promise, not a claim.
_CREW: Final = "(抢修/师傅/维修/工作人员/人员/工程师/急修/检修)"
_CLAIMS: Final = {
    Action.DISPATCH: " / ".join(
        (
            f"{_CREW}....已经..(出发/派/赶/在路上/过去/上路/动身)",
            f"已经....(派/通知/安排/叫/联系)....{_CREW}",
            "已经..(派人/派单/派了)",
            f"{_CREW}..(出发了/在路上/派出去了/派过去了/赶过去了/上路了/动身了)",
            "已(派/通知/安排)..(抢修/师傅/维修/人)",
            "(派/下)..(完/好)..单",
            "单子..(派/下)了",
            "人..已经..(在路上/出发)",
        )
    ),
    Action.TRANSFER: "已经..(转接/转给/转到/转过去/转交/移交/通知) / (转接/转给/转交/移交)..(过去了/好了/完了)",
    Action.CALLBACK: "已经..(预约/登记/安排)..(回电/回访) / (回电/回访)..(预约好了/登记好了/安排好了)",
}


def judge_action(atom: Atom, state: CallState) -> Finding:
    """Judge 动作(a): done, since and within what the atom says."""
    window = window_of(atom, state)
    if window.avoidable:
        return Finding(Outcome.NOT_APPLICABLE, Fraction(0))
    wanted = _Wanted(atom, state, window)
    good = wanted.good()
    first = wanted.timed(good) if good else next((t for t in map(wanted.timed, wanted.counted) if t), None)
    adjustments = first.adjustments if first else ()
    untrusted = bool(first and first.untrusted)
    if good:
        return Finding(
            Outcome.MET, Fraction(1), (_deed(good, wanted.label, "done"),), adjustments=adjustments, untrusted=untrusted
        )
    return Finding(
        Outcome.NOT_MET,
        Fraction(0),
        (),
        wanted.near_misses(),
        advice=(Advice("press", wanted.label),),
        adjustments=adjustments,
        untrusted=untrusted,
        ahead=wanted.still_possible(),
    )


class _Wanted:
    """One action that an atom asks for, in one call."""

    def __init__(self, atom: Atom, state: CallState, window: Window) -> None:
        action, target = action_of(atom.names[0])
        self.atom, self.state, self.window = atom, state, window
        self.action = action
        self.label = ACTION_LABELS[action] if action else atom.names[0].text
        if target:
            self.label += "：" + next(t for t in state.script.transfer_targets if name_key(t) == target)
        same = [a for a in state.actions if a.action is action]
        self.done = [a for a in same if not target or name_key(a.target) == target]
        self.misdirected = [a for a in same if a not in self.done]
        self.counted = [a for a in self.done if window.reached and a.seq > window.since_seq and self._at_place(a)]

    def good(self) -> ActionTaken | None:
        """Return the first action that meets the atom."""
        for action in self.counted:
            timed = self.timed(action)
            if (timed is None or timed.within) and self._in_turns(action):
                return action
        return None

    def timed(self, action: ActionTaken) -> Timed | None:
        """Measure an action against the atom's limit in seconds; None without one."""
        limit = limit_of(self.atom)
        if limit is None:
            return None
        return measure(
            self.state, self.window.since, Moment(action.at_ms, action.client_ms), limit, mode=action_mode(self.state)
        )

    def near_misses(self) -> tuple[Evidence, ...]:
        """Return actions too late, too early or sent elsewhere, and claims without the deed."""
        near: list[Evidence] = []
        for action in self.done:
            timed = self.timed(action) if action in self.counted else None
            if timed and not timed.within:
                near.append(_deed(action, self.label, "late", seconds=seconds(timed.ms), limit=seconds(timed.limit_ms)))
            else:
                near.append(_deed(action, self.label, "too_early" if action not in self.counted else "elsewhere"))
        near += [_deed(a, self.label, "wrong_target", target=a.target) for a in self.misdirected]
        return (*near, *(claims(self.state, self.action) if self.action else ()))

    def still_possible(self) -> bool:
        """Tell whether the action can still be taken in time."""
        limit = limit_of(self.atom)
        if limit is None or not self.window.reached or self.state.ended:
            return True
        now = Moment(max(self.state.now_ms, self.window.since.server_ms), None)
        return measure(self.state, self.window.since, now, limit, mode=action_mode(self.state)).within

    def _in_turns(self, action: ActionTaken) -> bool:
        if self.atom.limit is None or self.atom.limit.unit != "句":
            return True
        before = self.window.turns[0].number - 1 if self.window.turns else len(self.state.turns)
        return action.turns <= before + self.atom.limit.amount

    def _at_place(self, action: ActionTaken) -> bool:
        """Tell whether an action was taken in the atom's node."""
        if self.atom.at_node is None:
            return True
        node = next((v.node for v in reversed(self.state.visits) if v.seq < action.seq), "")
        return node == self.atom.at_node.key


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


def _deed(action: ActionTaken, label: str, code: str, **params: str) -> Evidence:
    return Evidence("", 0, 0, 0, 0, action.at_ms, None, label, note(code, **params))


@cache
def _claim(action: Action) -> Phrase | None:
    return Phrase.of(ACTION_LABELS[action], _CLAIMS[action]) if action in _CLAIMS else None
