"""The author's form gives the content its author meant, and never fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank import kinds
from question_bank.kinds import KINDS, KindCode
from tests.question_bank.made import BLANK, MULTIPLE, NUMERIC, SINGLE, TRUE_FALSE

FORMS = {
    KindCode.SINGLE: (SINGLE, {"option": ["一声", "三声", "五声", "七声", ""], "key": ["1"], "shuffle": ["1"]}),
    KindCode.MULTIPLE: (
        MULTIPLE,
        {"option": ["请", "喂", "您", "再见"], "key": ["0", "2", "3"], "shuffle": ["1"], "rule": ["half"]},
    ),
    KindCode.TRUE_FALSE: (TRUE_FALSE, {"truth": ["true"]}),
    KindCode.BLANK: (BLANK, {"blank": ["阀 | 阀门", "窗 | /门?窗户?/", ""]}),
    KindCode.NUMERIC: (NUMERIC, {"value": [" １５ "], "tolerance": ["0.5"], "unit": ["秒"], "unit_also": ["s"]}),
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
]


@pytest.mark.parametrize("kind", list(KindCode))
@given(form=st.dictionaries(st.sampled_from(NAMES), st.lists(st.text(max_size=12), max_size=12)))
def test_no_form_breaks_the_author_s_page(kind, form):
    kinds.validate(kind, KINDS[kind].from_form(form))
