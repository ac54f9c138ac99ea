"""One soak from start to proof."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from time import monotonic

from tests.installation import PARTS, Installation, wait_until
from tests.soak.candidates import Desk, hand_in_twice, sit
from tests.soak.proofs import Rest, prove
from tests.soak.scene import Candidate, set_the_scene

SETTINGS = {"RESTART_PAUSE_SECONDS": "0.5", "LEASE_SECONDS": "5"}


@dataclass
class Report:
    """What a soak did and found."""

    saves: int = 0
    tried_again: int = 0
    seconds: float = 0.0
    kills: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def soak(
    installation: Installation, *, candidates: int, saves: int, kill_every: int, seed: int, patience: float = 120.0
) -> Report:
    """Let candidates save and hand in while processes are killed; wait until the jobs are done; prove.

    saves        altogether
    kill_every   saves between two kills; whom it hits is drawn from `seed`, every process in turn before one twice
    patience     seconds that the workers may take afterwards
    """
    report, random = Report(), Random(seed)
    app = installation.application()
    people = set_the_scene(app, candidates)
    installation.start()
    begun = monotonic()
    desk = Desk("127.0.0.1", installation.port)
    reaper = Reaper(installation, random, report.kills, kill_every)
    desk.on_saved, rest = reaper.count, Rest(app)
    try:
        asyncio.run(_all_candidates(desk, people, saves // candidates, reaper, random))
        wait_until(rest.reached, within=patience)
    finally:
        installation.stop()
    report.saves, report.tried_again = len(desk.acknowledged), desk.tried_again
    report.seconds = monotonic() - begun
    report.wrong = prove(app, people, desk.acknowledged, rest.last)
    return report


async def _all_candidates(
    desk: Desk, people: Sequence[Candidate], saves: int, reaper: "Reaper", random: Random
) -> None:
    await asyncio.gather(*(sit(desk, each, saves, Random(random.random())) for each in people))
    reaper.kill_next()
    await asyncio.gather(*(hand_in_twice(desk, each) for each in people))
    reaper.kill_next()


class Reaper:
    """Kills a process every so many saves: all of them in a drawn order, then all again."""

    def __init__(self, installation: Installation, random: Random, kills: Counter[str], every: int) -> None:
        self.installation, self.random, self.kills, self.every = installation, random, kills, every
        self.saves = 0
        self.order: list[str] = []

    def count(self) -> None:
        """Count a save, and kill when it is time."""
        self.saves += 1
        if self.saves % self.every == 0:
            self.kill_next()

    def kill_next(self) -> None:
        """Kill whoever is next; one that is just being restarted stays next."""
        self.order = self.order or self.random.sample(PARTS, len(PARTS))
        if self.installation.kill(self.order[-1]):
            self.kills[self.order.pop()] += 1
