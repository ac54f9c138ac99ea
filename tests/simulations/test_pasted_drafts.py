"""Drafts as trainers paste them from a text processor: what is said of them, and what clicks make of them."""

import pytest

from simulations import compile_script, load_library
from simulations.analysis.fixes import apply, fix_for, mended
from simulations.analysis.gist import Gists, gists_of
from simulations.analysis.reach import reachable_marks
from simulations.analysis.transcript import script_of
from simulations.analysis.walks import quick_test
from simulations.authoring.starters import blank
from simulations.script.compiler import Compilation
from simulations.script.suggestions import nearest
from tests.simulations.calls import INPUTS

LEAK = (INPUTS / "pasted-leak.txt").read_text("utf-8")
CALLBACK = (INPUTS / "pasted-callback.txt").read_text("utf-8")


def compiled(text: str) -> Compilation:
    return compile_script(text, load_library().phrases)


def clicked_through(text: str) -> str:
    """Take the first fix that is offered, again and again."""
    for _ in range(60):
        compilation = compiled(text)
        fixes = (fix_for(found, text, compilation.tree) for found in compilation.diagnostics)
        fix = next((fix for fix in fixes if fix), None)
        if fix is None:
            break
        text = apply(fix, text)
    return text


def findings(text: str) -> list[tuple[int, str]]:
    return [(d.line, d.code) for d in compiled(text).diagnostics]


def test_a_pasted_draft_becomes_a_script_by_clicks_alone():
    clicked = compiled(clicked_through(LEAK))
    assert clicked.errors == ()
    assert {d.code for d in clicked.warnings} == {"CS610"}  # only the author knows how else people say it


def test_phrases_that_clicks_made_hear_what_others_say():
    script = compiled(clicked_through(LEAK)).script
    heard = {
        "关总阀": ("您先去关一下总阀好吗", "总阀您先给它关上", "麻烦关闭进水的总阀"),
        "问位置": ("请问是表前漏还是表后漏",),
        "上门时间": ("师傅马上两小时之内上门", "2个小时以内有人到"),
    }
    assert {n: [r for r in rs if not script.phrases[n].says(r)] for n, rs in heard.items()} == dict.fromkeys(heard, [])
    others = {"关总阀": ("总阀关了没有", "总阀在哪里"), "上门时间": ("8小时内上门", "今天会上门")}
    assert {n: [r for r in rs if script.phrases[n].says(r)] for n, rs in others.items()} == dict.fromkeys(others, [])


@pytest.mark.parametrize("lost", ["【剧本】\n", "【对话】\n", "【短语】\n"])
def test_a_lost_heading_costs_no_line_under_it(lost):
    """Headers without theirs get it back; nothing that somebody wrote is made a comment of."""
    ended = clicked_through(LEAK)
    again = clicked_through(ended.replace(lost, ""))
    assert not any(line.startswith("//") for line in again.splitlines())
    if lost == "【剧本】\n":
        assert again == ended


def test_what_only_its_author_knows_is_left_after_the_clicks():
    """A direction that no script has goes; phrases nobody gave examples for, and copied sentences, are told."""
    text = clicked_through(CALLBACK)
    assert compiled(text).errors == ()
    assert "* 请问您是周建国先生本人吗？ => 核对本人 -> 犹豫期" in text.splitlines()
    assert "回访结果: 单选(成功 / 其他) = 成功" in text.splitlines()
    assert {d.code for d in compiled(text).warnings} <= {"CS607", "CS608", "CS610", "CS613"}


def test_rows_of_a_pasted_table_are_written_as_checkpoints_with_a_guess_at_what_they_ask():
    lines = clicked_through(LEAK).splitlines()
    assert [line for line in lines if line.startswith("[")] == [
        "[接听] 三声内接听 | 时效 | 10 | 接听 <= 15秒",
        "[问候] 主动问候 | 礼貌 | 10 | 说(问候) @首句",
        "[问位置] 问清表前还是表后 | 处置 | 20 | 说(问位置)",
        "[关总阀] 告诉客户先关阀 | 处置 | 20 | 说(关总阀)",
        "[上门时间] 承诺上门时间 | 处置 | 20 | 说(上门时间)",
        "[工单] 工单准确 | 准确 | 20 | 字段(姓名, 电话, 地址, 故障)",
    ]


def test_what_only_follows_from_another_mistake_is_not_said_before_that_is_mended():
    """A misspelt node, an unread row and a forgotten hang-up are three findings, not a dozen."""
    codes = [code for _line, code in findings(LEAK)]
    assert {"CS403", "CS402", "CS603", "CS124", "CS501"}.isdisjoint(codes)
    assert {"CS609", "CS105", "CS403", "CS603", "CS401"}.isdisjoint(code for _line, code in findings(CALLBACK))


@pytest.mark.parametrize(("written", "code", "meant"), [
    ("编号: 保单回访", "CS108", "编号: bao-dan-hui-fang-01"),
    ("电话：16405713321", "CS118", "电话 = 16405713321"),
    ("正：说明犹豫期：您有十五天的犹豫期，这期间退保全额退款", "CS123",
     "正 说明犹豫期: 您有十五天的犹豫期，这期间退保全额退款"),
    ("话务员：请问您是周建国先生本人吗？ → 犹豫期", "CS115", "* 请问您是周建国先生本人吗？ => … -> 犹豫期"),
    ("挂机：客户", "CS117", "挂机: 客户 4秒后"),
])
def test_a_line_written_another_way_is_told_as_it_was_meant(written, code, meant):
    line = CALLBACK.splitlines().index(written) + 1
    assert [d.suggestion for d in compiled(CALLBACK).diagnostics if (d.line, d.code) == (line, code)] == [meant]


