"""Real replies against the bundled phrases: an assessor's word on each, and how many the engine gets.

Lines that begin with `? ` are known misses; they are counted, not hidden.
"""

import re
from functools import cache

import pytest

from simulations import load_library
from simulations.script.tree import AllOf, AnyOf
from simulations.script.vocabulary import AtomKind
from simulations.wording.polarity import Polarity
from tests.simulations.calls import INPUTS, text_of
from tests.soak.replies import judged, replies_in

SCRIPTS = {b.code: b.script for b in load_library().scripts}


def cases():
    """Yield (script, checkpoint, whether it is met, reply, whether it is a known miss)."""
    heading = None
    for line in text_of("replies.txt").splitlines():
        found = re.fullmatch(r"== (\S+) \| (\S+) \| (met|missed) ==", line)
        if found:
            heading = (found[1], found[2], found[3] == "met")
        elif line and not line.startswith("//"):
            yield (*heading, line.removeprefix("? "), line.startswith("? "))


CASES = list(cases())


def meets(code, checkpoint, reply):
    """Tell whether a reply alone meets the spoken part of a checkpoint."""
    script = SCRIPTS[code]
    check = next(c for c in script.checkpoints if c.id.key == checkpoint)
    return holds(check.condition, script, reply, opens_call=checkpoint == "问候")


def holds(condition, script, reply, *, opens_call):
    """Tell whether a reply alone meets a condition; what no words can meet is left out, None if nothing is left."""
    if isinstance(condition, AllOf | AnyOf):
        parts = [holds(part, script, reply, opens_call=opens_call) for part in condition.parts]
        judged_parts = [part for part in parts if part is not None]
        if not judged_parts:
            return None
        return all(judged_parts) if isinstance(condition, AllOf) else any(judged_parts)
    if condition.kind not in (AtomKind.SAY, AtomKind.DISSUADE, AtomKind.NEVER_SAY):
        return None
    phrases = [script.phrases[name.key] for name in condition.names]
    if condition.kind is AtomKind.NEVER_SAY:
        return all(h.polarity is not Polarity.AFFIRMED for phrase in phrases for h in phrase.heard_in(reply))
    negated = condition.kind is AtomKind.DISSUADE
    return all(phrase.says(reply, negated=negated, opens_call=opens_call) for phrase in phrases)


@pytest.mark.parametrize(("code", "checkpoint"), sorted({(c[0], c[1]) for c in CASES}))
def test_replies_are_judged_as_an_assessor_would(code, checkpoint):
    wrong = [
        reply
        for c, p, met, reply, known in CASES
        if (c, p) == (code, checkpoint) and not known and meets(c, p, reply) is not met
    ]
    assert wrong == []


def test_known_misses_are_few_and_still_missed():
    known = [(c, p, met, reply) for c, p, met, reply, is_known in CASES if is_known]
    assert len(known) * 100 <= len(CASES)
    assert all(meets(c, p, reply) is not met for c, p, met, reply in known)


@cache
def judged_all(name):
    """Judge the replies of a file, once, where they are asked for."""
    return [judged(reply) for reply in replies_in(INPUTS / name)]


@pytest.fixture
def inspected():
    """Give replies that the engine was mended by."""
    return judged_all("inspected-replies.tsv")


@pytest.fixture
def fresh():
    """Give replies that nothing was learnt from."""
    return judged_all("fresh-replies.tsv")


def test_inspected_replies_are_taken_as_the_inspector_takes_them(inspected):
    assert [(it.reply.checkpoint, it.reply.text) for it in inspected if it.right is it.reply.known] == []


def test_no_critical_checkpoint_stands_that_the_inspector_fails(inspected):
    assert [it.reply.text for it in inspected if it.stands and not it.reply.met] == []


def test_the_words_of_a_critical_false_pass_give_it_away_but_of_this_one(inspected):
    assert [it.reply.text for it in inspected if it.unnoticed] == ["您家这个月是286块4毛，对了，户主是您本人吗？"]


def test_few_inspected_replies_are_missed(inspected):
    assert 20 * sum(it.reply.known for it in inspected[:300]) <= 300
    assert sum(it.reply.known for it in inspected) <= 33


def test_of_fresh_replies_none_stands_that_the_inspector_fails_and_most_give_themselves_away(fresh):
    wrong = [it for it in fresh if it.check.critical and it.heard and not it.reply.met]
    assert not any(it.stands for it in wrong)
    assert 4 * sum(it.unnoticed for it in wrong) <= len(wrong) >= 20
    assert 4 * sum(it.right for it in fresh) >= 3 * len(fresh)
