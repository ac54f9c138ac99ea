"""Questions for tests: content of every kind, by hand and by hypothesis."""

from typing import Any

from hypothesis import strategies as st

from question_bank.kinds import SIMPLE, KindCode
from question_bank.kinds.arranged import told
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
ORDERING = {
    "stem": "接到漏气报修，按先后排列。",
    "explanation": "",
    "rule": "share",
    "key": ["c", "a", "d", "b"],
    "options": [
        {"id": "a", "text": "关阀"},
        {"id": "b", "text": "回访"},
        {"id": "c", "text": "问是否有人不适"},
        {"id": "d", "text": "派单"},
    ],
}
MATCHING = {
    "stem": "各归哪个队列？",
    "explanation": "",
    "rule": "share",
    "left": ["闻到臭味", "账单多算"],
    "key": ["c", "a"],
    "options": [{"id": "a", "text": "账务"}, {"id": "b", "text": "投诉"}, {"id": "c", "text": "抢修"}],
}
CLOZE = {
    "stem": "铃响____内接听，先报____。",
    "explanation": "",
    "gaps": [
        {"options": [{"id": "a", "text": "五声"}, {"id": "b", "text": "三声"}], "key": "b"},
        {"accepted": ["工号"], "patterns": []},
    ],
}
SHORT = {
    "stem": "客户情绪激动时怎么开场？",
    "explanation": "",
    "model": "先道歉，再复述问题。",
    "rubric": [{"text": "道歉", "percent": 40}, {"text": "复述", "percent": 60}],
    "most": 300,
}
AUDIO_FILE = {"sha256": "ab" * 32, "plays": 2, "transcript": '喂；我家"漏气"了。'}
CASE = {
    "stem": "一位老人来电，说厨房有臭味。",
    "explanation": "",
    "parts": [
        {"kind": "single", "content": SINGLE, "weight": 1},
        {"kind": "blank", "content": BLANK, "weight": 2},
        {"kind": "short", "content": SHORT, "weight": 3},
    ],
}
AUDIO = {
    "stem": "听录音，回答问题。",
    "explanation": "",
    "audio": AUDIO_FILE,
    "parts": [{"kind": "true_false", "content": TRUE_FALSE, "weight": 1}],
}
DICTATION = {
    "stem": "听录音，填写工单。",
    "explanation": "",
    "audio": AUDIO_FILE,
    "fields": [
        {"label": "地址", "accepted": ["文一路5号"], "patterns": ["文一路(5|五)号"]},
        {"label": "来电人", "accepted": ["王敏"], "patterns": []},
    ],
}
ONE_OF_EACH: dict[KindCode, dict[str, Any]] = {
    KindCode.SINGLE: SINGLE,
    KindCode.MULTIPLE: MULTIPLE,
    KindCode.TRUE_FALSE: TRUE_FALSE,
    KindCode.BLANK: BLANK,
    KindCode.NUMERIC: NUMERIC,
    KindCode.ORDERING: ORDERING,
    KindCode.MATCHING: MATCHING,
    KindCode.CLOZE: CLOZE,
    KindCode.SHORT: SHORT,
    KindCode.CASE: CASE,
    KindCode.AUDIO: AUDIO,
    KindCode.DICTATION: DICTATION,
}
PARTS_IN_ROWS = frozenset({KindCode.CASE, KindCode.AUDIO})
"""Kinds whose parts stand in rows of their own."""

