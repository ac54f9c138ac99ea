"""Measures of the bank with 10,000 questions: first page, search, a blueprint's count; and an import of 5,000."""

import random
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from urllib.parse import quote, urlencode

from sqlalchemy import insert, select

from lms.access.identity import SYSTEM, Role
from lms.exams.models import ExamPurpose
from lms.exams.rules.paper import Part
from lms.exams.rules.terms import Terms
from lms.exams.services.authoring import create_exam, publish_edition
from lms.kernel import clock
from lms.kernel.db import new_id, reading, unit_of_work
from question_bank.formats.entries import Entry
from question_bank.formats.opening import open_file
from question_bank.formats.workbook import write_bank
from question_bank.judging import judge
from question_bank.kinds import KindCode
from question_bank.models import Difficulty, EditionState, KnowledgePoint, Question, QuestionEdition, QuestionTag
from question_bank.services.staging import bank_texts, point_names
from question_bank.texts import kept_beside
from tests.bench.figures import Figure, rate_of
from tests.bench.measures import bare_view
from tests.bench.stage import Stage
from tests.factories import make_person
from tests.load import Connection
from tests.soak.scene import cookies_of

Step = Callable[[], Awaitable[None]]
MANY, CHUNK, IMPORTED = 10_000, 1_000, 5_000
SEARCHED = ("阀门", "客户 漏气", "三声之内", "Q-7731", "夜班", "没有这样的词")
THINGS = [
    *("阀门", "燃气表", "灶具", "软管", "热水器", "管道", "报警器", "抄表数据", "账单", "工单", "录音", "回访电话"),
    *("停气通知", "投诉", "抢修"),
]
DEEDS = ["先关闭", "立即登记", "核对", "复述", "通知抢修队处理", "请客户离开后检查", "当场答复", "转接主管", "回访"]


def questions(stage: Stage) -> list[Figure]:
    """A trainer opens the bank, searches it, and has a paper of 1,000 questions counted at each change."""
    with stage.app.app_context():
        fill_bank(MANY)
        trainer = make_person(roles=[Role.TRAINER])
        cookies = cookies_of(stage.app, trainer)
        blueprint = large_blueprint()
    pages = {"questions": ["/questions/"], "questions-search": [f"/questions/?q={quote(it)}" for it in SEARCHED]}
    figures = []
    for name, addresses in pages.items():
        ours, floor = stage.measure_beside(_opening(addresses, cookies), bare_view, users=1)
        figures.append(rate_of(name, ours, floor=floor))
    ours, floor = stage.measure_beside(_counting(blueprint, cookies), bare_view, users=1)
    return [*figures, rate_of("questions-supply", ours, floor=floor)]


def large_blueprint() -> bytes:
    """Return the form of a paper of 1,000 questions: 50 lines of 20 over points, difficulties and the whole bank."""
    points = list(reading().scalars(select(KnowledgePoint.code).where(KnowledgePoint.parent_id.is_not(None))))
    fields = [("section_key", "a"), ("section_title", ""), ("section_instruction", ""), ("section_minimum", "")]
    for line in range(50):
        topic = "" if line % 5 == 4 else f"point:{points[line % len(points)]}"
        difficulty = ("", *Difficulty)[line % (len(Difficulty) + 1)]
        fields += [("part_section", "a"), ("part_edition", ""), ("part_topic", topic), ("part_difficulty", difficulty),
                   ("part_kind", ""), ("part_count", "20"), ("part_marks", "1")]
    return urlencode(fields).encode()


def _counting(body: bytes, cookies: dict[bytes, bytes]) -> Callable[[Connection, int], Step]:
    def operation(connection: Connection, _user: int) -> Step:
        connection.cookies.update(cookies)
        headers: list[tuple[str, str]] = []

        async def ask() -> None:
            if not headers:
                editor = (await connection.request("GET", "/exams/papers/new")).body.decode()
                token = editor.split('name="csrf-token" content="')[1].split('"')[0]
                headers.extend([("X-CSRFToken", token), ("Content-Type", "application/x-www-form-urlencoded")])
            answer = await connection.request("POST", "/exams/papers/supply", body, headers)
            assert answer.status == 200, answer.status
            assert b'"questions":1000' in answer.body.replace(b" ", b"")

        return ask

    return operation


