"""Lines of 对话: nodes, caller lines, moves, other replies, silences, exits, hang-ups."""

import re
from typing import Final

from .conditions import parse_condition
from .diagnostics import Findings
from .lines import ARROWS, DOUBLE_ARROWS, Span
from .tree import CallerLine, Effects, Exit, HangUp, Move, Name, Node, Other, Silence, in_turn
from .vocabulary import CALLERS, FAILED, HANG_UPS, SYSTEMS, name_key

_NODE: Final = re.compile(r"={2,}\s*(.*?)\s*={2,}$")
_CALLER: Final = re.compile(r"(客户?|caller|customer)\s*(?:\(([^()]*)\))?\s*:", re.IGNORECASE)
_MOOD_FROM: Final = re.compile(r"(?:情绪|mood)\s*(?:>=|≥)\s*([0-9])$", re.IGNORECASE)
_MOOD_CHANGE: Final = re.compile(r"(?:情绪|mood)\s*([+-])\s*([0-9])$", re.IGNORECASE)
_GIVE: Final = re.compile(r"(给|gives?)\s*\(([^()]*)\)$", re.IGNORECASE)
_SILENCE: Final = re.compile(r"~\s*([0-9]{1,3})\s*(?:秒|s\b|sec\b|seconds\b)\s*", re.IGNORECASE)
_AFTER: Final = re.compile(r"([0-9]{1,3})\s*(?:秒|s|sec|seconds)\s*后?$", re.IGNORECASE)
_HANGING_UP: Final = re.compile(
    r"(?:(?:客户?|来电人|对方)\s*:?\s*)?(?:挂机|挂断|挂电话|挂了?$|hang\s?up)", re.IGNORECASE
)
_OPERATOR: Final = re.compile(r"(?:话务员|坐席|座席|客服|接线员|学员|我|operator|agent)\s*:\s*", re.IGNORECASE)
_MAX_SILENCE: Final = 120


class NodeBuilder:
    """Gathers the lines of one node."""

    def __init__(self, name: Name, *, is_twin: bool) -> None:
        self.name = name
        self.is_twin = is_twin
        self.lines: list[CallerLine] = []
        self.moves: list[Move] = []
        self.other: Other | None = None
        self.silence: Silence | None = None
        self.exits: list[Exit] = []
        self.hang_up: HangUp | None = None

    def built(self) -> Node:
        """Return the finished node."""
        return Node(
            self.name, tuple(self.lines), tuple(self.moves), self.other, self.silence, tuple(self.exits), self.hang_up
        )


def node_name(line: Span, findings: Findings) -> Name | None:
    """Return the name if the line opens a node; an unreadable opening still opens one."""
    if not line.shape.startswith("=="):
        return None
    found = _NODE.match(line.shape)
    if found and found[1]:
        return line.cut(found.start(1), found.end(1)).name
    inner = line.cut(len(line.shape) - len(line.shape.lstrip("=")), len(line.shape.rstrip("=")))
    if inner.text:
        findings.add("CS115", line.place, f"== {inner.text} ==")
        return inner.name
    findings.add("CS115", line.place, "== … ==")
    return Name(line.text, name_key(line.text), line.place)


def node_line(line: Span, node: NodeBuilder, findings: Findings) -> None:
    """Read one line into its node."""
    first = line.shape[0]
    if first in "*+":
        move = _move(line, findings)
        if move:
            node.moves.append(move)
    elif first == "-":
        other = _other(line, findings)
        if other and node.other:
            findings.add("CS203", line.place, name="-", first=node.other.place.line)
        elif other:
            node.other = other
    elif first == "~":
        silence = parse_silence(line, findings)
        if silence and node.silence:
            findings.add("CS203", line.place, name="~", first=node.silence.place.line)
        elif silence:
            node.silence = silence
    elif first == "?":
        exit_ = _exit(line, findings)
        if exit_:
            node.exits.append(exit_)
    else:
        _caller_or_hang_up(line, node, findings)


def _caller_or_hang_up(line: Span, node: NodeBuilder, findings: Findings) -> None:
    caller = _CALLER.match(line.shape)
    if caller:
        mood = _MOOD_FROM.fullmatch(caller[2].strip()) if caller[2] is not None else None
        text = line.cut(caller.end())
        if caller[2] is not None and not mood:
            findings.add("CS115", line.place, f"客(情绪>=4): {text.text}")
        elif not text.text:
            findings.add("CS124", line.place, name=line.text)
        else:
            node.lines.append(CallerLine(in_turn(text.text), int(mood[1]) if mood else None, text.place))
        return
    halves = line.around((":",))
    if halves and name_key(halves[0].text) in HANG_UPS:
        hang_up = _hang_up(line, halves[1], findings)
        if node.hang_up:
            findings.add("CS203", line.place, name="挂机", first=node.hang_up.place.line)
        else:
            node.hang_up = hang_up
    elif _HANGING_UP.match(line.shape):
        node.hang_up = node.hang_up or _meant(line, findings)
    elif halves is None and line.shape[:1] in "客":
        findings.add("CS102", line.place, f"客: {line.text[1:].strip()}")
    else:
        findings.add("CS115", line.place, _readable(line))


