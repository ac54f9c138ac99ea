"""Questions for tests: content of every kind, by hand and by hypothesis."""

from typing import Any

from hypothesis import strategies as st

from question_bank.kinds import KindCode
from question_bank.kinds.folding import fold
from question_bank.kinds.options import IDS

SINGLE = {
    "stem": "电话铃响几声之内应当接听？",
    "explanation": "默认三声。",
    "shuffle": True,
    "key": "b",
    "options": [
        {"id": "a", "text": "一声"},
        {"id": "b", "text": "三声"},
        {"id": "c", "text": "五声"},
        {"id": "d", "text": "七声"},
    ],
}
MULTIPLE = {
    "stem": "哪些属于礼貌用语？",
    "explanation": "",
    "shuffle": True,
    "key": ["a", "c", "d"],
    "rule": "half",
    "options": [
        {"id": "a", "text": "请"},
        {"id": "b", "text": "喂"},
        {"id": "c", "text": "您"},
        {"id": "d", "text": "再见"},
    ],
}
TRUE_FALSE = {"stem": "由客户先挂机。", "explanation": "", "key": True}
BLANK = {
    "stem": "关____、开____。",
    "explanation": "",
    "any_order": False,
    "blanks": [{"accepted": ["阀", "阀门"], "patterns": []}, {"accepted": ["窗"], "patterns": ["门?窗户?"]}],
}
NUMERIC = {
    "stem": "最迟第几秒接起？",
    "explanation": "",
    "value": "15",
    "tolerance": "0.5",
    "tolerance_kind": "absolute",
    "unit": "秒",
    "unit_also": ["s"],
    "unit_rule": "checked",
}
ONE_OF_EACH: dict[KindCode, dict[str, Any]] = {
    KindCode.SINGLE: SINGLE,
    KindCode.MULTIPLE: MULTIPLE,
    KindCode.TRUE_FALSE: TRUE_FALSE,
    KindCode.BLANK: BLANK,
    KindCode.NUMERIC: NUMERIC,
}

_SIGNS = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Co", "Cn", "Zs"], exclude_characters="_＿\ufeff\u200b"
)
WORDS = (
    st.text(st.one_of(st.sampled_from("关阀开窗abXY12 =+-@~{}#:\\<>/|;；％[]（）"), _SIGNS), min_size=1, max_size=24)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
MORE_WORDS = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
ANSWERS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["a", "b", "15 秒"]),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def options(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Two to ten options that differ, some pinned."""
    texts = draw(st.lists(WORDS.filter(lambda text: fold(text) != ""), min_size=2, max_size=10, unique_by=fold))
    pinned = draw(st.sets(st.integers(0, len(texts) - 1), max_size=2))
    return [
        {"id": IDS[place], "text": text, **({"pinned": True} if place in pinned else {})}
        for place, text in enumerate(texts)
    ]


@st.composite
def contents(draw: st.DrawFn, kind: KindCode) -> dict[str, Any]:
    """Valid content of a kind."""
    words = {"stem": draw(MORE_WORDS), "explanation": draw(st.just("") | MORE_WORDS)}
    if kind is KindCode.TRUE_FALSE:
        return {**words, "key": draw(st.booleans())}
    if kind is KindCode.NUMERIC:
        return {**words, **draw(_amounts())}
    if kind is KindCode.BLANK:
        blanks = draw(st.lists(_forms(), min_size=1, max_size=4, unique_by=lambda blank: fold(blank["accepted"][0])))
        return _with_blanks(words, blanks, draw(st.booleans()))
    made = draw(options())
    ids = [option["id"] for option in made]
    shared = {**words, "options": made, "shuffle": draw(st.booleans())}
    if kind is KindCode.SINGLE:
        return {**shared, "key": draw(st.sampled_from(ids))}
    key = sorted(draw(st.sets(st.sampled_from(ids), min_size=2)))
    return {**shared, "key": key, "rule": draw(st.sampled_from(["none", "half", "share"]))}


def _with_blanks(words: dict[str, str], blanks: list[dict[str, Any]], any_order: bool) -> dict[str, Any]:
    stem = words["stem"] + "".join(f"____{number}" for number in range(len(blanks)))
    return {**words, "stem": stem, "blanks": blanks, "any_order": any_order}


def _forms() -> st.SearchStrategy[dict[str, Any]]:
    patterns = st.sampled_from(["三[声响]", r"\d+秒", "a|b", r"1\/2", "(x|y)+;", "[一-十]{2}"])
    accepted = st.lists(WORDS.filter(lambda text: fold(text) != ""), min_size=1, max_size=3)
    return st.fixed_dictionaries({"accepted": accepted, "patterns": st.lists(patterns, max_size=2)})


@st.composite
def _amounts(draw: st.DrawFn) -> dict[str, Any]:
    whole, part = draw(st.integers(-(10**6), 10**6)), draw(st.sampled_from(["", ".5", ".25", ".125"]))
    unit = draw(st.sampled_from(["", "秒", "%", "元/立方米", "次"]))
    return {
        "value": f"{whole}{part}",
        "tolerance": draw(st.sampled_from(["0", "0.5", "2", "10"])),
        "tolerance_kind": "absolute",
        "unit": unit,
        "unit_also": draw(st.just(["s", "h"]) | st.just([])) if unit else [],
        "unit_rule": draw(st.sampled_from(["checked", "required", "ignored"])) if unit else "checked",
    }
