"""A trainer's afternoon on the pages of a running site: from a pasted paper to corrected marks and a print."""

import re
import subprocess

import pytest
from playwright.sync_api import expect

from lms.access.identity import Role
from tests import factories
from tests.exams.content import put_content

pytestmark = pytest.mark.browser
# As a word processor gives it: full-width signs, tabs between options, ideographic spaces, answers in three ways.
PAPER = """夜班值守测验（2026 年 3 月）\t\t满分 30 分
一、单项选择题（每题 2 分）
1．\t夜班接到“家里有臭鸡蛋味”的来电，第一句应当问什么？（　　）
A．您贵姓\tB．现场有没有人不舒服\tC．要不要开发票\tD．什么时候方便上门
答案：Ｂ
解析：先保人，再问事。
2．\t交接班时，没有办结的工单应当怎样处理？（　A　）
A．先自行关闭　　B．逐单书面交接　　C．口头说一声　　D．留给白班自己看
解析：未办结的工单要逐单写清进展和下一步。
3、\t夜班值班长不在座席时，升级电话打给谁？
A．保安
B．值班经理
C．白班同事
【答案】E
二、多项选择题（每题 4 分）
4．\t下列哪些情况要立即报告值班长？
A．来电人说有人昏迷\tB．同一地址十分钟内三次来电
C．来电人询问账单\tD．媒体记者来电
【答案】ＡＢＤ
三、判断题（每题 2 分）
5．夜班人手不足时，可以把排队电话转到录音留言。（×）
四、填空题（每空 2 分）
6．夜班录音系统告警后，________分钟内必须改用备用录音。
答案：5
五、简答题（每题 6 分）
7．\t凌晨来电人反复说“你们白天就没人管”，怎么开场？
参考答案：先致歉，复述问题，说明现在就处理以及多久回复。
解析：不辩解，不推给白班。
六、案例分析题（每题 10 分）
8．\t凌晨两点，一位老人来电说闻到异味，头晕，独自在家，记不清门牌号。
（1）此时最先要做的是：
A．查询户号\tB．请他离开房间到通风处\tC．转接白班
答案：B
（2）请写出你接下来要说的三句话。
参考答案：请您先出门站到通风处；我帮您叫救护车；请告诉我旁边的路名或店名。
（3）老人头晕时可以让他先关灯再出门。
"""


@pytest.fixture
def people(fonts, sqlite_backend, now, monkeypatch):
    """The bundled bank, a trainer, a reviewer, two operators; licences to mark are told elsewhere."""
    monkeypatch.setattr("lms.exams.services.marking.is_licensed", lambda *_asked: True)
    put_content(sqlite_backend, now)
    make = factories.make_person
    return {
        "trainer": make("周敏", roles=[Role.TRAINER], staff_no="1101"),
        "reviewer": make("王立新", roles=[Role.REVIEWER], staff_no="1102"),
        "first": make("陈雨桐", staff_no="3276"),
        "second": make("何梦洁", staff_no="3277"),
    }


LINES = [("single", 3, 2), ("multiple", 1, 4), ("true_false", 1, 2), ("blank", 1, 2), ("short", 1, 6), ("case", 1, 10)]


def paste(site, page):
    """A paper as it stands in a document is recognised question by question."""
    page.goto("/questions/imports")
    page.get_by_label(re.compile("从文档里原样复制")).fill(PAPER)
    page.get_by_role("button", name="读取文字").click()
    site.run_jobs()
    expect(page.get_by_role("heading", level=1)).to_contain_text("还没有写入", timeout=5000)


def repair(page):
    """Two rows are wrong; both are settled where they stand, and all get a knowledge point."""
    page.get_by_role("button", name="答案改为「C」").click()
    page.get_by_role("link", name="去改").click()
    part = page.get_by_role("group", name="第 3 小题")
    part.get_by_label("题型").fill("判断")
    part.get_by_label("答案").fill("错")
    page.get_by_role("button", name="重新核对这一行").click()
    expect(page.get_by_text("可以写入了")).to_be_visible()
    page.get_by_label(re.compile("统一归到")).select_option(label="夜班值守")
    page.get_by_role("button", name="归入").click()
    page.get_by_label("写入后直接送审").check()
    page.get_by_role("button", name="写入 8 题").click()


def publish(page):
    """A second person publishes what waits, all at once."""
    page.goto("/questions/")
    page.get_by_role("link", name=re.compile("待审")).first.click()
    page.get_by_label("全选本页").check()
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("8 题已完成")).to_be_visible()


