"""GIFT: ours comes back unchanged, others' is read or named with its line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.web.spreadsheets.guard import UnreadableFile
from lms.web.spreadsheets.text import decode
from question_bank import bundled
from question_bank.formats.checking import check_record
from question_bank.formats.gift import read_gift
from question_bank.formats.gift_out import HOLDS, write_gift
from question_bank.formats.outlets import OUTLETS, sort_out
from question_bank.kinds import KindCode
from tests.question_bank.made import contents
from tests.question_bank.test_formats_spreadsheet import POINTS, codes, entry


def checked(text):
    return [check_record(record, POINTS) for record in read_gift(text)]


def only(text):
    (question,) = checked(text)
    return question


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_is_exported_is_imported_unchanged(data):
    kinds = data.draw(st.lists(st.sampled_from(sorted(HOLDS)), min_size=1, max_size=4))
    made = [data.draw(contents(kind)) for kind in kinds]
    text, _name = decode(write_gift(entry(kind, content) for kind, content in zip(kinds, made, strict=True)))
    back = checked(text)
    assert [(question.kind, question.content, question.points) for question in back] == [
        (kind, content, 200) for kind, content in zip(kinds, made, strict=True)
    ]


def test_the_whole_library_survives_the_way_out_and_in_but_for_what_is_named():
    everything = [
        entry(question.kind, question.content, question.point, question.difficulty, question.points)
        for question in bundled.questions()
    ]
    held, left = sort_out(OUTLETS["gift"], everything)
    assert {(one.kind, why) for one, why in left} <= {(KindCode.CASE, "kind"), (KindCode.CLOZE, "kind")}
    assert len(held) + len(left) == len(everything)
    text, _name = decode(write_gift(held))
    assert [
        (back.kind, back.content, POINTS[back.point], back.difficulty, back.points, back.troubles)
        for back in checked(text)
    ] == [(one.kind, one.content, one.point, one.difficulty, one.points, ()) for one in held]


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("::铃声::几声之内接听？{~一声 =三声#对了 ~五声}", "single", "b"),
        ("哪些礼貌？{~%50%请 ~%-100%喂 ~%50%您}", "multiple", ["a", "c"]),
        ("由客户先挂机。{T}", "true_false", True),
        ("由我先挂机。{FALSE#不对}", "true_false", False),
        ("// 一行说明\n\n$CATEGORY: 电话礼仪/接听\n\n可以抢接吗{F}", "true_false", False),
    ],
)
def test_choices_are_read(text, kind, key):
    question = only(text)
    assert (question.kind, question.content["key"], question.fit) == (KindCode(kind), key, True)


def test_a_category_names_the_point():
    assert only("$CATEGORY: 电话礼仪/接听\n\n可以抢接吗{F}").point == "phone/answering"


def test_feedback_goes_into_the_explanation():
    question = only("几声？{=三声#对了 ~一声#太急 ####默认三声。}")
    assert question.content["explanation"] == "默认三声。\n三声：对了\n一声：太急"


def test_short_answers_and_missing_words_become_blanks():
    assert only("中国首都是？{=北京 =北京市}").content["blanks"] == [{"accepted": ["北京", "北京市"], "patterns": []}]
    assert only("铃响{=三 =3}声之内接听。").content["stem"] == "铃响____声之内接听。"


@pytest.mark.parametrize(
    ("answer", "value", "tolerance"),
    [
        ("#15", "15", "0"),
        ("#15:0.5", "15", "0.5"),
        ("#10..12", "11", "1"),
        ("#=15:1 =%50%15:5", "15", "1"),
        ("#-4:0", "-4", "0"),
    ],
)
def test_numbers_are_read(answer, value, tolerance):
    content = only(f"几秒？{{{answer}}}").content
    assert (content["value"], content["tolerance"]) == (value, tolerance)


def test_pairs_become_a_matching_question():
    question = only("配对{=臭味 -> 抢修 =账单\\=多 -> 账务 = -> 投诉}")
    content = question.content
    text_of = {option["id"]: option["text"] for option in content["options"]}
    assert question.fit
    assert [(left, text_of[one]) for left, one in zip(content["left"], content["key"], strict=True)] == [
        ("臭味", "抢修"),
        ("账单=多", "账务"),
    ]
    assert sorted(text_of.values()) == sorted(["抢修", "账务", "投诉"])


def test_escapes_and_html_lose_their_clothes():
    question = only(r"[html]<p>a \{b\}&nbsp;\= c<br>第二行</p>{=x ~y \~ z}")
    assert question.content["stem"] == "a {b}\xa0= c\n第二行"
    assert question.content["options"][1]["text"] == "y ~ z"


def test_a_question_over_several_lines_with_an_empty_one_in_its_answers_is_one():
    assert len(checked("问一？{\n=对\n\n~错\n}\n\n问二。{T}")) == 2


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("问一。{T}\n\n写一写。{}", "3", "answer_missing"),
        ("问一。{T}\n\n\n只是说明", "4", "gift_without_answer"),
        ("问一。{T}\n\n第一行\n几声？{=三声 ~一声", "4", "gift_brace_open"),
        ("问一。{T}\n\n几声？{三声}", "3", "gift_stray_text"),
        ("问一。{T}\n\n几声？{~一声 ~三声}", "3", "answer_missing"),
        ("问一。{T}\n\n几声？{=一声}", "", ""),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text, line, code):
    question = checked(text)[1]
    assert question.fit is (code == "")
    assert not code or (line, code) in codes(question)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("几声？{=三声 ~%50%两声 ~一声}", "gift_weights"),
        ("多少？{#=15:0 =%50%15:5}", "gift_numbers"),
        ("[html]看图<img src='a.png'>{T}", "picture_left_out"),
    ],
)
def test_what_is_lost_is_said(text, code):
    question = only(text)
    assert question.fit
    assert code in {trouble.code for trouble in question.troubles}


def test_an_edited_answer_wins_over_the_comment_that_no_longer_fits_it():
    content = {"stem": "由客户先挂机。", "explanation": "", "key": True}
    text = write_gift([entry(KindCode.TRUE_FALSE, content)]).decode().replace("TRUE", "FALSE")
    question = only(text)
    assert question.content["key"] is False
    assert question.difficulty == "medium"
    assert "gift_edited" in {trouble.code for trouble in question.troubles}


@pytest.mark.parametrize("text", ["", "只有文字", "// 注释"])
def test_a_text_without_questions_is_refused(text):
    with pytest.raises(UnreadableFile, match="gift_without_questions"):
        read_gift(text)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("问a {}=~#%\\:/-\n$T0.[html]<p>"), max_size=80))
def test_no_text_breaks_the_reader(text):
    try:
        checked(text)
    except UnreadableFile as refused:
        assert refused.code
