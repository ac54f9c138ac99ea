"""Pages for authors of call scripts."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel.db import reading, unit_of_work
from lms.people.models import Person
from simulations import services
from simulations.authoring.models import CallTrail, DraftVersion, ScriptDraft, UnmatchedReply
from simulations.models import Purpose, ScriptEdition
from tests.conftest import NOW
from tests.factories import make_person
from tests.simulations.calls import INPUTS
from tests.simulations.factories import GOOD_CALL, play_out

TABS = ["", "/tables/headers", "/tables/facts", "/tables/fields", "/tables/phrases", "/tables/checks", "/tests",
        "/tests?as=rude&walks=5", "/bench", "/changes"]
UNHEARD = (*GOOD_CALL[:3], (36, "utterance", {"mode": "type", "text": "今天天气可真不错呀"}), (60, "hangup", {}))


@pytest.fixture
def bundled(app):
    with app.app_context(), unit_of_work() as session:
        services.load_bundled(session, now=NOW)
    return app


def begun(app, client, code=None):
    """Begin a draft, of a bundled script or a new one; return its id and a token."""
    with app.app_context():
        edition = reading().scalar(select(ScriptEdition.id).where(ScriptEdition.code == code))
    token = token_of(client.get("/calls/drafts/").text)
    data = {"csrf_token": token, **({"edition": str(edition)} if code else {})}
    return client.post("/calls/drafts/", data=data).location.rpartition("/")[2], token


def token_of(page):
    """Return the token a page carries."""
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def sent(client, url, token, **data):
    """Send JSON as the editor does."""
    return client.post(url, json=data, headers={"X-CSRFToken": token, "Accept": "application/json"})


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_of_a_draft_opens(bundled, client, sign_in, language):
    sign_in(client, Role.TRAINER)
    draft, _ = begun(bundled, client, "gas-leak-01")
    for tab in TABS:
        assert client.get(f"/calls/drafts/{draft}{tab}", headers={"Accept-Language": language}).status_code == 200, tab


def test_a_new_script_begins_with_one_that_works(bundled, client, sign_in):
    sign_in(client, Role.TRAINER)
    draft, _ = begun(bundled, client)
    assert "se-ok" in client.get(f"/calls/drafts/{draft}").text


def test_typing_is_answered_with_what_is_wrong_and_a_fix(bundled, client, sign_in):
    sign_in(client, Role.TRAINER)
    draft, token = begun(bundled, client)
    with bundled.app_context():
        text = reading().scalar(select(ScriptDraft.text)).replace("-> 收尾", "-> 收胃")
    answer = sent(client, f"/calls/drafts/{draft}/check", token, text=text).json
    assert answer["errors"] > 0
    line, column, _, _ = next(mark for mark in answer["marks"] if text.splitlines()[mark[0] - 1].endswith("收胃"))
    assert "<svg" in answer["graph"]
    mended = sent(client, f"/calls/drafts/{draft}/fix", token, text=text, code="CS212", line=line, column=column).json
    assert sent(client, f"/calls/drafts/{draft}/check", token, text=mended["text"]).json["errors"] == 0


def test_a_checkpoint_set_comes_with_what_it_cites_and_one_that_isnt_there_is_not_found(bundled, client, sign_in):
    sign_in(client, Role.TRAINER)
    draft, token = begun(bundled, client)
    answer = sent(client, f"/calls/drafts/{draft}/sets", token, set="complaint").json
    assert answer["text"].splitlines()[answer["line"] - 1].startswith("[接听]")
    assert "方案 = " in answer["text"]
    traditional = answer["text"].replace("【考点】", "【考點】")
    again = sent(client, f"/calls/drafts/{draft}/sets", token, set="complaint", text=traditional)
    assert again.json["text"] == traditional
    assert sent(client, f"/calls/drafts/{draft}/sets", token, set="none").status_code == 404


def test_a_draft_with_errors_is_kept_and_every_author_has_versions(bundled, client, sign_in):
    sign_in(client, Role.TRAINER)
    draft, token = begun(bundled, client)
    assert sent(client, f"/calls/drafts/{draft}", token, text="【剧本】\n", known=1).json["number"] == 2
    assert sent(client, f"/calls/drafts/{draft}", token, text="【剧本】\n标题: 甲\n", known=2).json["number"] == 2
    late = sent(client, f"/calls/drafts/{draft}", token, text="【剧本】\n标题: 乙\n", known=1)
    assert late.status_code == 409
    assert client.post(f"/calls/drafts/{draft}/versions/1", data={"csrf_token": token}).status_code == 302
    with bundled.app_context():
        assert len(reading().scalars(select(DraftVersion)).all()) == 2
        assert "三个工作日" in reading().scalar(select(ScriptDraft.text))


def test_a_table_writes_into_the_text(bundled, client, sign_in):
    sign_in(client, Role.TRAINER)
    draft, token = begun(bundled, client)
    page = client.get(f"/calls/drafts/{draft}/tables/facts").text
    lines = re.findall(r'name="line" value="(\d+)"', page)
    cells = [["姓名", "周敏"], ["电话", "16405710086"], ["楼层", "6"], ["", ""], ["", ""]]
    data = {"csrf_token": token, "known": "1", "line": lines, "c0": [c[0] for c in cells], "c1": [c[1] for c in cells]}
    assert client.post(f"/calls/drafts/{draft}/tables/facts", data=data).status_code == 302
    with bundled.app_context():
        text = reading().scalar(select(ScriptDraft.text))
    assert "姓名 = 周敏" in text
    assert "楼层 = 6" in text
    assert text.startswith("//")


def test_nobody_who_wrote_on_a_draft_publishes_it(bundled, client, sign_in):
    with bundled.app_context():
        people = [make_person(name, roles=[Role.TRAINER]) for name in ("许静", "罗成")]
        first, second = (reading().get_one(Person, person.id) for person in people)
        assert first.unit and second.unit
    sign_in(client, first)
    draft, token = begun(bundled, client)
    with bundled.app_context():
        text = reading().scalar(select(ScriptDraft.text)).replace("my-script-01", "permit-01")
    sent(client, f"/calls/drafts/{draft}", token, text=text, known=1)
    sign_in(client, second)
    token = token_of(client.get(f"/calls/drafts/{draft}").text)
    edition = client.post(f"/calls/drafts/{draft}/send", data={"csrf_token": token}).location.rpartition("/")[2]
    sign_in(client, first)
    assert "/publish" not in client.get(f"/calls/scripts/{edition}").text
    token = token_of(client.get(f"/calls/drafts/{draft}").text)
    assert client.post(f"/calls/scripts/{edition}/publish", data={"csrf_token": token}).status_code == 403
    sign_in(client, Role.TRAINER)
    token = token_of(client.get("/calls/drafts/").text)
    assert client.post(f"/calls/scripts/{edition}/publish", data={"csrf_token": token}).status_code == 302


@pytest.mark.parametrize(
    ("word", "example"),
    [
        ({"verdict": "negative", "phrase": "关阀"}, "反 关阀: 今天天气可真不错呀"),
        ({"verdict": "polite", "phrase": "关阀"}, "反 忌语: 今天天气可真不错呀"),
    ],
)
def test_a_reply_that_nothing_heard_becomes_an_example(bundled, client, sign_in, word, example):
    with bundled.app_context():
        play_out(make_person("范小满"), UNHEARD, purpose=Purpose.PRACTICE)
        assert reading().scalar(select(CallTrail)) is not None
        reply = reading().scalar(select(UnmatchedReply))
        assert (reply.text, reply.node) == ("今天天气可真不错呀", "询问")
    sign_in(client, Role.TRAINER)
    assert "开一份草稿" in client.get("/calls/drafts/replies").text
    draft, token = begun(bundled, client, "gas-leak-01")
    page = client.get("/calls/drafts/replies").text
    assert "今天天气可真不错呀" in page
    assert "范小满" not in page
    data = {"csrf_token": token, "draft": draft, **word}
    assert client.post(f"/calls/drafts/replies/{reply.id}", data=data).status_code == 302
    assert client.post(f"/calls/drafts/replies/{reply.id}", data=data).status_code == 409
    with bundled.app_context():
        assert example in reading().get(ScriptDraft, UUID(draft)).text
    assert "今天天气可真不错呀" not in client.get("/calls/drafts/replies").text


@pytest.mark.parametrize("role", [Role.LEARNER, Role.MANAGER, Role.ASSESSOR])
def test_drafts_are_for_trainers(client, sign_in, role):
    sign_in(client, role)
    assert client.get("/calls/drafts/").status_code == 403


def test_a_new_script_may_begin_like_another_under_a_code_of_its_own(bundled, client, sign_in):
    sign_in(client, Role.TRAINER)
    begun(bundled, client)
    token = token_of(client.get("/calls/scripts").text)
    with bundled.app_context():
        edition = reading().scalars(select(ScriptEdition).where(ScriptEdition.code == "gas-leak-01")).one()
    for code in ("gas-leak-02", "gas-leak-03"):
        answer = client.post("/calls/drafts/", data={"csrf_token": token, "edition": str(edition.id), "like": "1"})
        with bundled.app_context():
            draft = reading().get_one(ScriptDraft, UUID(answer.location.rpartition("/")[2]))
            assert (draft.code, draft.title, draft.base_id) == (code, f"{edition.title}（新）", None)


def test_the_bench_teaches_a_phrase_what_it_missed_and_nothing_it_must_not_hear(bundled, client, sign_in):
    sign_in(client, Role.TRAINER)
    draft, token = begun(bundled, client)
    data = {"csrf_token": token, "replies": "最晚三天之内给您答复", "teach": "1", "as-1": "答复"}
    taught = client.post(f"/calls/drafts/{draft}/bench", data={**data, "reply-1": "最晚三天之内给您答复"}).text
    assert "「答复」现在听得出这一句了" in taught and "说到了" in taught
    data_of_another = {"csrf_token": token, "replies": "今天天气不错"}
    page = client.post(f"/calls/drafts/{draft}/bench", data=data_of_another).text
    assert page.count('name="teach"') == 1 and 'name="teach"' not in taught  # only where nothing was heard
    refused = client.post(f"/calls/drafts/{draft}/bench", data={**data, "reply-1": "我不清楚"}).text
    assert "没有写进去" in refused
    with bundled.app_context():
        assert "我不清楚\n" not in reading().get_one(ScriptDraft, UUID(draft)).text.partition("反 答复")[2]


def test_all_that_clicks_can_mend_is_mended_by_one(bundled, client, sign_in):
    sign_in(client, Role.TRAINER)
    draft, token = begun(bundled, client)
    pasted = (INPUTS / "pasted-leak.txt").read_text("utf-8")
    url = f"/calls/drafts/{draft}"
    assert "能改的" in sent(client, f"{url}/check", token, text=pasted).get_json()["findings"]
    mended = sent(client, f"{url}/fix", token, text=pasted, code="*", line=1, column=1).get_json()["text"]
    told = sent(client, f"{url}/check", token, text=mended).get_json()
    assert told["errors"] == 0
    assert sent(client, f"{url}/fix", token, text=mended, code="*", line=1, column=1).get_json()["text"] == mended


def test_an_untouched_example_is_not_said_to_be_ready(bundled, client, sign_in):
    sign_in(client, Role.TRAINER)
    draft, token = begun(bundled, client)
    page = client.get(f"/calls/drafts/{draft}").text
    assert "还是例子" in page and "可以送审" not in page
    with bundled.app_context():
        text = reading().get_one(ScriptDraft, UUID(draft)).text
    own = sent(client, f"/calls/drafts/{draft}/check", token, text=text.replace("给剧本起个名字", "许可证")).get_json()
    assert "可以送审" in own["findings"] and f"/calls/drafts/{draft}/bench" in own["findings"]


def test_lines_that_stand_in_no_table_are_told_beside_it(bundled, client, sign_in):
    sign_in(client, Role.TRAINER)
    draft, token = begun(bundled, client)
    pasted = (INPUTS / "pasted-leak.txt").read_text("utf-8")
    sent(client, f"/calls/drafts/{draft}", token, text=pasted, known=1)
    checks, facts = (client.get(f"/calls/drafts/{draft}/tables/{name}").text for name in ("checks", "facts"))
    assert "有 6 行读不懂" in checks and "第 27 行" in checks
    assert "读不懂" not in facts


def test_the_help_names_the_phrases_that_may_be_cited_as_they_are(bundled, client, sign_in):
    sign_in(client, Role.TRAINER)
    draft, _ = begun(bundled, client)
    help_ = client.get(f"/calls/drafts/{draft}").text
    assert all(f'data-word="{name}"' in help_ for name in ("问候", "询问还需", "忌语"))
    assert 'data-word="答复"' not in help_


def test_what_a_click_left_to_fill_in_is_told_until_it_is(bundled, client, sign_in):
    sign_in(client, Role.TRAINER)
    draft, token = begun(bundled, client)
    with bundled.app_context():
        text = reading().get_one(ScriptDraft, UUID(draft)).text.replace("给剧本起个名字", "许可证")
    url, asks = f"/calls/drafts/{draft}", text.replace("字段(姓名, 电话)", "字段(姓名, 电话, 回执号)")
    fixed = sent(client, f"{url}/fix", token, text=asks, code="*", line=1, column=1).get_json()["text"]
    assert "回执号: 文本 = 待填写" in fixed
    told = sent(client, f"{url}/check", token, text=fixed).get_json()["findings"]
    assert "待填写" in told and "可以送审" not in told
    filled = fixed.replace("待填写", "HZ-0312")
    assert "可以送审" in sent(client, f"{url}/check", token, text=filled).get_json()["findings"]


def test_two_new_scripts_never_share_a_code(bundled, client, sign_in):
    """They would be sent as editions of one script."""
    sign_in(client, Role.TRAINER)
    drafts = [UUID(begun(bundled, client)[0]) for _ in range(2)]
    with bundled.app_context():
        assert [reading().get_one(ScriptDraft, it).code for it in drafts] == ["my-script-01", "my-script-02"]
