"""Whom a plan asks in a month, and what becomes of each of them as time goes on.

Everybody of the population is asked once. Whoever is on leave at the opening waits and is asked on return; when the
window is over by then they catch up, with so many days of their own, unless the next month has come. Joiners are
asked while the window is open; leavers, and who moves elsewhere before having begun, are taken back. Who has begun
stays, whatever happens.
"""

from enum import StrEnum


class MemberState(StrEnum):
    """Where one person stands in one month."""

    ASKED = "asked"
    WAITING = "waiting"  # on leave
    CATCHING_UP = "catching_up"
    WITHDRAWN = "withdrawn"  # left, or moved elsewhere, before having begun
    MISSED = "missed"
    LAPSED = "lapsed"  # on leave until the next month came


PENDING = frozenset({MemberState.ASKED, MemberState.WAITING, MemberState.CATCHING_UP})


def next_state(
    state: MemberState | None, *, belongs: bool, away: bool, begun: bool, over: bool, late: bool = False,
    superseded: bool = False,
) -> MemberState | None:
    """Return where a person stands now in a month; the same state when nothing changes, None for nobody of it.

    state       where they stood; None before anything was done
    belongs     they are of the population (on leave or not)
    away        on leave: now, or at the opening as long as that lies ahead
    begun       they sit or sat this month's exam
    over        the month's window has closed
    late        the days for catching up have passed
    superseded  the next month has been made
    """
    if begun or state in (MemberState.MISSED, MemberState.LAPSED):
        return state
    if state is None or state is MemberState.WITHDRAWN:
        if not belongs or over:
            return state
        return MemberState.WAITING if away else MemberState.ASKED
    if not belongs:
        return MemberState.WITHDRAWN
    if superseded:
        return MemberState.LAPSED if state is MemberState.WAITING or away else MemberState.MISSED
    if state is MemberState.WAITING:
        return state if away else MemberState.CATCHING_UP if over else MemberState.ASKED
    if over and (state is MemberState.ASKED or late):
        return MemberState.WAITING if away else MemberState.MISSED
    return state
