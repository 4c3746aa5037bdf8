"""The rows of a statement: the same for all kinds of files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from custom_components.lovato_dmed4.const import DOMAIN

from ..connection.formats import NOTHING, Format, duration, format_of
from .content import Line, Section, Statement, VatSum

type Texts = Mapping[str, str]

BILLED: Final = (
    "start",
    "end",
    "duration",
    "meter",
    "point",
    "register_begin",
    "register_end",
    "energy",
    "exported",
    "price",
    "cost",
    "record",
)
"""The columns of sessions that have a cost: keys of texts."""

LEFT_OUT: Final = ("start", "end", "meter", "point", "energy", "record", "reason")
"""The columns of sessions that have none."""


@dataclass(frozen=True, slots=True)
class Words:
    """The texts and formats of a language, and the name of the time zone."""

    texts: Texts
    language: str
    zone: str

    @property
    def format(self) -> Format:
        """How dates and numbers are written."""
        return format_of(self.language)

    def __getitem__(self, key: str) -> str:
        return self.of("document", key)

    def of(self, part: str, code: str) -> str:
        """Get a text of the browser side; a code without one is shown as it is."""
        return self.texts.get(f"component.{DOMAIN}.config_panel.{part}.{code}", code)


def billed_row(line: Line, words: Words) -> tuple[str, ...]:
    """Write a session that has a cost."""
    form, bill = words.format, line.bill
    rates = bill.cost.rates
    return (
        form.time(line.begin),
        form.time(line.end),
        duration(line.seconds),
        line.meter,
        bill.session.charge_point or NOTHING,
        form.number(bill.register_begin),
        form.number(bill.register_end),
        form.number(bill.session.imported),
        form.number(bill.session.exported),
        form.number(rates.energy) if rates else NOTHING,
        form.number(bill.cost.amount) + "*" * bill.cost.time_left_out,
        bill.pagination or NOTHING,
    )


def left_out_row(line: Line, words: Words) -> tuple[str, ...]:
    """Write a session that has no cost, and why."""
    form, bill = words.format, line.bill
    reason = bill.cost.reason
    return (
        form.time(line.begin),
        form.time(line.end),
        line.meter,
        bill.session.charge_point or NOTHING,
        form.number(bill.session.imported),
        bill.pagination or NOTHING,
        words.of("not_billed", reason.value) if reason else NOTHING,
    )


def headings(names: Sequence[str], section: Section, words: Words) -> list[str]:
    """Name the columns; with the currency, where there is one for all."""
    currencies = {line.bill.cost.rates.currency for line in section.billed if line.bill.cost.rates}
    unit = f" ({currencies.pop()})" if len(currencies) == 1 else ""
    return [words[name] + (unit if name in {"price", "cost"} else "") for name in names]


def title_of(section: Section, words: Words) -> str:
    """Name a section: the driver, or what is known instead."""
    if section.driver is not None:
        return section.driver.name
    if section.identification is not None:
        return f"{words['unnamed']}: {section.identification}"
    return words["unidentified"]


def period_of(statement: Statement, words: Words) -> str:
    """Write the period; its last day is named, not the one after."""
    form = words.format
    if statement.since is None and statement.until is None:
        return words["all_sessions"]
    since, until = statement.since, statement.until
    first = "…" if since is None else form.day(since) if _is_midnight(since) else form.time(since)
    if until is None:
        last = "…"
    elif _is_midnight(until):
        last = form.day(until - timedelta(days=1))
    else:
        last = form.time(until)
    return f"{first} {NOTHING} {last}"


def _is_midnight(moment: datetime) -> bool:
    return moment.time() == time.min


def tariffs_of(section: Section, words: Words) -> Iterator[str]:
    """Write what was charged for beside energy, once for each kind."""
    form, seen = words.format, set()
    for line in section.billed:
        rates = line.bill.cost.rates
        if rates is None or rates in seen:
            continue
        seen.add(rates)
        for name in ("minute", "session", "exported"):
            if (amount := getattr(rates, name)) is not None:
                yield f"{words[f'per_{name}']}: {form.money(amount, rates.currency)}"


def vat_rows(vat: VatSum, words: Words) -> Iterator[tuple[str, str]]:
    """Write a sum; with VAT, as net, VAT and gross."""
    form = words.format
    if vat.rate is None:
        yield words["total"], form.money(vat.gross, vat.currency)
        return
    yield words["net"], form.money(vat.net, vat.currency)
    yield f"{words['vat']} {form.number(vat.rate)} %", form.money(vat.vat, vat.currency)
    yield words["gross"], form.money(vat.gross, vat.currency)
