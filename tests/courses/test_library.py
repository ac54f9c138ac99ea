"""The bundled courses are what was promised, and a broken course folder says where it is broken."""

import re
from pathlib import Path

import pytest

from courses.library import CourseFileError, bundled_courses, read_course
from courses.library.pictures import picture_flaws
from courses.rules.units import UnitKind
from lms.web.richtext import chinese_characters, picture_names, render

COURSES = {course.code: course for course in bundled_courses()}
PHONE_NUMBER = re.compile(r"(?<!\d)1\d{10}(?!\d)")

GOOD = """\
code: sound
title: 课程
title_en: Course
summary: 简介
summary_en: Summary
minutes: 10
points: [gas/properties]
units:
  - code: one
    kind: page
    chapter: 第一章
    title: 第一节
    title_en: One
    minutes: 5
    text: one.md
    points: [gas/properties]
"""
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><title>x</title><path d="M0 0h10"/></svg>'


def test_three_courses_are_bundled():
    assert set(COURSES) == {"gas-leak", "phone-etiquette", "service-norms"}


@pytest.mark.parametrize("code", sorted(COURSES))
def test_a_bundled_course_has_enough_text_pictures_and_units(code):
    course = COURSES[code]
    assert sum(map(chinese_characters, course.texts.values())) >= 4000
    assert len(course.pictures) >= 3
    assert 5 <= len(course.file.units) <= 8
    assert abs(sum(unit.minutes for unit in course.file.units) - course.file.minutes) <= 5


@pytest.mark.parametrize("code", sorted(COURSES))
def test_a_bundled_course_can_be_studied_without_films(code):
    assert all(unit.kind is not UnitKind.VIDEO for unit in COURSES[code].file.units)


@pytest.mark.parametrize("code", sorted(COURSES))
def test_every_point_is_taught_and_asked_about(code):
    course = COURSES[code]
    tested = {point for unit in course.file.units if unit.kind is UnitKind.TEST for point in unit.points}
    assert tested == set(course.file.points)


@pytest.mark.parametrize("code", sorted(COURSES))
def test_sample_telephone_numbers_belong_to_nobody(code):
    everything = "".join([*COURSES[code].texts.values(), *COURSES[code].pictures.values()])
    assert all(number.startswith("164") for number in PHONE_NUMBER.findall(everything.replace(" ", "")))


@pytest.mark.parametrize("code", sorted(COURSES))
def test_every_text_renders_with_all_its_pictures_and_nothing_inline(code):
    course = COURSES[code]
    for name, text in course.texts.items():
        html = render(text, course.pictures, think="想一想")
        assert html.count("<figure>") == len(picture_names(text)), name
        assert "style=" not in html, name
        assert ":::" not in html, name
        assert "**" not in html, name


def test_the_gas_course_says_who_must_approve_it():
    assert "安全管理部门审核批准" in COURSES["gas-leak"].file.note


def folder_with(tmp_path: Path, course: str = GOOD, **files: str) -> Path:
    (tmp_path / "course.yaml").write_text(course, encoding="utf-8")
    for name, text in ({"one.md": "正文"} | {name.replace("_", "."): text for name, text in files.items()}).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def problems(folder: Path) -> dict[str, str]:
    with pytest.raises(CourseFileError) as caught:
        read_course(folder)
    return {problem.where: problem.text for problem in caught.value.problems}


def test_a_sound_folder_is_read(tmp_path):
    course = read_course(folder_with(tmp_path))
    assert course.text_of(course.file.units[0]) == "正文"


def test_another_text_makes_another_digest(tmp_path):
    before = read_course(folder_with(tmp_path)).digest
    assert read_course(folder_with(tmp_path)).digest == before
    assert read_course(folder_with(tmp_path, one_md="另一篇")).digest != before


@pytest.mark.parametrize(
    ("changed", "where", "says"),
    [
        (GOOD.replace("minutes: 5", "minutes: 0"), "course.yaml:14", "greater than or equal to 1"),
        (GOOD.replace("kind: page", "kind: dance"), "course.yaml:10", "Input should be"),
        (GOOD.replace("    text: one.md\n", ""), "course.yaml:9", "needs text"),
        (GOOD.replace("text: one.md", "text: two.md"), "course.yaml:15", "there is no file two.md"),
        (GOOD.replace("    points: [gas/properties]", "    points: [gas/other]"), "course.yaml:16", "not among"),
        (GOOD + "colour: blue\n", "course.yaml:17", "Extra inputs"),
        (GOOD.replace("code: sound", "code: Sound!"), "course.yaml:1", "should match pattern"),
        (GOOD + GOOD[GOOD.index("  - code"):], "course.yaml:17", "used twice"),
        ("code: [", "course.yaml:1", "is not YAML"),
        ("", "course.yaml:1", "valid dictionary"),
    ],
    ids=["out of range", "unknown kind", "no text", "missing file", "foreign point", "unknown field", "bad code",
         "code twice", "broken YAML", "empty"],
)
def test_a_broken_course_file_is_told_by_line(tmp_path, changed, where, says):
    found = problems(folder_with(tmp_path, changed))
    assert where in found
    assert says in found[where]


def test_everything_wrong_is_told_at_once(tmp_path):
    found = problems(folder_with(tmp_path, GOOD.replace("minutes: 5", "minutes: 0").replace("code: sound", "code: X")))
    assert set(found) == {"course.yaml:1", "course.yaml:14"}


def test_a_picture_nobody_drew_is_told_by_its_line_in_the_text(tmp_path):
    assert "one.md:3" in problems(folder_with(tmp_path, one_md="正文\n\n![图](away.svg)"))


def test_a_picture_nobody_shows_and_a_text_nobody_uses_are_told(tmp_path):
    found = problems(folder_with(tmp_path, lost_svg=DRAWING, lost_md="没有单元用它"))
    assert {"lost.svg:1", "lost.md:1"} == set(found)


@pytest.mark.parametrize(
    "drawing",
    [
        DRAWING.replace("<path", "<script>alert(1)</script><path"),
        DRAWING.replace("<path", '<path onclick="x()"'),
        DRAWING.replace("<path", '<path style="fill:red"'),
        DRAWING.replace("<path", '<image href="http://example.org/x.png"/><path'),
        DRAWING.replace("<path", '<path fill="url(http://example.org/x)"'),
        DRAWING.replace("<title>x</title>", ""),
        DRAWING.replace("<svg ", '<svg width="10" '),
        DRAWING.replace("</svg>", ""),
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + DRAWING,
    ],
    ids=["script", "handler", "style", "image", "address", "no title", "fixed width", "cut off", "entities"],
)
def test_a_drawing_holds_plain_shapes_only(drawing):
    assert list(picture_flaws(drawing))
    assert not list(picture_flaws(DRAWING))
