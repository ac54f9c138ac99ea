"""An organisation's own phrase libraries: written, published by a second person, cited, taken up by scripts."""

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from simulations import load_library
from simulations.authoring import services as authoring
from simulations.phrases import services
from simulations.phrases.models import PhraseEdition
from simulations.phrases.queries import citable, citing, newer_than, recited
from simulations.script.libraries import parse_library
from simulations.services import load_bundled, publish_script, save_draft
from tests.conftest import NOW
from tests.factories import identity_with, make_person

OURS = """本地忌语 = 你爱咋地 / 不晓得
正 本地忌语: 你爱咋地 | 这个我不晓得 | 不晓得，您问别人
反 本地忌语: 我马上查 | 您放心
"""


@pytest.fixture
def trainers(context):
    """Two trainers, as actors."""
    return [identity_with(Role.TRAINER, person_id=make_person(name).id) for name in ("林悦", "周岚")]


def published(trainers, text=OURS, name="本单位短语"):
    """Write an edition as the first trainer and publish it as the second."""
    with unit_of_work() as session:
        begun = services.begin_phrases(session, name, like="", by=trainers[0], now=NOW)
        services.keep_phrases(session, begun.id, text, known=begun.revision, by=trainers[0], now=NOW)
    with unit_of_work() as session:
        return services.publish_phrases(session, begun.id, by=trainers[1], now=NOW)


def script_citing(*keys):
    """Return the text of a bundled script that cites these libraries."""
    text = next(it.text for it in load_library().scripts if it.code == "gas-leak-01")
    return recited(text, next(iter(load_library().phrases)), "，".join(keys)).replace("gas-leak-01", "gas-leak-ours")


@pytest.mark.both_databases
def test_a_second_person_publishes_and_scripts_may_cite_it(trainers):
    with unit_of_work() as session:
        begun = services.begin_phrases(session, "本单位短语", like="", by=trainers[0], now=NOW)
    assert begun.key not in citable(reading())
    with pytest.raises(Refused), unit_of_work() as session:
        services.publish_phrases(session, begun.id, by=trainers[0], now=NOW)
    with unit_of_work() as session:
        services.publish_phrases(session, begun.id, by=trainers[1], now=NOW)
    assert begun.key in citable(reading())
    with unit_of_work() as session:
        bundled = next(iter(load_library().phrases))
        edition = save_draft(session, script_citing(bundled, begun.key), by=trainers[0], now=NOW)
        assert sorted(edition.phrases) == sorted([bundled, begun.key]), "the edition carries what it cites"


def test_what_was_published_never_changes_and_the_next_edition_begins_with_it(trainers):
    first = published(trainers)
    for act in (
        lambda session: services.keep_phrases(session, first.id, "x", known=2, by=trainers[0], now=NOW),
        lambda session: services.publish_phrases(session, first.id, by=trainers[1], now=NOW),
        lambda session: services.drop_phrases(session, first.id, by=trainers[0], now=NOW),
    ):
        with pytest.raises(Conflict), unit_of_work() as session:
            act(session)
    with unit_of_work() as session:
        second = services.begin_phrases(session, "本单位短语", like="", by=trainers[1], now=NOW)
        again = services.begin_phrases(session, "本单位短语", like="", by=trainers[0], now=NOW)
    assert (second.number, second.text, again.id) == (2, first.text, second.id)


@pytest.mark.parametrize("text", ["", "// 空", "忌语 = (", OURS.replace("你爱咋地 |", "您好 |")],
                         ids=["empty", "comment alone", "broken pattern", "example that isn't heard"])
def test_a_library_with_a_fault_is_kept_and_not_published(trainers, text):
    with pytest.raises(Invalid):
        published(trainers, text)
    kept = reading().scalars(select(PhraseEdition)).one()
    assert kept.state == "draft"
    assert kept.text.strip() == text.strip()


@pytest.mark.parametrize("name", ["", " ", "通用短语", "通用短语@9", "a,b", "a/b", "长" * 31])
def test_a_name_that_cant_be_is_refused_at_its_field(trainers, name):
    with pytest.raises(Invalid) as refused, unit_of_work() as session:
        services.begin_phrases(session, name, like="", by=trainers[0], now=NOW)
    assert [it.where for it in refused.value.problems] == ["name"]


def test_two_authors_dont_overwrite_each_other(trainers):
    with unit_of_work() as session:
        begun = services.begin_phrases(session, "本单位短语", like="", by=trainers[0], now=NOW)
        services.keep_phrases(session, begun.id, OURS, known=1, by=trainers[0], now=NOW)
    with pytest.raises(Conflict), unit_of_work() as session:
        services.keep_phrases(session, begun.id, "// 别的", known=1, by=trainers[1], now=NOW)
    with pytest.raises(NotFound), unit_of_work() as session:
        services.begin_phrases(session, "另一库", like="没有@1", by=trainers[0], now=NOW)


