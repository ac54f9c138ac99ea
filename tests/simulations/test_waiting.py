"""What waits for a second person: who is told, and what the spine and the homes count."""

import pytest
from sqlalchemy import select

from lms.access.identity import Role
from lms.desk.queries.counts import counts_for
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid
from lms.notifications.models import Notification
from lms.people.models import Person
from lms.people.sign_in import identity_of
from simulations import load_library
from simulations import services as calls
from simulations.models import EditionState, Purpose
from simulations.phrases import services as phrases
from simulations.phrases.models import PhraseEdition
from simulations.practice import services as examples
from simulations.waiting import ForAssessor, ForTrainer, for_assessor, for_trainer
from tests.conftest import NOW
from tests.factories import identity_with, make_person
from tests.simulations.factories import GAS, make_edition, play_out
from tests.simulations.test_second_looks import appealed, reviewed
from tests.simulations.test_voice_words import spoken_call

OURS = next(it.text for it in load_library().scripts if it.code == "gas-leak-01").replace("标题: ", "标题: 新")


def person(role, name):
    return identity_of(reading(), reading().get_one(Person, make_person(name, roles=[role]).id))


@pytest.fixture
def trainers(session):
    return person(Role.TRAINER, "周岚"), person(Role.TRAINER, "何梦洁")


def told(slug):
    return set(reading().scalars(select(Notification.person_id).where(Notification.slug == slug)))


@pytest.mark.both_databases
def test_a_script_sent_to_review_is_told_and_counted_for_those_who_did_not_write_it(trainers):
    author, second = trainers
    make_edition()
    with unit_of_work() as session:
        calls.save_draft(session, OURS, by=author, now=NOW)
    assert told("script-review") == {second.person_id}
    assert [for_trainer(reading(), it).scripts for it in trainers] == [0, 1]
    assert counts_for(reading(), second, ("scripts",), NOW) == {"scripts": 1}
    assert for_trainer(reading(), person(Role.REVIEWER, "读者")) == ForTrainer(0, 0, 0)
    make_edition(GAS.replace("标题: ", "标题: 再"), number=3)
    assert for_trainer(reading(), second).scripts == 0


@pytest.mark.both_databases
def test_a_phrase_library_waits_once_it_is_sent_until_somebody_writes_on_it_again(trainers):
    author, second = trainers
    with unit_of_work() as session:
        edition_id = phrases.begin_phrases(session, "本单位短语", like="", by=author, now=NOW).id
    assert for_trainer(reading(), second).phrases == 0
    for _again in range(2):
        with unit_of_work() as session:
            phrases.send_phrases(session, edition_id, by=author, now=NOW)
    assert told("phrases-review") == {second.person_id}
    assert [for_trainer(reading(), it).phrases for it in trainers] == [0, 1]
    with unit_of_work() as session:
        phrases.keep_phrases(session, edition_id, "// 还没有短语\n", known=1, by=author, now=NOW)
    assert for_trainer(reading(), second).phrases == 0
    with pytest.raises(Invalid), unit_of_work() as session:
        phrases.send_phrases(session, edition_id, by=author, now=NOW)
    assert reading().get_one(PhraseEdition, edition_id).state == EditionState.DRAFT


def test_a_call_given_as_an_example_waits_for_a_trainer(trainers):
    make_edition()
    learner = make_person("陈雨桐")
    call = play_out(learner, purpose=Purpose.PRACTICE)
    with unit_of_work() as session:
        examples.offer_example(session, call.id, named=False, by=identity_with(person_id=learner.id), now=clock.now())
    assert for_trainer(reading(), trainers[0]) == ForTrainer(scripts=0, phrases=0, examples=1)


@pytest.mark.both_databases
def test_an_assessors_badge_counts_calls_spoken_words_and_appeals_they_may_decide(session):
    make_edition()
    learner, reviewer, other = make_person("陈雨桐"), person(Role.ASSESSOR, "高文博"), person(Role.ASSESSOR, "方旭")
    appealed(reviewed(learner, reviewer), learner)
    play_out(make_person("王思远"))
    spoken_call(identity_with(person_id=make_person("李可").id), "您好，平安燃气3276号为您服务，请讲。")
    assert for_assessor(reading(), other) == ForAssessor(calls=1, spoken=1, appeals=1)
    assert for_assessor(reading(), reviewer) == ForAssessor(calls=1, spoken=1, appeals=0)
    assert counts_for(reading(), other, ("reviews",), NOW) == {"reviews": 3}
