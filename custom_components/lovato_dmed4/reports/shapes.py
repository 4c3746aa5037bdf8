"""What actions and the browser receive about records: the shapes of all responses, in one place.

The types of the browser side mirror these. Times are ISO 8601 in UTC, energies decimal text in kWh;
whatever a meter wrote is text that must never be executed. Codes have a text each under `config_panel` in
the translations, by the name given with them.
"""

from collections.abc import Mapping
from typing import TypedDict, cast

from homeassistant.util.json import JsonObjectType

from .billing_shapes import CostShape, DriverNameShape


def as_json(shape: Mapping[str, object]) -> JsonObjectType:
    """Take a shape for the JSON that it is, which the type checker can't see."""
    return cast("JsonObjectType", shape)


class SessionShape(DriverNameShape):
    """A charge session in a list."""

    session_id: int
    device_id: str | None  # of the meter; None when it is not set up any more
    meter: str | None  # its name
    begin: str | None
    end: str | None  # None where no record of the end is known
    last_known: str | None  # its last known moment
    duration: int | None  # seconds; None as for the end
    imported: str | None
    exported: str | None
    identification_type: str | None
    identification: str | None
    identification_level: str | None
    tariff_text: str | None
    charge_point: str | None
    outcome: str  # outcome.*
    verdict: str  # verdict.*
    records: int
    counted: str  # the time that it is sorted and counted by
    by_arrival: bool  # whether that is when it arrived, because the meter's clock was wrong
    cost: CostShape


class SessionPageShape(TypedDict):
    """A page of sessions, the newest first."""

    sessions: list[SessionShape]
    total: int  # of all pages
    offset: int
    limit: int


class SignatureReportShape(TypedDict):
    """What is known of a signature."""

    verdict: str  # signature.*
    reason: str  # signature_reason.*
    algorithm: str | None


class KeyShape(TypedDict):
    """Whose key a signature was checked with."""

    verdict: str  # key.*
    fingerprint: str | None  # as people compare it: 32 bytes, AB:CD:…
    public_key: str | None  # SubjectPublicKeyInfo in hex
    curve: str | None


class DeviationShape(TypedDict):
    """A departure from the OCMF specification."""

    code: str  # deviation.*
    path: str  # such as RD[3].TM
    severity: str  # note, warning, error


class FindingShape(TypedDict):
    """Something noticed across the records of a session."""

    code: str  # finding.*
    severity: str  # note, warning, error
    record_id: int
    values: list[str]  # what the text names: {value_1}, {value_2} …


class ClockShape(TypedDict):
    """How good the clock was, at its weakest."""

    quality: str  # clock.*
    billable: bool  # whether the time may be billed
    reason: str | None  # why not: time_reason.*
    informative: bool  # the transparency software shows it so: transparency_time.informative


class TransparencyShape(TypedDict):
    """What the S.A.F.E. transparency software is likely to say."""

    accepted: bool
    refusal: str | None  # refusal.*


class ReadingShape(TypedDict):
    """A reading of a register."""

    name: str | None  # imported, exported, cycle: register.*; None where the place does not show it
    time: str | None
    clock: str | None
    transaction: str | None
    value: str | None  # with the decimals that the meter wrote
    unit: str | None
    register: str | None
    current_type: str | None
    error_flags: str | None
    status: str | None


class MeterShape(TypedDict):
    """What a record says of the meter that made it."""

    vendor: str | None
    model: str | None
    serial_number: str | None
    firmware: str | None
    gateway: str | None
    gateway_serial_number: str | None


class IdentificationShape(TypedDict):
    """What a record says of who charged."""

    identified: bool | None
    type: str | None
    data: str | None
    level: str | None
    flags: list[str]


class ReportShape(TypedDict):
    """The verdict on a record, part by part.

    What depends on the signature is only to be believed if `verdict` is valid: who made it, when, how
    much. Of what is not legible, nothing was judged, and no list that is empty says that all is well.
    """

    verdict: str  # verdict.*
    legible: bool  # whether it is a record at all
    signature: SignatureReportShape
    key: KeyShape
    deviations: list[DeviationShape]
    clock: ClockShape
    transparency: TransparencyShape
    kind: str
    begin: str | None
    end: str | None  # only of a record that was made for the end
    imported: str | None  # from the begin to its last moment
    exported: str | None
    format_version: str | None
    pagination: str | None
    meter: MeterShape
    identification: IdentificationShape
    tariff_text: str | None
    charge_point: str | None
    readings: list[ReadingShape]
    digest: str  # SHA-256 of the payload
    size: int
    raw: str  # what is no UTF-8 in it is shown as U+FFFD


