"""Polarity: was the thing said, said not to do, or only asked, supposed or reported?

>>> from .phrases import Phrase
>>> valve = Phrase.of("关阀", "关..阀 / 阀..关")
>>> [h.polarity.value for h in valve.heard_in("阀门您关了没有？")]
['neutral']
>>> [h.polarity.value for h in valve.heard_in("出门前别忘了把阀门关掉")]
['affirmed']
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from . import lexicon as lx
from .matching import Match
from .reading import Sentence

_NEAR = 8
_FAR = 16
_COMPLETE_PREDICATE = 4


class Polarity(StrEnum):
    """What a match amounts to."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A polarity with the reason code that a report quotes; `weak` when the scope was not certain."""

    polarity: Polarity
    reason: str = ""
    weak: bool = False


AFFIRMED = Judgement(Polarity.AFFIRMED)


@dataclass(frozen=True, slots=True)
class _View:
    """The clause around a match as strings; idioms masked in `masked`, same length."""

    before: str
    masked_before: str
    gaps: tuple[str, ...]
    gap_heads: tuple[str, ...]
    masked_gaps: tuple[str, ...]
    after: str
    masked_after: str
    said: str
    previous_clause: str
    next_clause: str
    follows: str
    clause: str
    asks: bool


def judge(
    sentence: Sentence,
    match: Match,
    *,
    asks_by_nature: bool,
    leans_negative: bool,
    usual: frozenset[str] = frozenset(),
) -> Judgement:
    """Judge one match in its clause.

    asks_by_nature   the phrase is a question itself (an address asked for), so questions don't neutralise it
    leans_negative   the phrase is only ever dissuaded from or forbidden: an uncertain scope counts as negated
    usual            turning words that are no reason for doubt: the phrase's own examples have them
    """
    if sentence.tokens[match.first].kind == "w":
        return _judge_english(sentence, match)
    view = _view(sentence, match)
    negation = _negation(view, leans_negative)
    if not asks_by_nature:
        refused = leans_negative and negation is not None and negation.polarity is Polarity.NEGATED
        suspended = _reported(view) or ("" if refused else _asked(view))
        if suspended:
            return Judgement(Polarity.NEUTRAL, suspended)
    if negation is None and lx.WARNING_BEHIND.match(view.after) and not lx.URGING.search(view.before):
        return Judgement(Polarity.NEGATED, "warned")
    if negation is None and leans_negative and lx.FORBIDDEN_BEHIND.match(view.after):
        return Judgement(Polarity.NEGATED, "negated")
    if not asks_by_nature:
        suspended = _hypothetical(view) or _described(view, leans_negative)
        if suspended:
            return Judgement(Polarity.NEUTRAL, suspended)
    judgement = negation or AFFIRMED
    return replace(judgement, weak=True) if _turning(view) - usual else judgement


def turning_words(text: str) -> frozenset[str]:
    """Return the words of a text that turn meanings in more ways than are listed here."""
    return frozenset(found[0] for words in (lx.TURNING_BEFORE, lx.TURNING_BEHIND) for found in words.finditer(text))


def _turning(view: _View) -> set[str]:
    before = lx.TURNING_BEFORE.finditer(f"{view.previous_clause},{view.before}")
    behind = lx.TURNING_BEHIND.finditer(f"{view.after},{view.follows}")
    return {found[0] for found in (*before, *behind)}


def _view(sentence: Sentence, match: Match) -> _View:
    start, end = sentence.clause_of(match.first, match.last)
    text, at = sentence.text, (*sentence.offsets, len(sentence.text))
    masked = list(text)
    for idiom in (*lx.AFFIRMING_IDIOMS.finditer(text), *lx.NEUTRAL_IDIOMS.finditer(text)):
        masked[idiom.start() : idiom.end()] = "_" * (idiom.end() - idiom.start())
    cover = "".join(masked)
    gaps = [(at[a[1]], at[b[0]]) for a, b in zip(match.literals, match.literals[1:], strict=False)]
    previous_end = max(start - 1, 0)
    previous_start = previous_end
    while previous_start > 0 and sentence.tokens[previous_start - 1].kind != ",":
        previous_start -= 1
    return _View(
        before=text[at[start] : at[match.first]],
        masked_before=cover[at[start] : at[match.first]],
        gaps=tuple(text[a:b] for a, b in gaps),
        gap_heads=tuple(text[at[a] : at[b]] for a, b in match.literals[:-1]),
        masked_gaps=tuple(cover[a:b] for a, b in gaps),
        after=text[at[match.last + 1] : at[end]],
        masked_after=cover[at[match.last + 1] : at[end]],
        said=text[at[match.first] : at[match.last + 1]],
        previous_clause=text[at[previous_start] : at[previous_end]],
        next_clause=text[at[min(end + 1, len(sentence.tokens))] :] if sentence.asks else "",
        follows=text[at[min(end + 1, len(sentence.tokens))] :],
        clause=text[at[start] : at[end]],
        asks=sentence.asks and end == len(sentence.tokens),
    )