def write_paper(page):
    """The blueprint asks for exactly these questions."""
    page.goto("/exams/papers/new")
    page.get_by_role("textbox", name="编号").fill("night-duty")
    page.get_by_role("textbox", name="名称", exact=True).fill("夜班值守测验")
    for place, (kind, count, marks) in enumerate(LINES):
        if place >= page.locator("[data-lines] tr").count():
            page.get_by_role("button", name="加一行").click()
        row = page.locator("[data-lines] tr").nth(place)
        row.locator("[name=part_topic]").select_option("point:phone/night")
        row.locator("[name=part_kind]").select_option(kind)
        row.locator("[name=part_count]").fill(str(count))
        row.locator("[name=part_marks]").fill(str(marks))
    page.get_by_label("题目乱序").uncheck()
    page.get_by_label("及格分").fill("60")
    page.get_by_role("button", name=re.compile("保存")).last.click()
    page.get_by_role("button", name="保存并发布").click()


def plan(page):
    """A session with a code and one seat; the board opens."""
    page.get_by_role("link", name="安排场次").click()
    expect(page.get_by_label("考试", exact=False).first.locator("option:checked")).to_have_text("夜班值守测验")
    page.get_by_label("场次名称").fill("三月夜班场")
    page.get_by_label("开考时间").fill("2026-03-02T08:30")
    page.get_by_label("截止开考").fill("2026-03-02T12:00")
    page.get_by_label("本场口令").fill("YEBAN7")
    page.get_by_label(re.compile("一人一座")).check()
    page.get_by_role("button", name="安排").click()
    page.get_by_label("工号").fill("3276、3277")
    page.get_by_role("button", name="添加").click()
    expect(page.locator("main")).to_contain_text("3277")
    page.get_by_role("link", name="去监考").click()


def enter_exam(page):
    """Come in with the code, whatever its case, and begin."""
    page.goto("/exams/")
    page.locator("li", has_text="夜班值守测验").get_by_role("link").click()
    page.get_by_label("本场口令").fill("yeban7")
    page.get_by_label(re.compile("独立完成")).check()
    page.get_by_role("button", name="现在开始").click()
    page.locator("[data-room][data-ready=true]").wait_for()


def show(page, words):
    """Go to the question with these words; return its section."""
    section = page.locator("section.xr-q", has_text=words)
    page.locator(f"[data-go='{section.get_attribute('data-question')}']").click()
    return section


def answer(page, *, hasty=False):
    """Answer the paper; somebody hasty knows less."""
    show(page, "臭鸡蛋").get_by_label("现场有没有人不舒服").check()
    show(page, "没有办结的工单").get_by_label("逐单书面交接").check()
    show(page, "值班长不在座席").get_by_label("保安" if hasty else "白班同事").check()
    several = show(page, "立即报告值班长")
    for option in ("来电人说有人昏迷", "同一地址十分钟内三次来电", "媒体记者来电")[: 1 if hasty else 3]:
        several.get_by_label(option).check()
    show(page, "转到录音留言").get_by_role("radio", name="错").check()
    show(page, "改用备用录音").locator("input").fill("5")
    show(page, "白天就没人管").locator("textarea").fill(
        "对不起，让您久等了。" if hasty else "很抱歉。您说停气三次，我马上登记。"
    )
    case = show(page, "凌晨两点")
    case.get_by_label("请他离开房间到通风处").check()
    case.locator("textarea").fill("请您先出门。我帮您叫救护车。")
    case.get_by_role("radio", name="错").check()


def hand_in(page):
    """Hand the paper in."""
    page.locator("header").get_by_role("button", name="交卷").click()
    page.get_by_role("dialog").get_by_role("button", name="交卷").click()
    page.wait_for_url("**/result")


def change_seats(site, people, board, old):
    """The second candidate's device fails: another one asks, the invigilator hands over and adds the lost minutes."""
    show(old, "臭鸡蛋").get_by_label("您贵姓").check()
    expect(old.locator("[data-saved]")).to_contain_text("已保存")
    new = site.enter(people["second"])
    new.goto(old.url.split("#")[0])
    new.get_by_role("button", name="请监考移交").click()
    board.get_by_role("button", name="移交").click()
    new.locator("[data-room][data-ready=true]").wait_for()
    expect(show(new, "臭鸡蛋").get_by_label("您贵姓")).to_be_checked()
    expect(old.get_by_text("考试正在另一台设备上继续", exact=True)).to_be_visible()
    before = new.locator("[data-ends]").inner_text()
    board.get_by_label("选择 何梦洁").check()
    board.get_by_label("理由", exact=True).fill("设备故障")
    board.get_by_role("button", name="加时").click()
    expect(new.get_by_text("监考已加时")).to_be_visible()
    assert new.locator("[data-ends]").inner_text() != before
    return new