@pytest.mark.parametrize("written", ["挂机", "客户挂机", "客：挂断", "挂电话"])
def test_a_hang_up_in_other_words_is_known_as_one(written):
    text = clicked_through(LEAK).replace("挂机: 客户 4秒后", written)
    told = compiled(text).diagnostics
    expected = [] if written.startswith("客：") else ["挂机: 客户 4秒后"]
    assert [d.suggestion for d in told if d.code == "CS117"] == expected


def test_a_forgotten_hang_up_is_what_a_farewell_lacks():
    ended = clicked_through(LEAK)
    assert [d.suggestion for d in compiled(ended.replace("挂机: 客户 4秒后\n", "")).errors] == ["挂机: 客户 4秒后"]


def test_list_marks_of_a_text_processor_are_no_part_of_a_line():
    ended = clicked_through(LEAK)
    marked = ended.replace("[问候]", "2. [问候]").replace("客：你好", "\uf0b7\t客：你好").replace("* 请您", "• * 请您")
    assert marked.count("2. [") == 1 and compiled(marked).errors == ()


def test_choices_may_be_listed_as_in_a_sentence():
    listed = clicked_through(LEAK).replace("(表前漏水 / 表后漏水 / 水管爆裂)", "（表前漏水、表后漏水，水管爆裂）")
    fields = compiled(listed).tree.fields
    assert fields[-1].options == ("表前漏水", "表后漏水", "水管爆裂")


@pytest.mark.parametrize(("written", "known", "meant"), [
    ("上门", ["上门时间", "关阀"], "上门时间"),
    ("问电话", ["问电", "问名"], "问电"),
    ("故障", ["故障类型", "姓名"], "故障类型"),
    ("上门", ["上门时间", "上门地址"], None),
    ("答复", ["安抚", "忌语"], None),  # one syllable of two sounds the same
    ("上呼", ["上户", "过户"], "上户"),
])
def test_a_name_is_suggested_where_it_was_probably_meant(written, known, meant):
    assert nearest(written, known) == meant


def test_a_phrase_that_is_not_there_is_written_from_its_model_reply():
    text = clicked_through(LEAK).replace("=> 关总阀", "=> 断水源")
    compilation = compiled(text)
    found = next(d for d in compilation.diagnostics if d.code == "CS213")
    written = compiled(apply(fix_for(found, text, compilation.tree), text))
    assert written.errors == ()
    assert written.script.phrases["断水源"].says("先把进水总阀关掉吧")


def test_what_a_checkpoint_asks_for_and_the_script_has_not_got_is_written_by_clicks():
    text = blank(max(load_library().phrases)).replace(
        "[工单] 工单准确 | 准确 | 20 | 字段(姓名, 电话)",
        "[来意] 说明来意 | 准确 | 10 | 说(来意) 自 报险\n[工单] 工单准确 | 准确 | 10 | 字段(姓名, 回执号) 且 给(诉求)",
    )
    assert {d.code for d in compiled(text).errors} == {"CS211", "CS212", "CS213", "CS214"}
    written = mended(text, compiled)
    assert compiled(written).errors == ()
    assert {"诉求 = 待填写", "回执号: 文本 = 待填写"} <= set(written.splitlines())


def test_a_call_that_was_written_down_becomes_a_script_that_can_be_played():
    written = (INPUTS / "written-down-call.txt").read_text("utf-8")
    assert [(d.line, d.code) for d in compiled(written).diagnostics if d.code != "CS105"] == [(1, "CS101")]
    script = compiled(clicked_through(written)).script
    assert script.title == "水表前漏水 通话记录 2026年3月"
    assert quick_test(script).complete and not reachable_marks(script).obstacles
    titles = [c.title for c in script.checkpoints]
    assert titles[2:5] == ["请问是水表前面漏", "请您先把进水总阀关掉", "师傅两个小时以内到您家"]
    assert script.phrases["应答2"].says("麻烦您把进水总阀关掉")


@pytest.mark.parametrize("text", [
    "客户：喂？\n客户：有人吗？", "明天开会", "【剧本】\n客户：喂？\n话务员：您好。\n客户：再见。",
])
def test_what_is_no_conversation_is_not_made_a_script_of(text):
    assert script_of(text, "通用短语@6") is None


def test_a_number_of_hours_alone_is_no_gist():
    gists = Gists("上门时间", ["最晚两个小时会有人到您家里", "师傅两个小时以后过来看"], ())
    assert not gists.hears(gists.of("最晚两个小时会有人到您家里"), "我两个小时前打过电话")


def test_a_gist_never_hears_what_the_script_says_must_not_be_heard():
    text = clicked_through(LEAK).replace(
        "正 关总阀: ", "反 关总阀: 总阀不用关 | 我来关总阀 | 总阀关了没有\n正 关总阀: ")
    tree = compiled(text).tree
    phrase = next(p for p in tree.phrases if p.name.text == "关总阀")
    gist = gists_of(phrase, tree, "请您先把进水总阀关掉").of("请您先把进水总阀关掉")
    assert gist is None or not gists_of(phrase, tree).hears(gist, "我来关总阀")
