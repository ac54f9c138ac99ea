"""A paper of 1,000 questions in a real browser: how long a candidate's step takes until the next frame is painted."""

from lms.access.identity import SYSTEM
from lms.exams.services.assigning import assign_exam
from lms.kernel import clock
from lms.kernel.db import unit_of_work
from tests.bench.figures import Figure
from tests.bench.questions import large_exam
from tests.bench.stage import Stage
from tests.browser.chromium import chromium
from tests.factories import make_person
from tests.soak.scene import cookies_of

QUESTIONS, STEPS = 1_000, 40
TIMED = """async ([act, many]) => {
  const acts = {
    choose: (n) => document.querySelectorAll(`#q${n} input`)[n % 4].click(),
    next: () => document.querySelector("[data-next]").click(),
    key: () => document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true})),
    floor: (n) => { document.querySelectorAll("input")[n].checked = true; },
  };
  const times = [];
  for (let n = 1; n <= many; n += 1) {
    await new Promise((done) => setTimeout(done, 40));
    const began = performance.now();
    acts[act](n);
    await new Promise((done) => requestAnimationFrame(() => {
      const painted = new MessageChannel();
      painted.port1.onmessage = done;
      painted.port2.postMessage(0);
    }));
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b);
}"""
BARE = "".join(f"<p><input type=radio name=q{number}>{number}</p>" for number in range(QUESTIONS))


def paper(stage: Stage) -> list[Figure]:
    """Choose, go on by button and by key, one at a time and all on one page; the floor ticks boxes of a bare page."""
    with stage.app.app_context():
        large_exam("bench-large", questions=QUESTIONS)
        person = make_person("大卷考生")
        with unit_of_work() as session:
            assign_exam(session, "bench-large", person_id=person.id, by=SYSTEM, now=clock.now())
        cookies = cookies_of(stage.app, person)
    figures, address = [], f"http://127.0.0.1:{stage.installation.port}"
    with chromium() as browser:
        page = browser.new_page(base_url=address, locale="zh-CN")
        page.set_default_timeout(60_000)
        page.set_content(BARE)
        floor = page.evaluate(TIMED, ["floor", STEPS])[STEPS // 2]
        page.context.add_cookies([
            {"name": name.decode(), "value": value.decode(), "url": address} for name, value in cookies.items()])
        page.goto("/exams/bench-large")
        page.locator("[name=honest]").check()
        page.locator("form[action$=start] button").click()
        page.locator("[data-ready=true]").wait_for()
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        figures.append(Figure("paper-first-paint", paint, "ms"))
        for view in ("one", "all"):
            if view == "all":
                page.locator("[data-all]").click()
                page.locator("#q2").wait_for()
            for act in ("choose", "next", "key"):
                figures.append(_figure(f"paper-{view}-{act}", page.evaluate(TIMED, [act, STEPS]), floor))
    return figures


def _figure(name: str, times: list[float], floor: float) -> Figure:
    p50, p95, p99 = (times[min(STEPS - 1, int(STEPS * percent / 100))] for percent in (50, 95, 99))
    return Figure(name, p50, "ms", floor, p50, p95, p99)
