"""Sentences for every code of a score or a refusal, in Chinese and English."""

from collections.abc import Mapping
from typing import Any, Final

_NOTES: Final[Mapping[str, tuple[str, str]]] = {
    # evidence
    "said": ("说到了", "said"),
    "dissuaded": ("劝住了", "advised against it"),
    "said_otherwise": ("前后说法相反", "said the opposite elsewhere"),
    "forbidden": ("不该说的话", "words that must not be said"),
    "told": ("客户已说明", "the caller told it"),
    "done": ("已操作", "done"),
    "answered": ("{seconds} 秒接听", "answered after {seconds} s"),
    "held": ("保持 {count} 次，最长 {seconds} 秒", "held {count} times, {seconds} s at most"),
    "caller_hung_up": ("客户先挂机", "the caller hung up first"),
    "caller_slammed": ("客户摔了电话", "the caller slammed the phone down"),
    "right": ("正确", "right"),
    "right_by_sound": ("听着对，字不同，需人工确认", "right by sound, written differently: to be confirmed"),
    # near misses
    "negated": ("说成了「不要」", "it was said as “do not”"),
    "affirmed": ("说成了「要」", "it was said as “do”"),
    "warned": ("只说了危险", "it was said as a warning"),
    "question": ("这是在问，不是在交代", "this asks, it does not instruct"),
    "hypothetical": ("这是假设，不算说了", "this supposes, it does not say"),
    "reported": ("这是转述别人的话", "this reports what somebody else said"),
    "described": ("这是在描述，不是在交代", "this describes, it does not instruct"),
    "leans": ("像是不该说的话，请人看一眼", "sounds like words that must not be said: for a person to see"),
    "aside": ("说的是别的小事，不算", "said of some trifle, not of this"),
    "stated": ("这是在陈述事实", "this states a fact"),
    "nothing_said": ("全程没有开口", "nothing was said at all"),
    "late": ("用了 {seconds} 秒，限 {limit} 秒", "took {seconds} s, the limit is {limit} s"),
    "answered_late": ("{seconds} 秒才接听，限 {limit} 秒", "answered only after {seconds} s, the limit is {limit} s"),
    "elsewhere": ("说了，但不在要求的时候", "said, but not where it counts"),
    "too_early": ("早于规定的时候", "done before its time"),
    "sounds_right": ("音对字不对，打字要写对", "the sound is right, the writing is not"),
    "too_far_apart": ("关键词都有，但隔得太远", "all the words are there, too far apart"),
    "part_said": ("只说了一半，还差「{missing}」", "only half of it; “{missing}” is missing"),
    "before_told": ("客户还没说就念了", "read back before the caller told it"),
    "not_told": ("没有问到", "never asked out"),
    "told_late": ("问到得太晚", "asked out too late"),
    "not_read_back": ("没有复述", "not read back"),
    "wrong_digit": ("第 {place} 位应为 {expected}，说成了 {got}", "digit {place} should be {expected}, not {got}"),
    "wrong_length": ("应为 {expected} 位，说成了 {got} 位", "it has {expected} digits, not {got}"),
    "wrong_component": ("「{component}」不对或没有", "“{component}” is wrong or missing"),
    "extra_component": ("多了「{component}」", "“{component}” does not belong there"),
    "wrong_words": ("与应填内容不同", "different from the answer"),
    "wrong_value": ("选错或填错了", "the wrong value"),
    "empty_field": ("没有填", "left empty"),
    "claimed_only": ("说了已办，当时还没有操作", "claimed before it was done"),
    "wrong_target": ("转到了「{target}」", "sent to “{target}”"),
    "interrupted": ("打断了客户，共 {count} 次", "interrupted the caller, {count} times in all"),
    "ended_learner": ("您先挂了机", "you hung up first"),
    "ended_unanswered": ("没有接听", "not answered"),
    "ended_silence": ("长时间没有回应，客户挂断", "the caller hung up after long silence"),
    "ended_time_limit": ("超过了通话时限", "the time limit ran out"),
    "ended_closed": ("通话被关闭", "the call was closed"),
    "ended_trainer": ("来电人挂断了电话", "the caller ended the call"),
    "ended_script": ("通话结束", "the call ended"),
    # advice
    "say": ("这样说就得分：{text}", "This would have scored: {text}"),
    "press": ("按「{text}」键才算", "Press “{text}”; saying so is not enough"),
    "fill": ("应填：{text}", "Should read: {text}"),
    "wait": ("道别后停住，等客户先挂机", "After goodbye wait for the caller to hang up"),
    "answer": ("在三声之内接听", "Answer within three rings"),
    "listen": ("让客户把话说完再开口", "Let the caller finish before you speak"),
    "avoid": ("这些话不要说：{text}", "Leave this unsaid: {text}"),
    # flags
    "false_promise": ("没有操作「{action}」就说已经办了", "claimed “{action}” before doing it"),
    "connection_gap": ("连接中断 {seconds} 秒", "the connection was lost for {seconds} s"),
    "focus_lost": ("离开话务台窗口 {count} 次", "left the console {count} times"),
    # reviews
    "human_only": ("「{checkpoint}」由人评定", "“{checkpoint}” is marked by a person"),
    "doubtful": ("「{checkpoint}」前后说法相反", "“{checkpoint}”: the opposite was said as well"),
    "weak_match": ("「{checkpoint}」只有不确定的匹配", "“{checkpoint}” rests on an uncertain match"),
    "leans_forbidden": ("「{checkpoint}」有话像是不该说的", "“{checkpoint}”: something said sounds forbidden"),
    "timing_untrusted": ("「{checkpoint}」的计时对不上", "“{checkpoint}”: the clocks disagree"),
    "near_line": ("离及格线 {points} 分", "{points} points from the pass mark"),
    "near_floor": ("「{dimension}」贴着下限", "“{dimension}” is close to its floor"),
    "unfamiliar": (
        "有 {count} 句话还没有人认可过，关键考点要人确认",
        "nobody has approved {count} of the sentences yet: a person confirms the critical checkpoints",
    ),
    "live": ("来电人由教员扮演", "a trainer played the caller"),
    "uncalibrated": ("这个剧本还没有校准", "this script is not calibrated yet"),
    "audit_sample": ("抽查", "audit sample"),
    # adjustments
    "typed_time": ("打字限时 {limit} 秒按 {allowed} 秒计", "typing: the {limit} s limit counts as {allowed} s"),
    "accommodation": ("个人时限 {percent}%", "personal time allowance {percent} %"),
    "playback_excluded": ("扣除客户说话 {seconds} 秒", "{seconds} s of the caller's speech taken out"),
    "outage_excluded": ("扣除故障 {seconds} 秒", "{seconds} s of outage taken out"),
    # refusals of events
    "unknown_kind": ("不认识的操作", "unknown event"),
    "server_only": ("这不是话务台能发的", "only the server may say this"),
    "ended": ("通话已经结束", "the call is over"),
    "not_answered": ("还没有接听", "not answered yet"),
    "already_answered": ("已经接听", "answered already"),
    "already_ringing": ("已经在响铃", "already ringing"),
    "bad_sequence": ("顺序号不连续", "out of sequence"),
    "sequence_conflict": ("同一顺序号发来了不同内容", "another message has this sequence number"),
    "time_ahead": ("时间超前", "from the future"),
    "time_backwards": ("时间倒退", "time runs backwards"),
    "unknown_field": ("没有这一项", "no such field"),
    "bad_value": ("内容不对", "bad value"),
    "unknown_option": ("这个选项已经失效", "this option is no longer offered"),
    "unknown_action": ("没有这个动作", "no such action"),
    "unknown_target": ("没有这个转接目标", "no such transfer target"),
    "empty": ("还没有输入", "nothing was said"),
    "too_long": ("太长了", "too long"),
    "mode_not_allowed": ("这一通不能这样应答", "this call does not allow this way to reply"),
    "on_hold": ("正在保持", "the call is on hold"),
    "not_on_hold": ("没有在保持", "the call is not on hold"),
    "too_late": ("通话记录已满", "the log is full"),
}


def note_text(note: Any, language: str = "zh_CN") -> str:
    """Return the sentence for a Note, Flag, Review, Adjustment or Advice, or for a refusal's code.

    language   zh... gives Chinese, anything else English

    Raises KeyError for an unknown code.
    """
    code = note if isinstance(note, str) else getattr(note, "code", "") or note.kind
    params = {} if isinstance(note, str) else dict(note.params)
    if hasattr(note, "text"):
        params["text"] = note.text
    chinese, english = _NOTES[code]
    return (chinese if language.lower().startswith("zh") else english).format(**params)


def known_codes() -> frozenset[str]:
    """Return every code that has words."""
    return frozenset(_NOTES)
