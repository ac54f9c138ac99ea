"""What is known of a script before anybody plays it."""

import pytest

from simulations import compile_script, load_library
from simulations.analysis.bench import bench
from simulations.analysis.changes import changes
from simulations.analysis.drawing import draw
from simulations.analysis.fixes import apply, fix_for
from simulations.analysis.graph import graph_of
from simulations.analysis.inserting import with_set
from simulations.analysis.personas import Persona, play_as
from simulations.analysis.reach import reachable_marks
from simulations.analysis.tables import TABLES, Row, rewritten, tables_of
from simulations.analysis.walks import quick_test, random_test
from simulations.authoring.starters import blank
from tests.simulations.calls import compiled, libraries, text_of

BUNDLE = load_library()
GAS = text_of("gas-leak-01.call")
EVERY = pytest.mark.parametrize("script", [b.script for b in BUNDLE.scripts], ids=lambda s: s.code)


def changed(before: str, after: str, text: str = GAS) -> str:
    """Return the script with one wording changed, which must be there."""
    assert before in text, before
    return text.replace(before, after, 1)


@EVERY
def test_the_quick_test_takes_every_branch_of_a_bundled_script(script):
    result = quick_test(script)
    assert result.complete
    assert min(result.lines.values()) >= 1


@EVERY
def test_random_walks_all_end_and_are_the_same_for_the_same_seed(script):
    first, again = random_test(script, walks=12, seed=5), random_test(script, walks=12, seed=5)
    assert first.unended == 0
    assert first == again
    assert sum(first.endings.values()) == 12


@pytest.mark.parametrize("walks", [0, 2001])
def test_a_random_test_has_one_to_two_thousand_walks(walks):
    with pytest.raises(ValueError, match="walks"):
        random_test(compiled(GAS), walks=walks, seed=1)


@EVERY
def test_somebody_who_does_all_that_is_asked_has_one_hundred(script):
    reach = reachable_marks(script)
    assert reach.highest == 10_000
    assert reach.obstacles == ()
    assert all(e.lowest is None or e.lowest <= e.highest for e in reach.endings)


def test_the_checkpoint_that_makes_one_hundred_impossible_is_named():
    reach = reachable_marks(compiled(changed("说(开窗)", "说(开窗) @收尾")))
    assert [obstacle.id for obstacle in reach.obstacles] == ["开窗"]
    assert reach.highest == 10_000 - reach.obstacles[0].out_of


@EVERY
def test_better_learners_have_better_marks(script):
    totals = {persona: play_as(script, persona).score.total for persona in Persona}
    assert totals[Persona.PERFECT] > totals[Persona.NOVICE] > max(totals[Persona.RUDE], totals[Persona.SILENT])


def test_play_as_shows_the_checkpoints_as_they_are_met():
    beats = [b for b in play_as(compiled(GAS), Persona.PERFECT).beats if b.hints]
    met = [sum(hint.state == "met" for hint in beat.hints) for beat in beats]
    assert met[-1] > met[0]


def test_the_main_path_of_the_gas_leak_leaves_out_the_panic():
    graph = graph_of(compiled(GAS).tree, compiled(GAS).settings)
    assert graph.main == ("接通", "报险", "询问", "核对", "收尾")
    assert graph.orphans == ()


def test_a_node_that_nothing_leads_to_is_an_orphan_and_drawn_as_one():
    script = compiled(GAS + "\n== 孤儿 ==\n客: 有人吗？\n- -> 收尾\n")
    graph = graph_of(script.tree, script.settings)
    assert [node.name for node in graph.orphans] == ["孤儿"]
    assert str(draw(graph)).count("cg-orphan") == 1


def test_a_drawing_holds_no_markup_of_the_author():
    script = compiled(changed("== 收尾 ==\n客: ", "== 收尾 ==\n客: <script>"))
    assert "<script>" not in draw(graph_of(script.tree, script.settings))


