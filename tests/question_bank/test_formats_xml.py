"""Moodle XML and QTI: ours comes back unchanged, others' is read, what can't be is named, harm is refused."""

import base64
import io
import re
import zipfile
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.web.spreadsheets.guard import UnreadableFile
from question_bank import bundled
from question_bank.formats import moodle_out, qti_out
from question_bank.formats.checking import check_record
from question_bank.formats.moodle import read_moodle
from question_bank.formats.opening import open_file
from question_bank.formats.outlets import OUTLETS, sort_out
from question_bank.formats.qti import read_qti
from question_bank.kinds import KindCode
from tests.question_bank.files import picture
from tests.question_bank.made import ONE_OF_EACH, SINGLE, contents
from tests.question_bank.test_formats_spreadsheet import POINTS, entry

PICTURE = "ab" * 32


def no_picture(_content, _was):
    return ""


def read_file(data, kind, keep=no_picture):
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return open_file(Path(file.name), kind, None, keep).records


def back(data, kind, keep=no_picture):
    return [check_record(record, POINTS) for record in read_file(data, kind, keep)]


OUT = {"xml": moodle_out.write_moodle, "zip": qti_out.write_qti}
both_forms = pytest.mark.parametrize("kind", ["xml", "zip"])


@both_forms
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_what_is_exported_is_imported_unchanged(kind, data):
    kinds = data.draw(st.lists(st.sampled_from(sorted(moodle_out.HOLDS)), min_size=1, max_size=4))
    made = [data.draw(contents(one)) for one in kinds]
    found = back(OUT[kind]([entry(one, content) for one, content in zip(kinds, made, strict=True)], None), kind)
    assert [(one.kind, one.content, one.points) for one in found] == [
        (one, content, 200) for one, content in zip(kinds, made, strict=True)
    ]


@pytest.mark.parametrize("name", ["moodle", "qti"])
def test_the_whole_library_survives_but_for_what_is_named(name):
    everything = [entry(one.kind, one.content, one.point, one.difficulty, one.points) for one in bundled.questions()]
    outlet = OUTLETS[name]
    held, left = sort_out(outlet, everything)
    assert {one.kind for one, _why in left} <= {KindCode.CASE}
    found = back(outlet.write(held, None), outlet.ending)
    assert [(one.kind, one.content, POINTS[one.point], one.difficulty, one.points, one.troubles) for one in found] == [
        (one.kind, one.content, one.point, one.difficulty, one.points, ()) for one in held
    ]


def stripped(data, kind):
    """Take away what only we write, as another program would."""
    if kind == "xml":
        return re.sub(rb"<floorready[^>]*>.*?</floorready>", b"", data, flags=re.DOTALL)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            if not name.endswith(".json"):
                new.writestr(name, old.read(name))
    return stream.getvalue()


SAME_WITHOUT_OURS = [
    KindCode.SINGLE,
    KindCode.MULTIPLE,
    KindCode.TRUE_FALSE,
    KindCode.NUMERIC,
    KindCode.MATCHING,
    KindCode.CLOZE,
]


@both_forms
@pytest.mark.parametrize("code", SAME_WITHOUT_OURS)
def test_the_question_itself_is_said_in_the_form_s_own_words(kind, code):
    content = ONE_OF_EACH[code]
    (found,) = back(stripped(OUT[kind]([entry(code, content)], None), kind), kind)
    assert found.fit, found.troubles
    assert found.kind is code
    for name in {"key", "gaps", "value", "tolerance", "left"} & set(content):
        if code is not KindCode.MATCHING or name == "left":
            assert found.content[name] == content[name]


@both_forms
def test_steps_come_back_in_their_right_order(kind):
    content = ONE_OF_EACH[KindCode.ORDERING]
    (found,) = back(stripped(OUT[kind]([entry(KindCode.ORDERING, content)], None), kind), kind)
    words = [
        {one["id"]: one["text"] for one in it["options"]}[key] for it in (content, found.content) for key in it["key"]
    ]
    assert words[:4] == words[4:]


@both_forms
def test_an_edited_question_wins_over_what_we_wrote_beside_it(kind):
    data = OUT[kind]([entry(KindCode.SINGLE, SINGLE)], None)
    if kind == "xml":
        data = data.replace("三声<".encode(), "四声<".encode())
    else:
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
            for name in old.namelist():
                new.writestr(name, old.read(name).replace("三声<".encode(), "四声<".encode()))
        data = stream.getvalue()
    (found,) = back(data, kind)
    assert found.content["options"][1]["text"] == "四声"
    assert "gift_edited" in {one.code for one in found.troubles}


