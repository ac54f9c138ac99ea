"""What an assessor does with a spoken call: write down its words, hear it again beside its report."""

from collections.abc import Sequence

from playwright.sync_api import Page, expect


def write_down(ear: Page, given: Sequence[str], words: Sequence[str]) -> None:
    """Write down what each turn of the one call that waits says; the last one brings the score.

    given   what already stands in the boxes
    """
    ear.goto("/calls/review")
    ear.get_by_role("link", name="1 通语音通话待转写").click()
    ear.get_by_role("link", name="听录音并转写").click()
    ear.locator("[data-play-turn]").first.click()
    expect(ear.locator("#replay-player")).to_be_visible()
    boxes = ear.locator("textarea")
    expect(boxes).to_have_count(len(words))
    for place, text in enumerate(words):
        expect(boxes.nth(place)).to_have_value(given[place])
        boxes.nth(place).fill(text)
    ear.get_by_role("button", name="保存").click()
    expect(ear.get_by_text("已全部转写，这通电话已评分。")).to_be_visible()


def hear_again(ear: Page) -> None:
    """Let the waveform be drawn and jump to what was said second: the sound plays, and its line is marked."""
    ear.locator("#replay-load").click()
    expect(ear.locator("#replay-wave")).to_be_visible()
    ear.locator("#replay-marks button").nth(1).press("Enter")
    expect(ear.locator("#replay-play")).to_have_text("暂停")
    expect(ear.locator("tr.now")).to_have_count(1)
    expect(ear.locator("#replay-caption")).not_to_be_empty()
    assert ear.locator("#replay-wave").evaluate(
        "(it) => it.getContext('2d').getImageData(0, 0, it.width, it.height).data.some((byte) => byte > 0)")