def _readable(line: Span) -> str | None:
    """Return what a line was perhaps meant to be: a move where the operator is named, else whatever has an arrow."""
    said = _OPERATOR.match(line.shape)
    if said:
        words = line.cut(said.end())
        halves = words.around(ARROWS)
        return f"* {halves[0].text} => … -> {halves[1].text}" if halves else f"* {words.text} => …"
    return f"- {line.text}" if line.around(ARROWS) else None


def _move(line: Span, findings: Findings) -> Move | None:
    halves = line.cut(1).around(DOUBLE_ARROWS)
    if halves is None or not halves[1].text:
        said = line.around(ARROWS)
        findings.add("CS114", line.place, f"{said[0].text} => … -> {said[1].text}" if said else f"{line.text} => …")
        return None
    reply, rest = halves
    if not reply.text:
        findings.add("CS124", line.place, name=line.text)
        return None
    pieces = rest.split(";")
    phrase, target = _with_target(pieces[0], findings)
    negated = phrase.shape.startswith("!")
    named = phrase.cut(1) if negated else phrase
    effects = _effects(pieces[1:], findings)
    if not named.text:
        findings.add("CS114", line.place, f"{line.text} => …")
        return None
    return Move(reply.text, named.name, negated, line.shape[0] == "*", target, effects, line.place, reply.place)


def _with_target(piece: Span, findings: Findings) -> tuple[Span, Name | None]:
    """Split `phrase -> node`; an arrow without a node is reported."""
    halves = piece.around(ARROWS)
    if halves is None:
        return piece, None
    if not halves[1].text:
        findings.add("CS124", piece.place, name="->")
        return halves[0], None
    return halves[0], halves[1].name


def _other(line: Span, findings: Findings) -> Other | None:
    rest = line.cut(1)
    if line.shape.startswith("->"):
        findings.add("CS115", line.place, f"- {line.text}")
        return None
    target, effects = _target_and_effects(rest, findings)
    if not rest.text or (target is None and effects == Effects()):
        findings.add("CS115", line.place, "- 客: 我没听清，您再说一遍。")
        return None
    return Other(target, effects, line.place)


def parse_silence(line: Span, findings: Findings) -> Silence | None:
    """Read `~ 8秒 客: text` or `~ 8秒 -> node`."""
    found = _SILENCE.match(line.shape)
    if not found or not 1 <= int(found[1]) <= _MAX_SILENCE:
        findings.add("CS121", line.place)
        return None
    target, effects = _target_and_effects(line.cut(found.end()), findings)
    if target is None and not effects.says:
        findings.add("CS121", line.place)
        return None
    return Silence(int(found[1]) * 1000, target, effects, line.place)


def _target_and_effects(rest: Span, findings: Findings) -> tuple[Name | None, Effects]:
    pieces = rest.split(";") if rest.text else []
    target: Name | None = None
    if pieces and pieces[0].shape.startswith(ARROWS):
        target = _with_target(pieces[0], findings)[1]
        pieces = pieces[1:]
    elif len(pieces) == 1 and (tail := pieces[0].around(ARROWS)) and _CALLER.match(tail[0].shape) and tail[1].text:
        pieces, target = [tail[0]], tail[1].name
    return target, _effects(pieces, findings)


def _effects(pieces: list[Span], findings: Findings) -> Effects:
    gives: list[Name] = []
    says: list[Span] = []
    mood = 0
    for piece in pieces:
        if not piece.text:
            continue
        give, change, said = _GIVE.match(piece.shape), _MOOD_CHANGE.match(piece.shape), _CALLER.match(piece.shape)
        if give:
            gives.extend(p.name for p in piece.cut(give.start(2), give.end(2)).split(",、") if p.text)
        elif change:
            mood += int(change[2]) * (1 if change[1] == "+" else -1)
        elif said and said[2] is None and piece.cut(said.end()).text:
            says.append(piece.cut(said.end()))
        else:
            findings.add("CS120", piece.place, text=piece.text)
    return Effects(tuple(gives), mood, tuple(in_turn(s.text) for s in says), tuple(s.place for s in says))


def _exit(line: Span, findings: Findings) -> Exit | None:
    halves = line.cut(1).around(ARROWS)
    if halves is None or not halves[1].text:
        findings.add("CS115", line.place, f"{line.text} -> …")
        return None
    condition = parse_condition(halves[0], findings)
    return Exit(condition, halves[1].name, line.place) if condition else None


def _meant(line: Span, findings: Findings) -> HangUp:
    """Report a hang-up that isn't written as one, and take it for the one that was meant: the call does end there."""
    failed = any(word in line.shape for word in FAILED)
    seconds = re.search(r"[0-9]{1,3}", line.shape)
    shown = f"挂机: 客户 {seconds[0] if seconds else 4}秒后{' 失败' if failed else ''}"
    findings.add("CS117", line.place, shown)
    return HangUp("caller", int(seconds[0] if seconds else 4) * 1000, failed, line.place)


def _hang_up(line: Span, rest: Span, findings: Findings) -> HangUp:
    words = rest.shape.replace("秒 后", "秒后").split()
    if not words:
        return _meant(line, findings)
    who = name_key(words[0])
    after = _AFTER.fullmatch(words[1]) if len(words) > 1 else None
    failed = len(words) > 2 and name_key(words[2]) in FAILED
    if who not in CALLERS | SYSTEMS or not after or len(words) > 3 or (len(words) == 3 and not failed):
        return _meant(line, findings)
    return HangUp("caller" if who in CALLERS else "system", int(after[1]) * 1000, failed, line.place)