class LinksShape(TypedDict):
    """Where something is downloaded; None where there can be no such file."""

    ocmf: str
    xml: str | None
    ocpi: str | None  # a charge detail record, of a session only
    ocpp: str | None  # signed meter values


class RecordShape(ReportShape):
    """A record of the archive."""

    record_id: int
    session_id: int | None
    device_id: str | None
    source: str  # source.*
    arrived: str
    verified: str
    links: LinksShape


class SessionDetailShape(SessionShape):
    """A session with all that is known of it.

    Of one with very many intermediate records, the reports of those that were compared only; a finding
    says how many were left out.
    """

    findings: list[FindingShape]
    clock: ClockShape
    transparency: TransparencyShape
    record_reports: list[RecordShape]  # in the order they were made
    links: LinksShape


class UnassignedRecordShape(TypedDict):
    """A record that belongs to no session: a fiscal one, or one that cannot be read."""

    record_id: int
    device_id: str | None
    meter: str | None
    signature: str  # signature.*
    key: str  # key.*
    pagination: str | None
    time: str | None
    source: str  # source.*
    arrived: str
    links: LinksShape


class UnassignedPageShape(TypedDict):
    """A page of such records, the last to arrive first."""

    records: list[UnassignedRecordShape]
    total: int
    offset: int
    limit: int


class VerificationShape(ReportShape):
    """The verdict on a record that was handed in.

    Who charged, when and how much: `identification`, `begin`, `end`, `imported`.
    """

    device_id: str | None  # of the meter whose key fits, or whose record this claims to be
    record_id: int | None  # where the archive has the same record
    session_id: int | None


class VerificationsShape(VerificationShape):
    """The verdict on what was handed in: on the worst record, and on each of all that were found.

    `records` is empty if there was none; then the rest says so (`legible` false).
    """

    records: list[VerificationShape]


class EnergySumShape(TypedDict):
    """Energies added up."""

    imported: str
    exported: str
    sessions: int


class EnergyBucketShape(EnergySumShape):
    """The energy of a day or a month."""

    start: str  # its first day, in the time zone of Home Assistant


class EnergySeriesShape(EnergySumShape, DriverNameShape):
    """The energy of one identification; None of those who did not identify."""

    identification: str | None
    buckets: list[EnergyBucketShape]  # only those with sessions


class EnergyShape(EnergySumShape):
    """The energy of a period by identification, who charged most first."""

    period: str  # day, month
    time_zone: str
    series: list[EnergySeriesShape]


class CountsShape(TypedDict):
    """How many records there are, and how many of them are to be reviewed."""

    records: int
    suspicious: int
    failed: int  # their signature is no good


class StoredKeyShape(TypedDict):
    """A key that a meter was seen with."""

    fingerprint: str  # as people compare it: 32 bytes, AB:CD:…
    public_key: str
    state: str  # key_state.*
    first_seen: str
    last_seen: str
    replaced: str | None  # since when it is a former one


class SyncShape(TypedDict):
    """How far the archive is with the meter's logbook."""

    running: bool
    fetched: int
    missing: int | None
    lost: int
    failed: bool
    overwrites_soon: bool
    unreadable: bool  # entries that are no records, one after the other: reading has stopped


class KeyAlarmShape(TypedDict):
    """A meter shows another key than the one that is accepted: fingerprints, "?" of one not known."""

    expected: str
    found: str


class MeterArchiveShape(CountsShape):
    """What the archive has of a meter."""

    device_id: str | None
    entry_id: str
    name: str
    archive: int  # meters with the same number share a database
    loaded: bool  # whether its entry is loaded; else the rest is what the archive knows
    available: bool  # whether the archive can be reached
    waiting: int  # records in memory because the archive can't be reached
    sync: SyncShape
    keys: list[StoredKeyShape]
    alarm: KeyAlarmShape | None  # for a repair issue


class ArchiveInfoShape(TypedDict):
    """The state of all archives."""

    version: str
    meters: list[MeterArchiveShape]