def mark(page):
    """Short answers and cases wait; digits and Enter are enough."""
    page.goto("/exams/marking")
    while page.get_by_role("link", name=re.compile("^评 ")).count():
        page.get_by_role("link", name=re.compile("^评 ")).first.click()
        expect(page.locator("[data-points]").first).to_be_focused()
        count = page.locator("[data-answer]").count()
        for done in range(1, count + 1):
            page.keyboard.type("3")
            page.keyboard.press("Enter")
            expect(page.locator("[data-answer][data-saved]")).to_have_count(done)
        page.goto("/exams/marking")


def correct_key(site, page, reviewer):
    """The key said A for the handover of orders; B is right. Written, published, proposed, looked at, approved."""
    page.goto("/questions/?q=没有办结的工单")
    page.get_by_role("link", name=re.compile("没有办结的工单")).click()
    page.get_by_role("radio", name=re.compile("乙")).check()
    page.locator("#editor").get_by_role("button", name="送审").click()
    reviewer.goto("/questions/?state=review")
    reviewer.get_by_role("link", name=re.compile("没有办结的工单")).click()
    reviewer.locator("#editor").get_by_role("button", name="发布").click()
    page.goto("/questions/?q=没有办结的工单")
    page.get_by_role("link", name=re.compile("没有办结的工单")).click()
    page.get_by_role("link", name="考后更正答案").click()
    expect(page.get_by_label("按更正版本的答案评分")).to_be_checked()
    page.get_by_label("理由").fill("答案误写为 A，应为 B。")
    page.get_by_role("button", name="查看影响").click()
    reviewer.goto(page.url)
    reviewer.get_by_label("理由").fill("核对过交接班制度。")
    reviewer.get_by_role("button", name="批准并重评").click()
    site.run_jobs()


def read_statistics(page):
    """With two candidates the page says how little figures mean; the question they differ in stands at a half."""
    page.goto("/exams/papers/night-duty/statistics")
    expect(page.get_by_text("作答不足五人")).to_be_visible()
    expect(page.locator("tr", has_text="值班长不在座席")).to_contain_text("50%")
    expect(page.locator("tr", has_text="没有办结的工单")).to_contain_text("100%")


def print_paper(page):
    """Paper, answer sheet and key are opened as what they are."""
    page.goto("/exams/papers/night-duty")
    page.get_by_role("link", name="以考生身份预览").click()
    paper, sheet, key = (printed(page, name) for name in ("打印试卷", "答题卡", "参考答案与解析"))
    for text in (paper, sheet, key):
        assert "夜班值守测验" in text
    for words in ("姓名", "一、单项选择题", "逐单书面交接", "六、案例分析题", "请写出你接下来要说的三句话"):
        assert words in paper
    assert "未办结的工单要逐单写清进展和下一步" not in paper
    assert "未办结的工单要逐单写清进展和下一步" in key


def printed(page, name):
    """Return the text of the PDF behind a link."""
    answer = page.request.get(page.get_by_role("link", name=name).get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.body(), capture_output=True, check=True)
    return told.stdout.decode()


def test_a_trainers_afternoon(site, people):
    page, reviewer = site.enter(people["trainer"]), site.enter(people["reviewer"])
    page.goto("/questions/points")
    page.get_by_label("科目").select_option("phone")
    page.get_by_label("编号").fill("night")
    page.get_by_label("知识点名称").fill("夜班值守")
    page.get_by_role("button", name=re.compile("添加|新增")).click()
    paste(site, page)
    repair(page)
    publish(reviewer)
    write_paper(page)
    plan(page)
    first, second = site.enter(people["first"]), site.enter(people["second"])
    enter_exam(first)
    enter_exam(second)
    answer(first)
    second = change_seats(site, people, page, second)
    answer(second, hasty=True)
    hand_in(first)
    hand_in(second)
    expect(first.get_by_role("heading", level=1)).to_contain_text("正在人工评阅")
    mark(page)
    correct_key(site, page, reviewer)
    for candidate, before, after in ((first, "24.67", "26.67"), (second, "20.67", "22.67")):
        candidate.goto("/notifications/")
        told = candidate.locator("li", has_text="得分有变化").first
        expect(told).to_contain_text(f"原 {before}/30 分，现 {after}/30 分")
        expect(told).to_contain_text("答案误写为 A，应为 B。")
    read_statistics(page)
    print_paper(page)
