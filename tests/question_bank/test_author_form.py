"""The author's form gives the content its author meant, and never fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank import kinds
from question_bank.kinds import KINDS, KindCode
from tests.question_bank.made import (
    AUDIO,
    AUDIO_FILE,
    BLANK,
    CASE,
    CLOZE,
    DICTATION,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    ORDERING,
    SHORT,
    SINGLE,
    TRUE_FALSE,
)

RECORDING = {
    "audio_sha256": [AUDIO_FILE["sha256"]],
    "audio_plays": ["2"],
    "audio_transcript": [AUDIO_FILE["transcript"]],
}


def part_form(place, kind, content, **fields):
    """Return the fields of one part of a case."""
    words = {"kind": [kind], "stem": [content["stem"]], "explanation": [content["explanation"]]}
    return {f"part.{place}.{name}": values for name, values in {**words, **fields}.items()}


FORMS = {
    KindCode.SINGLE: (SINGLE, {"option": ["一声", "三声", "五声", "七声", ""], "key": ["1"], "shuffle": ["1"]}),
    KindCode.MULTIPLE: (
        MULTIPLE,
        {"option": ["请", "喂", "您", "再见"], "key": ["0", "2", "3"], "shuffle": ["1"], "rule": ["half"]},
    ),
    KindCode.TRUE_FALSE: (TRUE_FALSE, {"truth": ["true"]}),
    KindCode.BLANK: (BLANK, {"blank": ["阀 | 阀门", "窗 | /门?窗户?/", ""]}),
    KindCode.NUMERIC: (NUMERIC, {"value": [" １５ "], "tolerance": ["0.5"], "unit": ["秒"], "unit_also": ["s"]}),
    KindCode.ORDERING: (
        ORDERING,
        {"step": ["问是否有人不适", "关阀", "派单", "", "回访"], "step_id": ["c", "a", "d", "", "b"]},
    ),
    KindCode.MATCHING: (
        MATCHING,
        {"left": ["闻到臭味", "账单多算"], "match": ["c", "A"], "option": ["账务", "投诉", "抢修", ""]},
    ),
    KindCode.CLOZE: (CLOZE, {"gap": ["五声 | *三声", "工号", ""]}),
    KindCode.SHORT: (
        SHORT,
        {
            "model": ["先道歉，再复述问题。\r\n"],
            "rubric": ["道歉", "", "复述"],
            "percent": ["40", "", "60"],
            "most": ["300"],
        },
    ),
    KindCode.CASE: (
        CASE,
        {
            **part_form(0, "single", SINGLE, option=["一声", "三声", "五声", "七声"], key=["1"], shuffle=["1"]),
            **part_form(2, "blank", BLANK, weight=["2"], blank=["阀 | 阀门", "窗 | /门?窗户?/"]),
            **part_form(3, "true_false", TRUE_FALSE, gone=["1"]),
            **part_form(
                5,
                "short",
                SHORT,
                weight=["3"],
                model=[SHORT["model"]],
                rubric=["道歉", "复述"],
                percent=["40", "60"],
                most=["300"],
            ),
        },
    ),
    KindCode.AUDIO: (AUDIO, {**RECORDING, **part_form(0, "true_false", TRUE_FALSE, truth=["true"])}),
    KindCode.DICTATION: (
        DICTATION,
        {**RECORDING, "label": ["地址", "来电人"], "accept": ["文一路5号 | /文一路(5|五)号/", "王敏"]},
    ),
}


@pytest.mark.parametrize("kind", list(KindCode))
def test_a_filled_form_becomes_content(kind):
    content, form = FORMS[kind]
    words = {"stem": [content["stem"] + " "], "explanation": [content["explanation"]]}
    assert KINDS[kind].from_form({**words, **form}) == content


@pytest.mark.parametrize("kind", list(KindCode))
def test_an_empty_form_is_named_as_flawed(kind):
    assert kinds.validate(kind, KINDS[kind].from_form({}))


NAMES = [
    "stem",
    "explanation",
    "option",
    "key",
    "pinned",
    "truth",
    "blank",
    "value",
    "tolerance",
    "unit",
    "unit_also",
    "rule",
    "step",
    "step_id",
    "left",
    "match",
    "gap",
    "model",
    "rubric",
    "percent",
    "most",
    "audio_sha256",
    "audio_plays",
    "label",
    "accept",
    "part.0.kind",
    "part.0.stem",
    "part.x.kind",
    "part..kind",
]


@pytest.mark.parametrize("kind", list(KindCode))
@given(
    form=st.dictionaries(
        st.sampled_from(NAMES), st.lists(st.text(max_size=12) | st.sampled_from(list(KindCode)), max_size=12)
    )
)
def test_no_form_breaks_the_author_s_page(kind, form):
    kinds.validate(kind, KINDS[kind].from_form(form))
