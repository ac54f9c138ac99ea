"""Write a tree as canonical text: Chinese keywords, half-width punctuation, one statement a line."""

from .tree import AllOf, AnyOf, Atom, CallerLine, Check, Condition, Effects, Field, Move, Node, Script, Silence
from .vocabulary import FIELD_KIND_WORDS, AtomKind, Section


def format_script(script: Script) -> str:
    """Return the canonical text; compiling it gives an equal script."""
    blocks = {
        Section.SCRIPT: [f"{h.key}: {h.value}" for h in script.headers],
        Section.CALLER: [f"{f.name.text} = {f.value}" for f in script.facts],
        Section.TICKET: [_field(f) for f in script.fields],
        Section.PHRASES: [
            *(f"{p.name.text} = {p.source}" for p in script.phrases),
            *(f"{'正' if e.positive else '反'} {e.name.text}: {' | '.join(e.replies)}" for e in script.examples),
        ],
        Section.CHECKS: [_check(c) for c in script.checks],
        Section.DIALOGUE: [line for node in script.nodes for line in _node(node)],
        Section.COACH: [f"{n.topic.value}: {n.text}" for n in script.coach],
    }
    lines = [
        line
        for section, block in blocks.items()
        if block or section in script.sections
        for line in (f"【{section.value}】", *block)
    ]
    return "\n".join(lines) + "\n"


def format_condition(condition: Condition) -> str:
    """Return a condition in canonical form."""
    if isinstance(condition, Atom):
        return _atom(condition)
    word = " 且 " if isinstance(condition, AllOf) else " 或 "
    return word.join(
        f"({format_condition(p)})" if isinstance(p, AllOf | AnyOf) else format_condition(p) for p in condition.parts
    )


def _atom(atom: Atom) -> str:
    text = atom.kind.value
    if atom.names:
        text += "(" + ", ".join(n.text for n in atom.names) + ")"
    if atom.limit:
        amount = atom.limit.amount // 1000 if atom.limit.unit == "秒" else atom.limit.amount
        text += f" <= {amount}{atom.limit.unit}"
    if atom.since_node:
        text += f" 自 {atom.since_node.text}"
    if atom.since_fact:
        text += f" 自 {AtomKind.GIVEN.value}({atom.since_fact.text})"
    if atom.first:
        text += " @首句"
    if atom.at_node:
        text += f" @{atom.at_node.text}"
    return text


def _field(field: Field) -> str:
    options = f"({'/'.join(field.options)})" if field.options else ""
    return f"{field.name.text}: {FIELD_KIND_WORDS[field.kind]}{options} = {field.answer}"


def _check(check: Check) -> str:
    marks = ("!" if check.critical else "") + ("?" if check.human_only else "")
    points = f"{check.points / 100:g}"
    columns = (f"[{marks}{check.id.text}] {check.title}", check.dimension.value, points)
    return " | ".join((*columns, format_condition(check.condition)))


def _node(node: Node) -> list[str]:
    lines = [f"== {node.name.text} =="]
    lines += [_caller(line) for line in node.lines]
    lines += [_move(move) for move in node.moves]
    lines += [f"? {format_condition(e.condition)} -> {e.target.text}" for e in node.exits]
    if node.other:
        target = f"-> {node.other.target.text}" if node.other.target else ""
        lines.append("- " + _joined(target, node.other.effects))
    if node.silence:
        lines.append(_silence(node.silence))
    if node.hang_up:
        who = "客户" if node.hang_up.by == "caller" else "系统"
        lines.append(f"挂机: {who} {node.hang_up.after_ms // 1000}秒后" + (" 失败" if node.hang_up.failed else ""))
    return lines


def _caller(line: CallerLine) -> str:
    mood = f"(情绪>={line.min_mood})" if line.min_mood is not None else ""
    return f"客{mood}: {line.text}"


def _move(move: Move) -> str:
    head = f"{'*' if move.once else '+'} {move.reply} => {'!' if move.negated else ''}{move.phrase.text}"
    target = f"{head} -> {move.target.text}" if move.target else head
    return _joined(target, move.effects)


def _silence(silence: Silence) -> str:
    target = f"-> {silence.target.text}" if silence.target else ""
    return f"~ {silence.after_ms // 1000}秒 " + _joined(target, silence.effects)


def _joined(head: str, effects: Effects) -> str:
    parts = [head] if head else []
    if effects.gives:
        parts.append(f"给({', '.join(n.text for n in effects.gives)})")
    if effects.mood:
        parts.append(f"情绪{effects.mood:+d}")
    parts += [f"客: {text}" for text in effects.says]
    return "；".join(parts)