def test_scripts_that_cite_an_older_edition_are_told_what_would_become_of_them(trainers):
    first, bundled = published(trainers), next(iter(load_library().phrases))
    with unit_of_work() as session:
        load_bundled(session, now=NOW)
        edition = save_draft(session, script_citing(bundled, first.key), by=trainers[0], now=NOW)
    with unit_of_work() as session:
        publish_script(session, edition.id, by=trainers[1], now=NOW)
    heard = parse_library("本单位短语", 2, OURS)[0]
    assert [(it.edition.code, it.cites, it.after.errors) for it in citing(reading(), heard)] == [
        ("gas-leak-ours", first.key, ())]
    spoilt = parse_library("本单位短语", 2, "别处 = 请报{没有的事实}\n")[0]
    assert citing(reading(), spoilt)[0].after.errors


@pytest.mark.parametrize(("cited", "expected"), [
    (["通用@1"], {"通用@1": "通用@3"}), (["通用@3"], {}), (["别的@1"], {}),
    (["通用@2", "通用@3"], {"通用@2": "通用@3"})])
def test_a_newer_edition_is_the_newest_of_the_same_name(cited, expected):
    libraries = {f"通用@{number}": parse_library("通用", number, OURS)[0] for number in (1, 3)}
    assert newer_than(cited, libraries) == expected


@pytest.mark.parametrize(("line", "old", "expected"), [
    ("引用: 通用短语@1", "通用短语@1", "引用: 通用短语@9"),
    ("引用：通用短语＠１，本单位短语@1", "通用短语@1", "引用：通用短语@9，本单位短语@1"),
    ("引用: 通用短语@1、通用短语@12", "通用短语@1", "引用: 通用短语@9、通用短语@12"),
    ("引用: 我的通用短语@1", "通用短语@1", "引用: 我的通用短语@1"),
    ("uses: 通用短語@1", "通用短语@1", "uses: 通用短语@9"),
    ("引用: 通用短语@1", "", "引用: 通用短语@1"),
], ids=["alone", "full width", "longer number", "longer name", "traditional, English key", "nothing asked"])
def test_a_newer_edition_is_cited_in_the_place_of_exactly_the_older_one(line, old, expected):
    text = f"// 引用: 通用短语@1 在注释里\n【剧本】\n编号: a\n{line}\n【人物】\n引用 = 通用短语@1\n"
    assert recited(text, old, "通用短语@9") == text.replace(f"\n{line}\n", f"\n{expected}\n")


def test_the_pages_from_beginning_to_citing(app, client, sign_in):
    sign_in(client, Role.TRAINER)
    page = client.get("/calls/phrases/").text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    refused = client.post("/calls/phrases/", data={"csrf_token": token, "name": "通用短语", "like": ""})
    assert refused.status_code == 422
    assert "另取一个名字" in refused.text
    begun = client.post("/calls/phrases/", data={"csrf_token": token, "name": "本单位短语", "like": ""}).location
    assert "可以送审" in client.get(begun).text
    assert client.post(f"{begun}/send", data={"csrf_token": token}).status_code == 302
    assert "已送审" in client.get(begun).text
    told = client.post(f"{begun}/check", json={"text": "忌语 = ("}, headers={"X-CSRFToken": token}).json
    assert told["errors"] == 1
    assert told["marks"]
    kept = client.post(begun, json={"text": OURS, "known": 1},
                       headers={"X-CSRFToken": token, "Accept": "application/json"})
    assert kept.json["number"] == 2
    assert "「不晓得」" in client.get(f"{begun}?replies=这个我不晓得").text
    assert client.post(f"{begun}/publish", data={"csrf_token": token}).status_code == 403
    sign_in(client, Role.TRAINER)
    page = client.get(begun).text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    assert client.post(f"{begun}/publish", data={"csrf_token": token}).status_code == 302
    with app.app_context():
        assert "本单位短语@1" in citable(reading())
        with unit_of_work() as session:
            by, text = identity_with(Role.TRAINER), script_citing("通用短语@1", "本单位短语@1")
            draft_id = authoring.begin_draft(session, None, by=by, now=NOW).id
            authoring.keep_draft(session, draft_id, text, known=1, by=by, now=NOW)
    editor = f"/calls/drafts/{draft_id}"
    newest = max(load_library().phrases)
    assert f"改引用 {newest}" in client.get(editor).text
    for asked, status in (("", 409), ("本单位短语@1", 409), ("通用短语@1", 302)):
        assert client.post(f"{editor}/recite", data={"csrf_token": token, "old": asked}).status_code == status
    assert f"引用: {newest}，本单位短语@1" in client.get(editor).text
    assert "改引用" not in client.get(editor).text
    assert "/calls/phrases/bundled/" in client.get("/calls/phrases/").text
    assert client.get(f"/calls/phrases/bundled/{newest}").status_code == 200
    assert client.get("/calls/phrases/bundled/没有@1").status_code == 404
