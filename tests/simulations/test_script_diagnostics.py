"""Every diagnostic is documented, and its documented example gives it at the documented words."""

import re
from pathlib import Path

import pytest

from simulations.script.compiler import Compilation, compile_script
from simulations.script.diagnostics import Severity
from simulations.script.libraries import parse_library
from simulations.script.messages import MESSAGES

PAGE = (Path(__file__).parents[2] / "docs" / "call-scripts" / "diagnostics.md").read_text("utf-8")
ENTRY = re.compile(r"^## (CS\d{3})\n(.*?)(?=^## |^# |\Z)", re.M | re.S)
BLOCK = re.compile(r"^```call ?(.*?)\n(.*?)^```", re.M | re.S)
ENTRIES = dict(ENTRY.findall(PAGE))
BASE = re.search(r"^```base\n(.*?)^```", PAGE, re.M | re.S)[1]


def sections_of(text: str) -> list[tuple[str, str]]:
    """Cut a text into (heading, lines with the heading); what stands before any heading has the heading ""."""
    parts = re.split(r"^(?=【)", text, flags=re.M)
    return [(re.match(r"【(.*?)】|", part)[1] or "", part.rstrip("\n")) for part in parts if part.strip()]


def assembled(example: str, info: str) -> str:
    """Put an example's sections in place of the base script's own."""
    options = dict(pair.split("=", 1) for pair in re.findall(r"\w+=\S+", info))
    shown = sections_of(example)
    kept = [
        (name, text)
        for name, text in sections_of(BASE)
        if name not in [shown_name for shown_name, _ in shown] and name != options.get("without")
    ]
    stray = [text for name, text in shown if not name]
    text = "\n".join([*stray, *(text for name, text in shown if name), *(text for _, text in kept)])
    if "repeat" in options:
        last = example.rstrip("\n").splitlines()[-1]
        text = text.replace(last, "\n".join([last] * int(options["repeat"])))
    return text


def run_example(code: str) -> tuple[Compilation, str]:
    """Compile the example of one code; return what came of it and the text."""
    info, example = BLOCK.search(ENTRIES[code]).groups()
    libraries = {}
    found = re.search(r"library=(\S+?)@(\d+):(.*)$", info)
    if found:
        library, _ = parse_library(found[1], int(found[2]), found[3])
        libraries[library.key] = library
    text = assembled(example, info)
    return compile_script(text, libraries), text


def test_the_base_script_of_the_page_has_no_finding_at_all():
    assert compile_script(BASE, {}).diagnostics == ()


def test_every_diagnostic_is_on_the_page_and_nothing_else():
    assert set(ENTRIES) == set(MESSAGES)


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_a_documented_example_gives_its_finding(code):
    compilation, _ = run_example(code)
    assert code in [d.code for d in compilation.diagnostics]


@pytest.mark.parametrize("code", [code for code in sorted(MESSAGES) if "Points at:" in ENTRIES[code]])
def test_a_finding_points_at_the_documented_words(code):
    compilation, text = run_example(code)
    lines = text.splitlines()
    pointed = [lines[d.line - 1][d.column - 1 : d.end_column - 1] for d in compilation.diagnostics if d.code == code]
    assert re.search(r"^Points at: `(.*)`$", ENTRIES[code], re.M)[1] in pointed


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_a_finding_has_a_sentence_in_both_languages_and_the_page_quotes_them(code):
    compilation, _ = run_example(code)
    finding = next(d for d in compilation.diagnostics if d.code == code)
    assert finding.message("zh_CN") != finding.message("en")
    assert "{" not in finding.message("zh_CN").replace(str(finding.params), "").split("：")[0]
    assert MESSAGES[code].chinese in PAGE and MESSAGES[code].english in PAGE


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_an_error_withholds_the_script_and_a_warning_does_not(code):
    compilation, _ = run_example(code)
    severities = [d.severity for d in compilation.diagnostics]
    assert (compilation.script is None) is (Severity.ERROR in severities)
    if MESSAGES[code].severity == "warning":
        assert compilation.script is not None


@pytest.mark.parametrize(
    ("code", "nearest"),
    [
        ("CS212", "询问"),
        ("CS213", "关阀"),
        ("CS106", "时限"),
        ("CS111", "处置"),
        ("CS215", "派单"),
        ("CS119", "文本"),
        ("CS103", "考点"),
        ("CS217", "调度中心"),
    ],
)
def test_a_misspelt_name_brings_the_nearest_one(code, nearest):
    compilation, _ = run_example(code)
    assert next(d for d in compilation.diagnostics if d.code == code).suggestion == nearest


def test_a_name_that_only_sounds_the_same_is_suggested():
    text = BASE.replace("-> 询问", "-> 寻闻")
    compilation = compile_script(text, {})
    assert {d.suggestion for d in compilation.errors if d.code == "CS212"} == {"询问"}


def test_all_findings_are_given_at_once_in_the_order_of_the_text():
    text = BASE.replace("| 处置 |", "| 处理 |").replace("-> 询问", "-> 问讯").replace("[问名] 问姓名 |", "问姓名 |")
    found = compile_script(text, {}).diagnostics
    assert {"CS111", "CS122", "CS212"} <= {d.code for d in found}
    assert [d.line for d in found] == sorted(d.line for d in found)