def _negation(view: _View, leans_negative: bool) -> Judgement | None:
    """Find a negator that governs the match."""
    for gap in view.masked_gaps:
        found = lx.PROHIBITING.search(gap) or lx.DENYING.search(gap) or re.search("不", gap)
        if found:
            return _by(found[0])
    nearest = None
    for negator in (*lx.PROHIBITING.finditer(view.masked_before), *lx.DENYING.finditer(view.masked_before)):
        if lx.CANCELLING.search(view.masked_before[: negator.start()]):
            continue
        if lx.CANCELLING.fullmatch(negator[0]) and _negates_again(view.masked_before[negator.end() :]):
            continue
        between = view.masked_before[negator.end() :]
        if negator[0] in lx.CLOSE_NEGATORS and len(between) > 1:
            continue
        if negator[0] == lx.STOPPING and not leans_negative and len(between) > 1:
            continue
        if negator[0] in lx.WISHES and "就" in between:
            continue
        verdict = _scope(between, leans_negative)
        if verdict == "governs" and not leans_negative and _begins_anew(negator, between, view.said):
            verdict = "uncertain"
        if verdict == "governs":
            return _by(negator[0])
        nearest = verdict if verdict == "uncertain" else nearest
    if view.masked_before.endswith("不"):
        return _by("不")
    if not leans_negative and lx.WAIVED_BEHIND.match(view.after):
        return _by("不用")
    if nearest and leans_negative:
        return Judgement(Polarity.NEGATED, "negated", weak=True)
    return Judgement(Polarity.AFFIRMED, "", weak=True) if nearest else None


def _negates_again(rest: str) -> bool:
    return bool(re.match(r".{0,3}(?:不|没|别)", rest))


def _begins_anew(negator: re.Match[str], between: str, said: str) -> bool:
    """「千万别开灯关总阀」 forbids the light and asks for the valve; so does a new subject: 「别开灯所有人出来」."""
    if negator.re is not lx.PROHIBITING:
        return False
    if lx.SUBJECTS.match(said):
        return len(between) > 1
    return said[0] in lx.PREDICATES and bool(lx.NAMED_IN_FULL.search(between))


def _by(negator: str) -> Judgement:
    if negator in lx.STATED_FACTS:
        return Judgement(Polarity.NEUTRAL, "stated")
    return Judgement(Polarity.NEGATED, "negated")


def _scope(between: str, leans_negative: bool) -> str:
    """Tell whether a negator still governs after the words in between: governs, ends or uncertain."""
    if len(between) > _FAR:
        return "ends"
    for end in lx.STRONG_TERMINATORS.finditer(between):
        if end.start() >= 2:
            return "ends"
    if lx.CONJUNCTIONS.search(between):
        return "governs"
    predicate = next((i for i, c in enumerate(between) if c in lx.PREDICATES), None)
    if predicate is not None:
        for end in lx.WEAK_TERMINATORS.finditer(between):
            if end.start() > predicate + 1:
                return "ends"
        if len(between) - predicate >= _COMPLETE_PREDICATE:
            return "uncertain"
    if len(between) > _NEAR:
        return "uncertain" if leans_negative else "ends"
    return "governs"


def _reported(view: _View) -> str:
    if lx.REASSURED.search(view.before) or lx.DEMANDED.search(view.before):
        return "reported"
    for told in lx.REPORTED.finditer(view.before):
        if not lx.ASKING_FOR_SPEECH.search(view.before[: told.start()]) and not lx.REPORT_ENDS.search(
            view.before[told.end() :]
        ):
            return "reported"
    told_before = list(lx.REPORTED.finditer(view.previous_clause))
    if told_before and told_before[-1].end() == len(view.previous_clause) and not lx.REPORT_ENDS.search(view.before):
        return "reported"
    return ""