def imports(stage: Stage) -> list[Figure]:
    """A worker reads a spreadsheet of 5,000 questions and judges every row; the floor reads the cells alone."""
    with stage.app.app_context(), TemporaryDirectory() as folder:
        path = Path(folder) / "bank.xlsx"
        drawn = random.Random(5)
        path.write_bytes(write_bank(_entry(number, drawn) for number in range(IMPORTED)))
        names, texts = point_names(reading()), bank_texts(reading())
        began = process_time()
        opened = open_file(path, "xlsx")
        read = process_time() - began
        judged = judge(opened.records, names, texts)
        seconds = process_time() - began
    assert len(judged) == IMPORTED
    return [Figure("import", seconds, "s CPU", floor=read)]


def _entry(number: int, drawn: random.Random) -> Entry:
    content = _content(number, drawn)
    return Entry("", KindCode.SINGLE, content, "接听", "medium", 200)


def _opening(addresses: list[str], cookies: dict[bytes, bytes]) -> Callable[[Connection, int], Step]:
    def operation(connection: Connection, _user: int) -> Step:
        connection.cookies.update(cookies)
        turn = count()

        async def ask() -> None:
            answer = await connection.request("GET", addresses[next(turn) % len(addresses)])
            assert answer.status == 200, answer.status

        return ask

    return operation


def fill_bank(many: int) -> None:
    """Put so many published questions of a plausible length into the bank, every tenth with a tag."""
    drawn, now = random.Random(10), clock.now()
    points = list(reading().scalars(select(KnowledgePoint.id).where(KnowledgePoint.parent_id.is_not(None))))
    for start in range(0, many, CHUNK):
        rows = [_row(number, drawn, now, points) for number in range(start, min(start + CHUNK, many))]
        tags = [{"question_id": row[0]["id"], "tag": "夜班"} for row in rows[::10]]
        with unit_of_work() as session:
            session.execute(insert(Question), [row[0] for row in rows])
            session.execute(insert(QuestionEdition), [row[1] for row in rows])
            session.execute(insert(QuestionTag), tags)


def _content(number: int, drawn: random.Random) -> dict:
    thing, deed = (lambda: drawn.choice(THINGS)), (lambda: drawn.choice(DEEDS))
    texts = [deed() + thing() + deed() for _option in range(4)]
    return {
        "stem": f"第{number}题：客户说家里的{thing()}有异常，{thing()}也不正常，坐席应当怎么做？",
        "explanation": f"按规程{deed()}{thing()}，再{deed()}{thing()}。",
        "options": [{"id": sign, "text": text} for sign, text in zip("abcd", texts, strict=True)],
        "key": "a",
        "shuffle": True,
    }


def _row(number: int, drawn: random.Random, now: object, points: list) -> tuple[dict, dict]:
    content = _content(number, drawn)
    question_id = new_id()
    question = {
        "id": question_id, "code": f"Q-{number:05}", "kind": "single", "source": "imported", "unit_path": "/",
        "created_at": now, "origin": "",
    }
    edition = {
        "id": new_id(), "question_id": question_id, "number": 1, "state": EditionState.PUBLISHED, "content": content,
        **kept_beside("single", content), "knowledge_point_id": drawn.choice(points),
        "difficulty": drawn.choice(list(Difficulty)), "points": 200, "created_at": now, "changed_at": now,
        "published_at": now, "review_note": "", "version": 1,
    }
    return question, edition


def large_exam(code: str, *, questions: int) -> None:
    """Fill the bank and publish a stage exam that draws so many single choices."""
    fill_bank(questions)
    with unit_of_work() as session:
        exam = create_exam(session, code=code, title="千题大卷", purpose=ExamPurpose.STAGE,
                           terms=Terms((Part(questions, 10, kind="single"),)), by=SYSTEM, now=clock.now())
        publish_edition(session, exam.id, by=SYSTEM, now=clock.now())
