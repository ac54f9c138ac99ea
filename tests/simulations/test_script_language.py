"""The language: layout doesn't count, formatting is faithful, nothing makes the compiler stumble."""

from functools import cache

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations import compile_script, format_script, load_library
from simulations.script.diagnostics import Findings
from simulations.script.formatter import format_condition
from simulations.script.parser import parse_script
from tests.simulations.calls import compiled, libraries, script_of, text_of

HALF = "【】:()|=*+->~?!/,;[]<"
WIDE = {c: chr(ord(c) + 0xFEE0) for c in HALF if c.isascii()}
GAS = text_of("gas-leak-01.call")


@cache
def scripts() -> dict[str, str]:
    """Return every script there is: the inputs and the bundled ones."""
    bundled = {f"bundled {b.code}": b.text for b in load_library().scripts}
    return {"gas-leak-01": GAS, "refund-01": text_of("refund-01.call"), **bundled}


def all_libraries():
    return {**libraries(), **load_library().phrases}


@pytest.mark.parametrize("name", ["gas-leak-01", "refund-01"])
def test_the_input_scripts_have_no_error(name):
    assert compile_script(text_of(f"{name}.call"), libraries()).errors == ()


@pytest.mark.parametrize("name", list(scripts()))
def test_formatting_a_script_keeps_it(name):
    script = compile_script(scripts()[name], all_libraries()).script
    again = compile_script(format_script(script.tree), all_libraries()).script
    assert again == script
    assert again.digest == script.digest
    assert format_script(again.tree) == format_script(script.tree)


def test_a_coachs_note_is_kept_in_order_and_leaves_the_rest_of_the_script_alone():
    noted = compiled(GAS + "\n【教练】\n要点: 先保人，再问清。\n易错：先问姓名\nwording: 您先关阀\n")
    assert [(n.topic.value, n.text) for n in noted.tree.coach] == [
        ("要点", "先保人，再问清。"),
        ("易错", "先问姓名"),
        ("说法", "您先关阀"),
    ]
    assert noted.checkpoints == script_of("gas-leak-01").checkpoints
    assert compiled(format_script(noted.tree)) == noted


def test_full_width_punctuation_is_half_width_punctuation():
    wide = "".join(c if "「" in line else WIDE.get(c, c) for line in GAS.splitlines(keepends=True) for c in line)
    assert wide != GAS
    found = compile_script(wide.replace("／／", "//"), libraries())
    assert found.errors == ()
    assert [n.name.key for n in found.tree.nodes] == [n.name.key for n in script_of("gas-leak-01").tree.nodes]
    assert [c.condition for c in found.tree.checks] == [c.condition for c in script_of("gas-leak-01").tree.checks]


def test_blank_lines_indentation_and_comments_change_nothing():
    loose = "\n\n".join("   \t" + line + "   " for line in GAS.splitlines()) + "\n// 备注\n"
    assert compiled(loose) == script_of("gas-leak-01")


def test_traditional_keywords_are_simplified_keywords():
    found = compile_script(opencc.OpenCC("s2t").convert(GAS), libraries())
    assert found.errors == ()
    assert [c.dimension for c in found.script.checkpoints] == [
        c.dimension for c in script_of("gas-leak-01").checkpoints
    ]
    assert [c.id.key for c in found.script.checkpoints] == [c.id.key for c in script_of("gas-leak-01").checkpoints]


def test_english_keywords_mean_the_same():
    english = compiled("""
[script]
code: valve-01
title: Valve
limit: 120s
silence: 8s caller: Hello?
[caller]
name = Ann
[ticket]
name: text = {name}
[phrases]
greeting = good (morning/evening)
valve = (close/shut)..valve
ask name = your name
[checks]
[!valve] Close the valve | handling | 60 | say(valve) <= 60s since start
[name] Ask the name | accuracy | 40 | given(name) and fields(name)
[dialogue]
== start ==
caller: I smell gas!
* Please close the main valve. => valve -> ask
- -> ask
== ask ==
+ May I have your name? => ask name; give(name); caller: I am {name}.
? given(name) -> end
- caller: Sorry?
== end ==
caller: Thank you, goodbye.
hangup: caller 4s
""")
    assert [c.dimension.value for c in english.checkpoints] == ["处置", "准确"]
    assert english.time_limit_ms == 120_000
    assert english.nodes["end"].hang_up.after_ms == 4_000


@pytest.mark.parametrize("name", list(scripts()))
def test_deleting_any_line_gives_a_located_finding_or_a_script(name):
    lines = scripts()[name].splitlines()
    for number in range(len(lines)):
        assert_located_or_valid("\n".join(lines[:number] + lines[number + 1 :]))


def assert_located_or_valid(text):
    found = compile_script(text, all_libraries())
    height = len(text.splitlines())
    assert (found.script is None) == bool(found.errors)
    for finding in found.diagnostics:
        assert 1 <= finding.line <= max(height, 1)
        assert finding.column >= 1
        assert finding.message("zh_CN") and finding.message("en")


CHARACTERS = "【】:：()（）|｜=＝*+-~?!/，；;[]<>{}.…^@&自且或说给客 客户挂机情绪0129秒句次a\t“”"


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_mutating_any_line_never_makes_the_compiler_stumble(data):
    lines = data.draw(st.sampled_from(list(scripts().values()))).splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    line = lines[number]
    start = data.draw(st.integers(0, len(line)))
    end = min(len(line), start + data.draw(st.integers(0, 4)))
    lines[number] = line[:start] + data.draw(st.text(CHARACTERS, max_size=4)) + line[end:]
    assert_located_or_valid("\n".join(lines))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=CHARACTERS + "\n剧本人物工单短语考点对话编号标题", max_size=120))
def test_any_text_at_all_is_answered_with_findings(text):
    assert_located_or_valid(text)


def test_a_missing_section_is_the_only_finding_about_it():
    found = compile_script("【剧本】\n编号: a\n标题: b\n", {})
    assert [(d.code, d.params.get("name")) for d in found.diagnostics] == [("CS105", "对话"), ("CS105", "考点")]


@pytest.mark.parametrize("written", ["a|b", " a ｜ b ", "a | b", "a || b |"])
def test_a_line_in_several_wordings_is_written_in_one_way(written):
    script = compiled(GAS.replace("- 客: 我听不清，你再说一遍。", f"- 客: {written}"))
    assert next(it.other.effects.says for it in script.tree.nodes if it.other and it.other.effects.says) == ("a | b",)
    assert compiled(format_script(script.tree)) == script


def test_a_place_is_read_up_to_the_bracket_that_closes():
    tree = parse_script("【考点】\n[a] b | 准确 | 1 | (说(甲) 自 报险 或 说(乙) @报险) 且 不说(丙)", Findings())
    either, _never = tree.checks[0].condition.parts
    assert (either.parts[0].since_node.text, either.parts[1].at_node.text) == ("报险", "报险")
    assert format_condition(tree.checks[0].condition) == "(说(甲) 自 报险 或 说(乙) @报险) 且 不说(丙)"


def test_conditions_bind_and_before_or():
    findings = Findings()
    tree = parse_script("【考点】\n[a] b | 准确 | 1 | 给(甲) 或 给(乙) 且 给(丙)", findings)
    condition = tree.checks[0].condition
    assert type(condition).__name__ == "AnyOf"
    assert type(condition.parts[1]).__name__ == "AllOf"