def _hypothetical(view: _View) -> str:
    if view.said.startswith("不") and view.before.endswith(("要", "若", "如", "要是")):
        return "hypothetical"
    for supposed in lx.HYPOTHETICAL.finditer(view.before):
        if not lx.MAIN_CLAUSE.search(view.before[supposed.end() :]):
            return "hypothetical"
    if any(lx.HYPOTHETICAL.search(gap) for gap in view.gaps) or lx.HYPOTHETICAL_BEHIND.match(view.after):
        return "hypothetical"
    return ""


def _asked(view: _View) -> str:
    if lx.ASKED_BEFORE.search(view.before) or any(lx.ASKED_INSIDE.search(gap) for gap in view.gaps):
        return "question"
    if lx.ASKED_ACROSS.search(view.before[-2:] + view.said[:3]) or lx.ASKED_AT_ONCE.match(view.after):
        return "question"
    again = re.match(r"[门窗灯]?[没不](.)", view.after)
    if again and again[1] in view.said:
        return "question"
    if view.asks and lx.EITHER_OR.search(view.clause):
        return "question"
    if (view.said + view.after[:1]).endswith("多少"):
        return "question"
    if lx.CHOICE_BEHIND.match(view.after) or lx.TAGGED_BEHIND.match(view.after) or view.next_clause.startswith("还是"):
        return "question"
    requested = lx.REQUEST.search(view.before.replace("请问", "")) or lx.REQUEST_TAIL.search(view.after)
    if lx.ASPECT_QUESTION_BEHIND.match(view.after) and view.after:
        done = lx.DONE_MARK.search(view.after) or any(lx.DONE_MARK.search(gap) for gap in view.gaps)
        tail = view.after.rstrip("呀啊呢")
        if tail.endswith("吧") and not (done and view.asks):
            return ""
        if not requested or (
            done
            and re.search(r"了(?:没有|没|吗|么|吧|是吗|对吗|是吧)$", tail)
            and not re.search(r"可以|能|麻烦|请", view.before)
        ):
            return "question"
    if view.asks and not requested and re.search(r"(?:了|过|好)$", view.after):
        return "question"
    return ""


def _described(view: _View, leans_negative: bool) -> str:
    """Attributes (开着的灯), inability (阀门关不上) and the caller's own deeds (您已经把阀门关了)."""
    deeds = [gap for head, gap in zip(view.gap_heads, view.gaps, strict=True) if head[-1:] in lx.PREDICATES]
    if any(lx.ATTRIBUTIVE_GAP.fullmatch(gap) or gap.startswith("过") for gap in deeds):
        return "described"
    if lx.CANNOT_BEHIND.match(view.after) or lx.OTHERS_WILL.search(view.before):
        return "described"
    if not leans_negative and lx.OTHERS_DID.search(view.before) and "了" in view.said[-1:] + view.after[:4]:
        return "described"
    if lx.APOLOGY.fullmatch(view.said) and lx.OF_THE_MOMENT.match(view.after or view.follows):
        return "aside"
    if lx.THEY_ALREADY.search(view.before) and re.match(r".{0,4}了", view.after):
        return "described"
    return ""


def _judge_english(sentence: Sentence, match: Match) -> Judgement:
    start, _ = sentence.clause_of(match.first, match.last)
    words = [t.text for t in sentence.tokens[start : match.last + 1]]
    inside = match.first - start
    for i, word in enumerate(words):
        between = words[i + 1 : inside] if i < inside else []
        if word in lx.ENGLISH_CONDITIONS and i < inside:
            return Judgement(Polarity.NEUTRAL, "hypothetical")
        if word not in lx.ENGLISH_NEGATORS or tuple(words[i : i + 2]) in lx.ENGLISH_AFFIRMING:
            continue
        own = any(a <= start + i < b for a, b in match.literals)
        if not own and len(between) <= _NEAR and not lx.ENGLISH_ENDS & set(between):
            return Judgement(Polarity.NEGATED, "negated")
    return AFFIRMED
