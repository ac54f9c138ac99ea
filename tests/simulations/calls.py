"""Calls for tests: the two input scripts, and a player whose clock moves only when told."""

from functools import cache
from pathlib import Path

from simulations import CallScore, CallSetup, CompiledScript, compile_script, parse_library, score
from simulations.plan_runs import PlanPlayer
from simulations.script.libraries import PhraseLibrary

INPUTS = Path(__file__).parent / "inputs"
GREETING = "您好，平安燃气3276号为您服务，请讲。"
SHOP_GREETING = "您好，优选商城3276号为您服务。"
FIRST_ADVICE = "您先关总阀、打开窗户，千万别碰电灯开关。"
ASK_ADDRESS, ASK_PHONE, ASK_NAME = "您的详细地址是？", "您的联系电话是？", "请问怎么称呼您？"


def text_of(name: str) -> str:
    """Return an input file's text."""
    return (INPUTS / name).read_text("utf-8")


@cache
def libraries() -> dict[str, PhraseLibrary]:
    """Return the library that the input scripts cite."""
    library, _ = parse_library("通用短语", 3, text_of("通用短语@3.lib"))
    return {library.key: library}


@cache
def script_of(name: str) -> CompiledScript:
    """Return a compiled input script: gas-leak-01 or refund-01."""
    script = compile_script(text_of(f"{name}.call"), libraries()).script
    assert script is not None
    return script


def compiled(text: str) -> CompiledScript:
    """Compile a text that must have no error."""
    compilation = compile_script(text, libraries())
    assert compilation.script is not None, [d.message("en") for d in compilation.errors]
    return compilation.script


def ringing(
    script: CompiledScript,
    *,
    purpose: str = "practice",
    modes: tuple[str, ...] = ("type", "voice"),
    time_percent: int = 100,
    seed: int = 1,
) -> PlanPlayer:
    """Let a phone ring."""
    return PlanPlayer(script, CallSetup(purpose, modes, seed, time_percent=time_percent))


def talking(script: CompiledScript, **setup: object) -> PlanPlayer:
    """Answer after five seconds."""
    player = ringing(script, **setup)
    player.wait(5_000)
    player.send("answered")
    return player


def say(player: PlanPlayer, *replies: str, mode: str = "type", pause_ms: int = 3_000) -> PlanPlayer:
    """Say replies one after the other, each after a pause."""
    for reply in replies:
        player.wait(pause_ms)
        if player.state.ended is None:
            player.send("utterance", mode=mode, text=reply)
    return player


def score_of(player: PlanPlayer, **more: object) -> CallScore:
    """Score a call as it stands."""
    return score(player.state.script, player.events, **more)


def score_of_replies(name: str, *replies: str, mode: str = "type") -> CallScore:
    """Score a call of an input script in which just these replies were said."""
    return score_of(say(talking(script_of(name)), *replies, mode=mode))


READ_BACK = "幸福路12号3幢2单元601室，16405716688，抢修师傅已经出发。感谢来电，再见。"
PERFECT = (GREETING, FIRST_ADVICE, ASK_ADDRESS, ASK_PHONE, "请和老伴马上撤到楼下等。", ASK_NAME, READ_BACK)
FORM = {"姓名": "王桂芳", "电话": "16405716688", "地址": "幸福路12号3幢2单元601室", "级别": "特急"}


def perfect_call(
    script: CompiledScript | None = None, *, form: dict[str, str] = FORM, besides: tuple[str, ...] = (), **setup: object
) -> PlanPlayer:
    """Play the gas leak without a fault, with this ticket. besides: what else is said while the caller is asked."""
    player = say(talking(script or script_of("gas-leak-01"), **setup), *PERFECT[:3])
    player.send("action", name="dispatch")
    say(player, *PERFECT[3:5], *besides)
    for name, value in form.items():
        player.send("field_committed", name=name, value=value)
    say(player, *PERFECT[5:])
    player.let_end()
    return player
