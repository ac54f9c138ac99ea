"""A whole paper, pasted: questions, answers and explanations are found where people write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.web.spreadsheets.guard import UnreadableFile
from question_bank.formats.aiken import read_aiken, write_aiken
from question_bank.formats.checking import check_record
from question_bank.formats.opening import open_file
from question_bank.formats.paper import read_paper
from question_bank.kinds import KindCode
from tests.question_bank.made import SINGLE
from tests.question_bank.test_formats_spreadsheet import POINTS, entry

PAPER = """2026 年客服中心上岗考试
一、单项选择题（每题 2 分，共 4 分）
1. 铃响几声之内接听？
A. 一声  B. 三声
C. 五声  D. 七声
答案：B
解析：默认三声。
接起后先报工号。
2、客户闻到臭味，先做什么？（A）
A．关阀
B．点火看看
二、多选题（每题3分）
1. 哪些是礼貌用语？
A、请 B、喂 C、您
【答案】AC
【难度】易
【知识点】服务用语
三、判断题
1．由客户先挂机。（√）
2．可以边吃边接听。（×）
四、填空题
1. 三条安全指令：关____、开____。
答案：阀|阀门；窗
五、简答题
1. 客户情绪激动时怎样开场？
答：先致歉，
再复述问题。
六、案例分析题
1. 一位老人来电，说厨房里有臭味。
（1）第一句话说什么？
A. 请先开窗
B. 请报户号
答案：A
（2）写出请她关阀的话。
答案：请您把阀门拧到横着的位置。
"""


def checked(text):
    return [check_record(record, POINTS) for record in read_paper(text)[0]]


def test_a_whole_paper_is_read():
    found = checked(PAPER)
    assert [(one.kind, one.points, one.fit) for one in found] == [
        (KindCode.SINGLE, 200, True),
        (KindCode.SINGLE, 200, True),
        (KindCode.MULTIPLE, 300, True),
        (KindCode.TRUE_FALSE, 100, True),
        (KindCode.TRUE_FALSE, 100, True),
        (KindCode.BLANK, 300, True),
        (KindCode.SHORT, 500, True),
        (KindCode.CASE, 1000, True),
    ]
    first, second, third = (one.content for one in found[:3])
    assert [option["text"] for option in first["options"]] == ["一声", "三声", "五声", "七声"]
    assert (first["key"], first["explanation"]) == ("b", "默认三声。\n接起后先报工号。")
    assert (second["key"], second["stem"]) == ("a", "客户闻到臭味，先做什么？（　）")
    assert (third["key"], found[2].difficulty, found[2].point) == (["a", "c"], "easy", "service/courtesy")
    assert [one.content["key"] for one in found[3:5]] == [True, False]
    assert found[5].content["blanks"][0]["accepted"] == ["阀", "阀门"]
    assert found[6].content["model"] == "先致歉，\n再复述问题。"
    assert [part["kind"] for part in found[7].content["parts"]] == ["single", "short"]


def test_the_title_above_the_first_question_is_named_as_passed_over():
    assert read_paper(PAPER)[1] == ["2026 年客服中心上岗考试"]


LISTED = """一、单选题
1. 甲？
A.一 B.二
2. 乙？
A.一 B.二
二、判断题
1. 丙。
2. 丁。
参考答案
一、单选题
1-2 BA
二、判断题
1. × 2. √
3. √
"""


def test_answers_in_a_list_at_the_end_find_their_questions():
    records, left = read_paper(LISTED)
    assert [record.text("answer") for record in records] == ["B", "A", "×", "√"]
    assert left == ["3. √"]


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("1-3 ABC", ["A", "B", "C"]),
        ("1—3：AB C A", ["AB", "C", "A"]),
        ("1、A 2、B 3、C", ["A", "B", "C"]),
        ("1.A；2.B；3.C", ["A", "B", "C"]),
        ("（1）A （2）B （3）C", ["A", "B", "C"]),
        ("1~3: A,B,C", ["A", "B", "C"]),
    ],
)
def test_lists_of_answers_are_read_as_people_write_them(line, answers):
    paper = "".join(f"{number}. 问{number}？\nA.一 B.二 C.三\n" for number in (1, 2, 3))
    assert [record.text("answer") for record in read_paper(f"{paper}答案：\n{line}\n")[0]] == answers


@pytest.mark.parametrize(
    "paper",
    [
        "（1）甲？\nA.一\nB.二\n答案:A\n（2）乙？\nA.一\nB.二\n答案:B",
        "第1题 甲？\nA.一\nB.二\n答案：A\n第2题 乙？\n(A)一\n(B)二\n正确答案：B",
        "1.甲？\r\nＡ．一 Ｂ．二\r\n答案：Ａ\r\n\r\n2.乙？\r\nA、一\r\nB、二\r\n【参考答案】B".replace("\r\n", "\n"),
        "单选题\n\n甲？\nA.一\nB.二\n答案：A\n\n乙？\nA.一\nB.二\n答案：B",
    ],
)
def test_questions_are_numbered_the_ways_people_do(paper):
    assert [(one.fit, one.content["key"]) for one in checked(paper)] == [(True, "a"), (True, "b")]


@pytest.mark.parametrize(
    "paper",
    [
        "1. 由客户先挂机。（√）\n2. 可以边吃边接听。（×）",
        "1、由客户先挂机。( 对 )\n2、可以边吃边接听。( 错 )",
        "（√）1．由客户先挂机。\n（ × ）2．可以边吃边接听。",
        "1. 由客户先挂机。 √\n2. 可以边吃边接听。×",
        "（　）1．由客户先挂机。\n（　）2．可以边吃边接听。\n答案：\n1-2 √×",
        "第1题 由客户先挂机。（正确）\n第2题 可以边吃边接听。（错误）",
    ],
)
def test_a_paper_of_true_or_false_alone_is_read_without_a_heading(paper, tmp_path):
    path = tmp_path / "paper"
    path.write_text(paper, encoding="utf-8")
    opened = open_file(path, "txt")
    found = [check_record(record, POINTS) for record in opened.records]
    assert [(one.kind, one.fit, one.content["key"]) for one in found] == [
        (KindCode.TRUE_FALSE, True, True), (KindCode.TRUE_FALSE, True, False),
    ]
    assert [one.content["stem"].rstrip("（　） ").rstrip("。") for one in found] == ["由客户先挂机", "可以边吃边接听"]
    assert opened.shape["form"] == "paper"


def test_an_option_in_brackets_that_begins_with_a_number_stays_an_option():
    (found,) = checked("1. 哪一组对？\n（A）1、2\n（B）2、3\n答案：B")
    assert [option["text"] for option in found.content["options"]] == ["1、2", "2、3"]


def test_a_numbered_list_inside_a_question_is_no_question():
    found = checked("1. 下列哪项对？\n（1）关阀\n（2）开窗\nA. 只有（1）\nB. 都对\n答案：B")
    assert len(found) == 1
    assert found[0].content["stem"] == "下列哪项对？\n（1）关阀\n（2）开窗"


def test_a_text_without_questions_is_refused():
    with pytest.raises(UnreadableFile, match="text_without_questions"):
        read_paper("一、单选题\n")


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16"])
def test_a_paper_is_told_from_gift_and_aiken_in_any_usual_encoding(tmp_path, codec):
    forms = {"paper": PAPER, "gift": "几声？{=三声 ~一声}", "aiken": "几声？\nA. 一声\nB. 三声\nANSWER: B\n"}
    for form, text in forms.items():
        path = tmp_path / form
        path.write_bytes(text.encode(codec))
        opened = open_file(path, "txt")
        assert opened.shape["form"] == form
        assert all(check_record(record, POINTS).fit for record in opened.records)


def test_aiken_goes_out_and_comes_back():
    (back,) = [check_record(one, POINTS) for one in read_aiken(write_aiken([entry(KindCode.SINGLE, SINGLE)]).decode())]
    assert (back.content["stem"], back.content["key"]) == (SINGLE["stem"], SINGLE["key"])
    assert back.content["options"] == SINGLE["options"]


def test_an_aiken_question_without_its_answer_is_named():
    record = read_aiken("几声？\nA. 一声\nB. 三声\n")[0]
    assert [(one.cell, one.code) for one in record.troubles] == [("1", "aiken_without_answer")]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([*PAPER.split("\n"), *LISTED.split("\n"), "", "（", "A.", "9999.x", "1-9 A"]), max_size=25)
)
def test_no_order_of_lines_breaks_the_reader(lines):
    try:
        found = checked("\n".join(lines))
    except UnreadableFile as refused:
        assert refused.code == "text_without_questions"
    else:
        assert found
