"""Who may begin a sitting of a session, or move it to another seat: when, with which code, from which networks.

The same holds for everybody of a session; what a person's own series says (waiting, relearning) is asked elsewhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from lms.exams.rules.timing import Window

LONGEST_LATE = 720  # minutes
MOST_NETWORKS = 50


@dataclass(frozen=True, slots=True)
class SessionTerms:
    """How one comes into a session, as its planner sets it.

    late_entry   minutes after the opening, 1..720; None: to the window's end
    code         at most 20 characters; "" asks for none
    networks     CIDR blocks; empty: from anywhere
    one_seat     another seat needs the invigilator's word
    notice       to be accepted before the start, besides the standing sentence
    """

    late_entry: int | None = None
    code: str = ""
    networks: tuple[str, ...] = ()
    one_seat: bool = False
    notice: str = ""


class EntryRefusal(StrEnum):
    """Why a door of a session stays shut, apart from the time."""

    CODE = "code"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a session asks of whoever comes in.

    code       to be typed by the candidate, in any case and with any spaces; "" asks for none
    networks   CIDR blocks from which one may sit; empty: from anywhere
    """

    code: str = ""
    networks: tuple[str, ...] = ()

    def refusal(self, *, code: str, address: str) -> EntryRefusal | None:
        """Return why somebody may not come in with this code from this client address, None when they may."""
        if not comes_from(address, self.networks):
            return EntryRefusal.NETWORK
        return None if self.opens_with(code) else EntryRefusal.CODE

    def opens_with(self, code: str) -> bool:
        """Tell whether a typed code is the session's; every code is while none is asked for.

        >>> Entry("K7QM2D").opens_with(" k7q m2d "), Entry("K7QM2D").opens_with(""), Entry().opens_with("anything")
        (True, False, True)
        """
        return not self.code or compare_digest(_bare(code).encode(), _bare(self.code).encode())


def _bare(code: str) -> str:
    return "".join(code.split()).casefold()


def comes_from(address: str, networks: Sequence[str]) -> bool:
    """Tell whether a client address lies within one of the networks; an empty list lets everybody in.

    An address that can't be read lies nowhere. An IPv4 address in IPv6 dress counts as IPv4.

    >>> comes_from("10.4.2.108", ("10.4.0.0/16",)), comes_from("::ffff:10.4.2.108", ("10.4.0.0/16",))
    (True, True)
    >>> comes_from("10.5.0.1", ("10.4.0.0/16",)), comes_from("", ("10.4.0.0/16",)), comes_from("", ())
    (False, False, True)
    """
    if not networks:
        return True
    try:
        client = ip_address(address)
    except ValueError:
        return False
    if isinstance(client, IPv6Address) and client.ipv4_mapped is not None:
        client = client.ipv4_mapped
    return any(client in ip_network(network) for network in networks)


def read_networks(text: str) -> tuple[str, ...]:
    """Read networks as a person writes them, separated by anything: blocks or single addresses, 50 at most.

    >>> read_networks("10.4.0.0/16，192.168.7.20")
    ('10.4.0.0/16', '192.168.7.20/32')

    Raises ValueError with the first piece that is none, or when there are too many.
    """
    found = tuple(dict.fromkeys(str(_network(piece)) for piece in _pieces(text)))
    if len(found) > MOST_NETWORKS:
        raise ValueError(found[MOST_NETWORKS])
    return found


def _network(piece: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(piece, strict=False)
    except ValueError:
        raise ValueError(piece) from None


def _pieces(text: str) -> Iterable[str]:
    for separator in ",，;；、":
        text = text.replace(separator, " ")
    return text.split()


def photos_open(opens_at: datetime, closes_at: datetime, at: datetime) -> bool:
    """Tell whether invigilators may look at photos: from an hour before a session to twelve hours after its end."""
    return opens_at - timedelta(hours=1) <= at < closes_at + timedelta(hours=12)


def entry_window(opens_at: datetime, closes_at: datetime, late_entry: int | None) -> Window:
    """Return when a sitting of a session may begin.

    late_entry   minutes after the opening in which one may still come in, 1..720; None: to the window's end. It never
                 reaches beyond that end.

    Raises ValueError outside that range or when the session ends before it begins.
    """
    if late_entry is None:
        return Window(opens_at, closes_at)
    if not 1 <= late_entry <= LONGEST_LATE:
        raise ValueError("late entry is 1 to 720 minutes")
    return Window(opens_at, min(closes_at, opens_at + timedelta(minutes=late_entry)))