_SIGNS = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Co", "Cn", "Zs"], exclude_characters="_＿\ufeff\u200b"
)
WORDS = (
    st.text(st.one_of(st.sampled_from("关阀开窗abXY12 =+-@~{}#:\\<>/|;；％[]（）"), _SIGNS), min_size=1, max_size=24)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
FOLDABLE = WORDS.filter(lambda text: fold(text) != "")
PATTERNS = st.lists(st.sampled_from(["三[声响]", r"\d+秒", "a|b", r"1\/2", "(x|y)+;", "[一-十]{2}"]), max_size=2)
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
    texts = draw(st.lists(FOLDABLE, min_size=2, max_size=10, unique_by=fold))
    pinned = draw(st.sets(st.integers(0, len(texts) - 1), max_size=2))
    return [
        {"id": IDS[place], "text": text, **({"pinned": True} if place in pinned else {})}
        for place, text in enumerate(texts)
    ]


@st.composite
def contents(draw: st.DrawFn, kind: KindCode) -> dict[str, Any]:
    """Valid content of a kind."""
    words = {"stem": draw(MORE_WORDS), "explanation": draw(st.just("") | MORE_WORDS)}
    if draw(st.integers(0, 4)) == 0:
        words["rich"] = True
    return draw(_MADE[kind](words))


def _choices(words: dict[str, Any], kind: KindCode) -> st.SearchStrategy[dict[str, Any]]:
    @st.composite
    def make(draw: st.DrawFn) -> dict[str, Any]:
        made = draw(options())
        ids = [option["id"] for option in made]
        shared = {**words, "options": made, "shuffle": draw(st.booleans())}
        if kind is KindCode.SINGLE:
            return {**shared, "key": draw(st.sampled_from(ids))}
        key = sorted(draw(st.sets(st.sampled_from(ids), min_size=2)))
        return {**shared, "key": key, "rule": draw(st.sampled_from(["none", "half", "share", "penalty"]))}

    return make()


@st.composite
def _blanks(draw: st.DrawFn, words: dict[str, Any]) -> dict[str, Any]:
    blanks = draw(st.lists(_forms(), min_size=1, max_size=4, unique_by=lambda blank: fold(blank["accepted"][0])))
    return _with_blanks(words, blanks, draw(st.booleans()))


@st.composite
def _orders(draw: st.DrawFn, words: dict[str, Any]) -> dict[str, Any]:
    texts = draw(st.lists(FOLDABLE, min_size=3, max_size=8, unique_by=fold))
    ids = list(IDS[: len(texts)])
    key = draw(st.permutations(ids).filter(lambda order: order != ids))
    made = [{"id": one, "text": text} for one, text in zip(ids, texts, strict=True)]
    return {**words, "options": made, "key": key, "rule": draw(st.sampled_from(["share", "none"]))}


@st.composite
def _matches(draw: st.DrawFn, words: dict[str, Any]) -> dict[str, Any]:
    texts = draw(st.lists(FOLDABLE, min_size=2, max_size=6, unique_by=fold))
    left = draw(st.lists(FOLDABLE, min_size=2, max_size=5, unique_by=fold))
    ids = list(IDS[: len(texts)])
    key = draw(st.lists(st.sampled_from(ids), min_size=len(left), max_size=len(left)).filter(lambda it: not told(it)))
    made = [{"id": one, "text": text} for one, text in zip(ids, texts, strict=True)]
    return {**words, "left": left, "options": made, "key": key, "rule": draw(st.sampled_from(["share", "none"]))}


@st.composite
def _gap(draw: st.DrawFn) -> dict[str, Any]:
    plain = FOLDABLE.filter(lambda text: not text.startswith("*"))
    if draw(st.booleans()):
        return {"accepted": draw(st.lists(plain, min_size=1, max_size=3)), "patterns": draw(st.just([]) | PATTERNS)}
    texts = draw(st.lists(plain, min_size=2, max_size=4, unique_by=fold))
    made = [{"id": IDS[place], "text": text} for place, text in enumerate(texts)]
    return {"options": made, "key": draw(st.sampled_from([one["id"] for one in made]))}


@st.composite
def _clozes(draw: st.DrawFn, words: dict[str, Any]) -> dict[str, Any]:
    gaps = draw(st.lists(_gap(), min_size=1, max_size=4))
    stem = words["stem"] + "".join(f"____{number}" for number in range(len(gaps)))
    return {**words, "stem": stem, "gaps": gaps}


@st.composite
def _shorts(draw: st.DrawFn, words: dict[str, Any]) -> dict[str, Any]:
    cuts = draw(st.sampled_from([[], [100], [40, 60], [1, 1, 98]]))
    rubric = [{"text": draw(WORDS), "percent": percent} for percent in cuts]
    return {**words, "model": draw(MORE_WORDS), "rubric": rubric, "most": draw(st.integers(1, 5000))}


def _recordings() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"sha256": st.just("0f" * 32), "plays": st.integers(0, 9), "transcript": st.just("") | MORE_WORDS}
    )


def _compounds(least: int, most: int, **more: st.SearchStrategy[Any]) -> Any:
    @st.composite
    def make(draw: st.DrawFn, words: dict[str, Any]) -> dict[str, Any]:
        parts = []
        for _place in range(draw(st.integers(least, most))):
            kind = draw(st.sampled_from(sorted(SIMPLE)))
            parts.append({"kind": kind.value, "content": draw(contents(kind)), "weight": draw(st.integers(1, 100))})
        return {**words, "parts": parts, **{name: draw(strategy) for name, strategy in more.items()}}

    return make


@st.composite
def _dictations(draw: st.DrawFn, words: dict[str, Any]) -> dict[str, Any]:
    labels = draw(st.lists(FOLDABLE, min_size=1, max_size=3, unique_by=fold))
    fields = [{"label": label, **draw(_forms())} for label in labels]
    return {**words, "audio": draw(_recordings()), "fields": fields}


def _with_blanks(words: dict[str, str], blanks: list[dict[str, Any]], any_order: bool) -> dict[str, Any]:
    stem = words["stem"] + "".join(f"____{number}" for number in range(len(blanks)))
    return {**words, "stem": stem, "blanks": blanks, "any_order": any_order}


def _forms() -> st.SearchStrategy[dict[str, Any]]:
    accepted = st.lists(FOLDABLE, min_size=1, max_size=3)
    return st.fixed_dictionaries({"accepted": accepted, "patterns": PATTERNS})


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


_MADE: dict[KindCode, Any] = {
    KindCode.SINGLE: lambda words: _choices(words, KindCode.SINGLE),
    KindCode.MULTIPLE: lambda words: _choices(words, KindCode.MULTIPLE),
    KindCode.TRUE_FALSE: lambda words: st.booleans().map(lambda key: {**words, "key": key}),
    KindCode.BLANK: _blanks,
    KindCode.NUMERIC: lambda words: _amounts().map(lambda amount: {**words, **amount}),
    KindCode.ORDERING: _orders,
    KindCode.MATCHING: _matches,
    KindCode.CLOZE: _clozes,
    KindCode.SHORT: _shorts,
    KindCode.CASE: _compounds(2, 3),
    KindCode.AUDIO: _compounds(1, 2, audio=_recordings()),
    KindCode.DICTATION: _dictations,
}
