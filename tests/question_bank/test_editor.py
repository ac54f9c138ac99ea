"""The editor: what it shows is what it saves, for every kind; pictures and recordings; the preview."""

import io
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from PIL import Image
from sqlalchemy import inspect, select
from werkzeug.datastructures import FileStorage

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import reading
from lms.kernel.errors import Invalid
from lms.web.uploads import open_stored
from question_bank.kinds import KindCode
from question_bank.media import seal_holds, sealed_until, take_picture
from question_bank.models import QuestionEdition
from tests.question_bank.browsing import ask, send, text_of
from tests.question_bank.files import picture, sound
from tests.question_bank.made import ONE_OF_EACH

WRITTEN = (None, "text", "hidden")


class Fields(HTMLParser):
    """Reads the fields of the question's form as a browser would send them."""

    def __init__(self):
        super().__init__()
        self.found, self.inside, self.text, self.select = {}, False, None, None

    def handle_starttag(self, tag, attributes):
        its = dict(attributes)
        if tag == "form":
            self.inside = its.get("id") == "question-form"
        if not self.inside:
            return
        if tag == "textarea":
            self.text = (its["name"], [])
        elif tag == "select":
            self.select = (its["name"], None)
        elif tag == "option" and self.select:
            name, chosen = self.select
            self.select = (name, its["value"] if chosen is None or "selected" in its else chosen)
        elif tag == "input" and "name" in its and (its.get("type") in WRITTEN or "checked" in its):
            self.add(its["name"], its.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "textarea" and self.text:
            self.add(self.text[0], "".join(self.text[1]).removeprefix("\n"))
            self.text = None
        elif tag == "select" and self.select:
            self.add(*self.select)
            self.select = None
        elif tag == "form":
            self.inside = False

    def handle_data(self, data):
        if self.text:
            self.text[1].append(data)

    def add(self, name, value):
        self.found.setdefault(name, []).append(value)


def fields_of(response):
    reader = Fields()
    reader.feed(text_of(response))
    return reader.found


@pytest.mark.parametrize("kind", list(KindCode))
def test_saving_what_the_editor_shows_changes_nothing(loaded, trainer, keep, kind):
    code = keep(kind, {**ONE_OF_EACH[kind], "rich": True})
    fields = fields_of(ask(trainer, f"/questions/?open={code}"))
    assert send(trainer, f"/questions/{code}/save", {**fields, "then": "save"}).status_code == 302
    with loaded.app_context():
        edition = reading().scalars(select(QuestionEdition).order_by(QuestionEdition.created_at.desc())).first()
        assert edition.content == {**ONE_OF_EACH[kind], "rich": True}


@pytest.mark.parametrize("kind", list(KindCode))
def test_what_stands_in_the_editor_can_be_tried_before_it_is_saved(loaded, trainer, keep, kind):
    fields = fields_of(ask(trainer, f"/questions/?open={keep(kind, ONE_OF_EACH[kind])}"))
    body = text_of(send(trainer, "/questions/preview", fields))
    assert f'data-kind="{kind}"' in body
    assert "After marking" in body


def test_a_part_is_added_to_a_case_without_losing_what_was_typed(trainer):
    fields = fields_of(ask(trainer, "/questions/?new=case"))
    body = text_of(send(trainer, "/questions/save", {**fields, "stem": "老人来电", "then": "part:short"}))
    assert "老人来电" in body
    assert 'name="part.2.model"' in body


def test_labels_are_kept_and_shown(loaded, trainer, keep):
    code = keep(KindCode.SINGLE, ONE_OF_EACH[KindCode.SINGLE])
    fields = fields_of(ask(trainer, f"/questions/?open={code}"))
    send(trainer, f"/questions/{code}/save", {**fields, "tags": "夜班，燃气;夜班", "origin": "条例第20条"})
    shown = fields_of(ask(trainer, f"/questions/?open={code}"))
    assert (set(shown["tags"][0].split("、")), shown["origin"]) == ({"夜班", "燃气"}, ["条例第20条"])


def hand_in_picture(client, content, name="a.png"):
    return send(client, "/questions/pictures", {"picture": (io.BytesIO(content), name)})


def test_a_recording_comes_with_the_form(loaded, trainer):
    fields = fields_of(ask(trainer, "/questions/?new=dictation"))
    words = {"stem": "听写", "label": ["地址"], "accept": ["文一路"], "audio_file": (io.BytesIO(sound()), "a.wav")}
    assert send(trainer, "/questions/save", {**fields, **words, "then": "save"}).status_code == 302
    with loaded.app_context():
        edition = reading().scalars(select(QuestionEdition).where(QuestionEdition.stem == "听写")).one()
        assert len(edition.content["audio"]["sha256"]) == 64


@pytest.mark.parametrize("content", [b"", b"RIFF0000WAVEfmt ", b"<svg/>", picture()])
def test_what_is_no_recording_is_refused(trainer, content):
    response = send(trainer, "/questions/recordings", {"audio_file": (io.BytesIO(content), "a.wav")})
    assert response.status_code == 422
    assert response.json["problem"]


def test_a_picture_is_drawn_anew_and_shown_to_whom_its_page_was_shown(loaded, trainer, sign_in):
    answer = hand_in_picture(trainer, picture(size=(3200, 4)) + b"<script>hidden</script>").json
    with loaded.app_context():
        kept = open_stored(answer["digest"]).read()
    assert b"hidden" not in kept
    assert Image.open(io.BytesIO(kept)).size == (1600, 2)
    shown = trainer.get(answer["url"])
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    learner = loaded.test_client()
    sign_in(learner, Role.LEARNER)
    assert learner.get(answer["url"]).status_code == 404
    assert learner.get(f"/questions/media/{answer['digest']}").status_code == 404


def test_a_candidate_loads_the_picture_of_a_question_on_their_own_page_until_the_address_ends(loaded, sign_in, trainer):
    digest = hand_in_picture(trainer, picture()).json["digest"]
    learner = loaded.test_client()
    person_id = inspect(sign_in(learner, Role.LEARNER)).identity[0]
    with loaded.app_context():
        until, seal = sealed_until(digest, person_id, now=clock.now())
        at = clock.now().timestamp()
        assert 24 * 3600 < until - at <= 25 * 3600
    assert learner.get(f"/questions/media/{digest}?until={until}&seal={seal}").status_code == 200
    assert learner.get(f"/questions/media/{digest}?until={until + 3600}&seal={seal}").status_code == 404
    assert learner.get(f"/questions/media/{'ab' * 32}?until={until}&seal={seal}").status_code == 404
    with loaded.app_context():
        end = datetime.fromtimestamp(until, UTC)
        assert seal_holds(digest, person_id, until, seal, now=end - timedelta(seconds=1))
        assert not seal_holds(digest, person_id, until, seal, now=end)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        picture()[:40],
        b"%PDF-1.7",
        b"\xff\xd8\xff" + b"x" * 100,
    ],
)
def test_what_is_no_picture_is_refused(trainer, content):
    response = hand_in_picture(trainer, content)
    assert response.status_code == 422
    assert response.json["problem"]


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_drawn(loaded):
    with loaded.test_request_context(), pytest.raises(Invalid):
        take_picture(FileStorage(io.BytesIO(picture(size=(9000, 9000), mode="1")), "a.png"))


def test_the_picture_of_a_rich_question_stands_on_its_page(trainer, keep):
    digest = hand_in_picture(trainer, picture()).json["digest"]
    content = {**ONE_OF_EACH[KindCode.SINGLE], "rich": True, "stem": f"看图：\n\n![表盘](media:{digest})"}
    fields = fields_of(ask(trainer, f"/questions/?open={keep(KindCode.SINGLE, content)}"))
    body = text_of(send(trainer, "/questions/preview", fields))
    address = re.search(rf'<img class="pic" src="(/questions/media/{digest}[^"]+)" alt="表盘"', body)
    assert trainer.get(address[1].replace("&amp;", "&")).status_code == 200