@both_forms
def test_pictures_travel_along(kind):
    content = {**SINGLE, "rich": True, "stem": f"看图：\n![表](media:{PICTURE})\n是什么？"}
    data = OUT[kind]([entry(KindCode.SINGLE, content)], lambda _digest: picture())
    kept = []
    (found,) = back(data, kind, lambda bytes_, was: kept.append((bytes_, was)) or PICTURE)
    assert found.content == content
    assert kept == [(picture(), PICTURE)]
    (found,) = back(stripped(data, kind), kind, lambda _bytes, _was: "cd" * 32)
    assert f"![表](media:{'cd' * 32})" in found.content["stem"]
    assert found.content["rich"] is True


def moodle(kind, body, text="问？"):
    return f"""<?xml version="1.0" encoding="UTF-8"?><quiz><question type="category"><category>
      <text>$course$/电话礼仪/接听</text></category></question>
      <question type="{kind}"><questiontext format="html"><text><![CDATA[<p>{text}</p>]]></text></questiontext>
      {body}</question></quiz>"""


def answers(*lines):
    return "".join(f'<answer fraction="{share}"><text>{text}</text></answer>' for text, share in lines)


@pytest.mark.parametrize(
    ("kind", "body", "code", "part"),
    [
        ("multichoice", "<single>true</single>" + answers(("一", 0), ("三", 100)), "single", {"key": "b"}),
        (
            "multichoice",
            "<single>false</single>" + answers(("一", 50), ("三", -100), ("五", 50)),
            "multiple",
            {"key": ["a", "c"]},
        ),
        ("truefalse", answers(("true", 0), ("false", 100)), "true_false", {"key": False}),
        (
            "shortanswer",
            answers(("关阀", 100), ("关阀门", 100)),
            "blank",
            {"blanks": [{"accepted": ["关阀", "关阀门"], "patterns": []}]},
        ),
        (
            "numerical",
            '<answer fraction="100"><text>15</text><tolerance>0.5</tolerance></answer>',
            "numeric",
            {"value": "15", "tolerance": "0.5"},
        ),
        (
            "matching",
            "<subquestion><text>臭味</text><answer><text>抢修</text></answer></subquestion>"
            "<subquestion><text>账单</text><answer><text>账务</text></answer></subquestion>",
            "matching",
            {"left": ["臭味", "账单"]},
        ),
        ("essay", "<graderinfo format='html'><text>先致歉</text></graderinfo>", "short", {"model": "先致歉"}),
    ],
)
def test_moodle_s_own_files_are_read(kind, body, code, part):
    (found,) = [check_record(one, POINTS) for one in read_moodle(moodle(kind, body), no_picture)]
    assert (found.kind, found.fit, found.point) == (KindCode(code), True, "phone/answering")
    assert {name: found.content[name] for name in part} == part
    assert found.content["stem"] == "问？"


def test_moodle_s_cloze_is_read():
    text = moodle("cloze", "", "铃响{1:MULTICHOICE:~五声~=三声}内，先报{2:SHORTANSWER:=工号#对~%50%名字}。")
    (found,) = [check_record(one, POINTS) for one in read_moodle(text, no_picture)]
    assert (found.kind, found.content["stem"]) == (KindCode.CLOZE, "铃响____内，先报____。")
    assert found.content["gaps"][0]["key"] == "b"
    assert "gift_weights" in {one.code for one in found.troubles}


@pytest.mark.parametrize("kind", ["calculated", "ddwtos", "description", "random"])
def test_what_moodle_has_and_we_don_t_is_named(kind):
    (found,) = [check_record(one, POINTS) for one in read_moodle(moodle(kind, ""), no_picture)]
    assert not found.fit
    assert "foreign_kind" in {one.code for one in found.troubles}


def test_a_picture_inside_a_moodle_file_is_kept_and_one_that_is_missing_is_named():
    shown = base64.b64encode(picture()).decode()
    body = f'<file name="a.png" encoding="base64">{shown}</file>'
    text = moodle("truefalse", answers(("true", 100)), '看<img src="@@PLUGINFILE@@/a.png" alt="表"><img src="b.png">')
    text = text.replace("</questiontext>", f"{body}</questiontext>")
    (record,) = read_moodle(text, lambda content, _was: PICTURE if content == picture() else "")
    assert record.text("stem") == f"看![表](media:{PICTURE})"
    assert "picture_left_out" in {one.code for one in record.troubles}