@pytest.mark.parametrize(("before", "after", "code"), [
    ("-> 询问；情绪-1", "-> 讯问；情绪-1", "CS212"),
    ("时限: 300秒", "时限: 三百秒", "CS108"),
    ("编号: gas-leak-01\n", "", "CS107"),
    ("| 处置 | 10 | 说(开窗)", "| 处置 | 20 | 说(开窗)", "CS501"),
    ("(一般/紧急/特急) = 特急", "(一般/紧急) = 特急", "CS502"),
    ("- 客: 我听不清，你再说一遍。\n", "", "CS402"),
    ("【考点】", "反 关阀: 请您关阀门 | 阀门关了没有\n【考点】", "CS304"),
    ("【考点】", "正 关阀: 那个东西给它掐喽 | 关阀门\n【考点】", "CS303"),
])
def test_one_click_puts_it_right(before, after, code):
    text = changed(before, after)
    compilation = compile_script(text, libraries())
    found = next(d for d in compilation.diagnostics if d.code == code)
    mended = apply(fix_for(found, text, compilation.tree), text)
    assert code not in [d.code for d in compile_script(mended, libraries()).diagnostics]


def test_the_bench_says_what_was_heard_and_why_not():
    said, asked, dissuaded = bench(compiled(GAS), "您先关总阀\n阀门您关了没有？\n千万别开灯", node="报险")
    assert [(h.phrase, h.verdict) for h in said.heard] == [("关阀", "said")]
    assert said.move > 0
    assert [(h.phrase, h.verdict, h.why.code) for h in asked.heard] == [("关阀", "neutral", "question")]
    assert asked.move == 0
    assert ("用电", "negated") in [(h.phrase, h.verdict) for h in dissuaded.heard]


def test_layout_and_comments_are_no_change():
    assert changes(compiled(GAS), compiled("// 新\n" + GAS.replace("\n", "\n\n").replace(": ", "：", 3))) == ()


@pytest.mark.parametrize(("before", "after", "expected"), [
    ("<= 60秒", "<= 40秒", ("score", "check", "changed")),
    ("时限: 300秒", "时限: 300秒\n及格: 85", ("score", "setting", "changed")),
    ("我头都晕了", "我头晕", ("learner", "caller", "changed")),
    ("客户 4秒后", "客户 9秒后", ("learner", "hang_up", "changed")),
    ("时限: 300秒", "时限: 200秒", ("learner", "setting", "changed")),
])
def test_a_change_names_who_would_notice(before, after, expected):
    found = changes(compiled(GAS), compiled(changed(before, after)))
    assert [(c.notices, c.subject, c.what) for c in found] == [expected]


@pytest.mark.parametrize("table", list(TABLES))
@EVERY
def test_tables_that_nobody_touched_write_the_very_same_text(script, table):
    assert rewritten(script.text, script.tree, table, tables_of(script.tree)[table]) == script.text


def test_a_row_is_changed_dropped_and_added_in_its_place():
    tree = compiled(GAS).tree
    name, *rest = tables_of(tree)["facts"]
    text = rewritten(GAS, tree, "facts", [
        Row(name.line, ("姓名", "周敏")), *rest[1:], Row(0, ("楼层", "6")), Row(0, ("", "")),
    ])
    after = compiled(text).tree.facts
    assert after[0].value == "周敏"
    assert after[-1].name.text == "楼层"
    assert len(after) == len(tree.facts)


def set_in(text, name):
    return with_set(text, BUNDLE.checkpoint_sets[name])


@pytest.mark.parametrize("name", list(BUNDLE.checkpoint_sets))
def test_a_checkpoint_set_brings_what_it_cites_and_one_click_makes_the_points_a_hundred(name):
    text = set_in(blank(max(BUNDLE.phrases)), name)
    found = compile_script(text, BUNDLE.phrases)
    assert {d.code for d in found.diagnostics} <= {"CS501"}
    for points in found.diagnostics:
        text = apply(fix_for(points, text, found.tree), text)
    assert compile_script(text, BUNDLE.phrases).diagnostics == ()


def test_a_checkpoint_set_leaves_what_the_author_wrote_and_replaces_checkpoints_of_the_same_name():
    before = blank(max(BUNDLE.phrases)).replace("答复 = ", "// 我写的\n答复 = 本周内给您 / ")
    after = set_in(before, "enquiry")
    assert "答复 = 本周内给您 / " in after
    assert after.count("答复 = ") == 1
    assert after.count("[接听]") == 1
    assert "[问候] 报单位、工号并问好" in after


def test_a_checkpoint_set_goes_into_a_text_without_sections():
    assert [s for s in ("【人物】", "【工单】", "【短语】", "【考点】") if s not in set_in("", "complaint")] == []
