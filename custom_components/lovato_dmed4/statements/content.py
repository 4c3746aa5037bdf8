"""What a statement says, whatever kind of file it becomes. Imports nothing of Home Assistant."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal
from hashlib import sha256

from custom_components.lovato_dmed4.archive import Bill, SessionVerdict
from custom_components.lovato_dmed4.billing.cost import net
from custom_components.lovato_dmed4.billing.model import NO_DRIVER, Driver
from custom_components.lovato_dmed4.billing.sums import Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A session in a statement; times are local.

    Attributes:
        bill: the session and what it costs.
        begin: None if the meter did not know.
        end: as above.
        meter: its name.
    """

    bill: Bill
    begin: datetime | None
    end: datetime | None
    meter: str

    @property
    def seconds(self) -> int | None:
        """How long it took."""
        if self.begin is None or self.end is None:
            return None
        session = self.bill.session
        if session.begin is None or session.end is None:
            return None
        return int((session.end - session.begin).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class VatSum:
    """A sum of costs that include VAT at one rate; ``rate`` is None where none is shown."""

    currency: str
    rate: Decimal | None
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(slots=True, kw_only=True)
class Section:
    """The sessions of a driver, or of an identification without a driver.

    Attributes:
        driver: None if there is no known driver.
        identification: None where there is a driver, or where no identification was signed.
        billed: sessions that have a cost, the oldest first.
        left_out: sessions that have none.
        sums: of all of them.
    """

    driver: Driver | None
    identification: str | None
    billed: list[Line] = field(default_factory=list)
    left_out: list[Line] = field(default_factory=list)
    sums: Sums = field(default_factory=Sums)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedKey:
    """A public key that sessions of a statement were verified with."""

    meter: str
    fingerprint: str
    spki: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement.

    Attributes:
        issuer: who sends it: name, address, e-mail …
        since: first moment of the period; None for an open begin.
        until: first moment after it.
        sections: by driver.
        sums: of all sections.
        vat: of all costs, by currency and rate.
        keys: that the sessions were verified with.
        number: names the document: the same for the same content, another one for any other.
    """

    issuer: Mapping[str, str]
    since: datetime | None
    until: datetime | None
    sections: Sequence[Section]
    sums: Sums
    vat: Sequence[VatSum]
    keys: Sequence[PrintedKey]
    number: str

    @property
    def recipient(self) -> Driver | None:
        """The one driver that it is about; None if it is about several or about none that is known."""
        return self.sections[0].driver if len(self.sections) == 1 else None

    @property
    def last(self) -> datetime | None:
        """When the last of its sessions ended."""
        ends = [
            line.end
            for section in self.sections
            for line in (*section.billed, *section.left_out)
            if line.end is not None
        ]
        return max(ends, default=None)


def compose(
    bills: Iterable[Bill],
    *,
    issuer: Mapping[str, str],
    meters: Mapping[str, str],
    keys: Mapping[int, PrintedKey],
    since: datetime | None,
    until: datetime | None,
    zone: tzinfo,
) -> Statement:
    """Put a statement together.

    Args:
        bills: the sessions, the oldest first.
        issuer: who sends it.
        meters: names of meters by unique ID.
        keys: by their numbers in the archive.
        since: begin of the period.
        until: its end.
        zone: in which its times are.
    """
    sections: dict[tuple[int, str], Section] = {}
    total, used = Sums(), dict[int, PrintedKey]()
    gross: dict[tuple[str, Decimal | None], Decimal] = defaultdict(Decimal)
    digest = sha256(repr((sorted(issuer.items()), since, until)).encode())
    for bill in bills:
        session, cost = bill.session, bill.cost
        section, line = _file(sections, bill, meters, zone)
        for sums in (total, section.sums):
            sums.add(session.imported, session.exported, cost)
        if cost.amount is not None and cost.rates is not None:
            gross[cost.rates.currency, cost.rates.vat] += cost.amount
        if bill.key_id is not None and session.verdict is SessionVerdict.VALID:
            used[bill.key_id] = keys[bill.key_id]
        digest.update(_fingerprint(line))
    return Statement(
        issuer=issuer,
        since=since and since.astimezone(zone),
        until=until and until.astimezone(zone),
        sections=sorted(sections.values(), key=_order),
        sums=total,
        vat=[_vat(*each) for each in sorted(gross.items(), key=lambda each: str(each[0]))],
        keys=sorted(used.values(), key=lambda key: (key.meter, key.fingerprint)),
        number=digest.hexdigest()[:16].upper(),
    )


def _file(
    sections: dict[tuple[int, str], Section], bill: Bill, meters: Mapping[str, str], zone: tzinfo
) -> tuple[Section, Line]:
    """Put a session where it belongs."""
    section, line = _section(sections, bill), _line(bill, meters, zone)
    (section.left_out if bill.cost.amount is None else section.billed).append(line)
    return section, line


def _line(bill: Bill, meters: Mapping[str, str], zone: tzinfo) -> Line:
    session = bill.session
    return Line(
        bill=bill,
        begin=None if session.begin is None else session.begin.astimezone(zone),
        end=None if session.end is None else session.end.astimezone(zone),
        meter=meters.get(session.meter, session.meter),
    )


def _section(sections: dict[tuple[int, str], Section], bill: Bill) -> Section:
    who = "" if bill.driver else bill.session.identification or ""
    key = (bill.driver.id if bill.driver and bill.driver.id else NO_DRIVER, who)
    return sections.setdefault(key, Section(driver=bill.driver, identification=who or None))


def _order(section: Section) -> tuple[bool, bool, str]:
    """Sort drivers by name, then other identifications, then those who did not identify."""
    name = section.driver.name if section.driver else section.identification or ""
    return section.driver is None, not name, name.casefold()


def _vat(of: tuple[str, Decimal | None], gross: Decimal) -> VatSum:
    currency, rate = of
    without = gross if rate is None else net(gross, rate, currency)
    return VatSum(currency=currency, rate=rate, net=without, vat=gross - without, gross=gross)


def _fingerprint(line: Line) -> bytes:
    bill, cost = line.bill, line.bill.cost
    driver = bill.driver and (bill.driver.name, bill.driver.address)
    facts = (bill.digest, bill.session.id, line.meter, driver, cost.amount, cost.reason, cost.rates)
    return repr((facts, str(line.begin), str(line.end))).encode()