BOMB = "<!DOCTYPE q [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]>"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f'<?xml version="1.0"?>{BOMB}<quiz>&b;</quiz>', "xml_declares"),
        ('<!DOCTYPE q SYSTEM "file:///etc/passwd"><quiz/>', "xml_declares"),
        ("<quiz><question>", "xml_broken"),
        ("<quiz/>", "xml_without_questions"),
        ("<html/>", "xml_other_kind"),
        ("<quiz>" + "<a>" * 5000 + "</quiz>", "xml_broken"),
    ],
)
def test_xml_that_harms_or_is_no_quiz_is_refused(text, code):
    with pytest.raises(UnreadableFile, match=code):
        read_moodle(text, no_picture)


def package(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"../a.xml": "x"}, "archive_path"),
        ({"/etc/a.xml": "x"}, "archive_path"),
        ({"c:\\a.xml": "x"}, "archive_path"),
        ({"a.xml": BOMB + "<assessmentItem/>"}, "xml_declares"),
        ({"a.txt": "nothing"}, "qti_without_items"),
        ({"a.xml": " " * 30_000_000}, "archive_bomb"),
        ({f"{n}.xml": b"\0" * 9_000_000 for n in range(12)}, "archive_bomb"),
    ],
)
def test_packages_that_harm_are_refused_before_they_are_used(files, code):
    with pytest.raises(UnreadableFile, match=code):
        read_file(package(**files), "zip")


ITEM = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="i" title="t">
<responseDeclaration identifier="R" cardinality="{cardinality}" baseType="{base}"><correctResponse>{right}
</correctResponse></responseDeclaration><itemBody>{body}</itemBody></assessmentItem>"""


def item(body, *right, cardinality="single", base="identifier"):
    values = "".join(f"<value>{one}</value>" for one in right)
    return package(**{"i.xml": ITEM.format(cardinality=cardinality, base=base, right=values, body=body)})


def choices(*texts):
    return "".join(f'<simpleChoice identifier="c{n}">{text}</simpleChoice>' for n, text in enumerate(texts))


@pytest.mark.parametrize(
    ("data", "code", "part"),
    [
        (
            item(
                f'<p>问？</p><choiceInteraction responseIdentifier="R" maxChoices="1">{choices("一", "三")}'
                "</choiceInteraction>",
                "c1",
            ),
            "single",
            {"key": "b", "stem": "问？"},
        ),
        (
            item(
                f'<choiceInteraction responseIdentifier="R" maxChoices="0"><prompt>问？</prompt>'
                f"{choices('一', '三', '五')}"
                "</choiceInteraction>",
                "c0",
                "c2",
                cardinality="multiple",
            ),
            "multiple",
            {"key": ["a", "c"], "stem": "问？"},
        ),
        (
            item(
                f'<p>对吗？</p><choiceInteraction responseIdentifier="R" maxChoices="1">{choices("True", "False")}'
                "</choiceInteraction>",
                "c1",
            ),
            "true_false",
            {"key": False},
        ),
        (
            item('<p>先关<textEntryInteraction responseIdentifier="R"/>。</p>', "阀", base="string"),
            "blank",
            {"stem": "先关____。"},
        ),
        (
            item('<p>几秒？</p><extendedTextInteraction responseIdentifier="R"/>', "十五秒", base="string"),
            "short",
            {"model": "十五秒"},
        ),
    ],
)
def test_items_of_others_are_read(data, code, part):
    (found,) = back(data, "zip")
    assert (found.kind, found.fit) == (KindCode(code), True)
    assert {name: found.content[name] for name in part} == part


def test_an_item_with_an_interaction_we_lack_and_a_file_that_is_no_item_are_named():
    hotspot = item('<p>点一点</p><hotspotInteraction responseIdentifier="R"/>', "x")
    (found,) = back(hotspot, "zip")
    assert "foreign_kind" in {one.code for one in found.troubles}
    with zipfile.ZipFile(io.BytesIO(hotspot)) as old:
        data = package(**{"i.xml": old.read("i.xml"), "test.xml": "<assessmentTest/>", "film.mp4": b"x"})
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        assert read_qti(Path(file.name), no_picture)[1] == ["test.xml", "film.mp4"]
