"""The OCMF prototype (manual: v1/ocmf; limits of the OCMF specification)."""

from dataclasses import replace
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.lovato_dmed4.dmed4.charge_cycle import ChargeCycle
from custom_components.lovato_dmed4.dmed4.errors import (
    FlagsConflictError,
    InputError,
    MeterError,
    TextCharactersError,
    TextTooLongError,
)
from custom_components.lovato_dmed4.dmed4.model import Container, Identity
from custom_components.lovato_dmed4.dmed4.prototype import (
    DEFAULT_FORM,
    MOST_FORMS,
    RECORD_OVERHEAD,
    ChargeIdentity,
    IdentificationFlag,
    IdentificationLevel,
    IdentificationType,
    PrototypeForm,
    build_prototype,
    came_back,
    next_form,
)
from simulator import ManualClock, SimulatedMeter
from simulator.prototype import check_prototype
from simulator.record import longest_record

from .helpers import CHARGE, PATIENT, reached, verified

METER = Identity(model="DMED404R0600", public_key=bytes(range(64)), serial_number="12345678")
PRINTABLE = "".join(map(chr, range(32, 127))).replace("|", "")


def texts(**fields: str) -> ChargeIdentity:
    """Make an identity of texts, by their names in a record."""
    return ChargeIdentity(
        data=fields.get("ID", ""),
        tariff_text=fields.get("TT", ""),
        charge_point_id=fields.get("CI", ""),
    )


def build(charge: ChargeIdentity, meter: Identity = METER) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(build_prototype(charge, meter, transaction=1_760_000_000))
    return fields


def fits(charge: ChargeIdentity, meter: Identity = METER) -> bool:
    try:
        build(charge, meter)
    except TextTooLongError:
        return False
    return True


def test_the_fields_stand_in_the_order_of_the_manuals_schema() -> None:
    fields = build(replace(CHARGE, charge_point_id="DE*ABC*E12"))
    order = "FV GI GS PG MV MM MS IS IL IF IT ID TT CT CI RD"
    assert " ".join(fields) == order
    assert fields == {
        "FV": "1.1",
        "GI": "DMED4",
        "GS": "12345678",
        "PG": "T1760000000",
        "MV": "LOVATO",
        "MM": "DMED404R0600",
        "MS": "12345678",
        "IS": True,
        "IL": "TRUSTED",
        "IF": ["RFID_PLAIN", "OCPP_AUTH"],
        "IT": "ISO14443",
        "ID": "1A2B3C4D",
        "TT": "0.49 EUR/kWh",
        "CT": "EVSEID",
        "CI": "DE*ABC*E12",
        # Manual: "without RD content and without signature data".
        "RD": [],
    }


def test_an_unknown_charge_point_is_left_out_and_a_charge_box_has_a_connector() -> None:
    assert build(CHARGE).keys().isdisjoint({"CT", "CI"})
    assert build(replace(CHARGE, charge_point_id="box 1"))["CT"] == "CBIDC"


@pytest.mark.parametrize("kind", IdentificationType)
def test_a_user_is_identified_by_every_type_but_none_and_denied(kind: IdentificationType) -> None:
    fields = build(ChargeIdentity(type=kind))
    assert fields["IT"] == kind.value
    assert fields["IS"] is (kind.value not in {"NONE", "DENIED"})


def test_nothing_known_is_still_a_prototype() -> None:
    fields = build(ChargeIdentity())
    assert (fields["IS"], fields["IT"], fields["IL"], fields["IF"]) == (False, "NONE", "NONE", [])
    assert (fields["ID"], fields["TT"]) == ("", "")


def test_what_is_not_known_of_the_meter_is_not_made_up() -> None:
    # It is signed: a number that is on no type plate would be worse than none.
    fields = build(CHARGE, replace(METER, serial_number=None, model="DMED404R/D0600"))
    assert (fields["GS"], fields["MS"], fields["MM"]) == ("", "", "")


@pytest.mark.parametrize("field", ["ID", "TT", "CI"])
@pytest.mark.parametrize("text", ["caffè", "a|b", "a\nb", "a\x00", "a\x7f", "\t", "€", "\x80"])
def test_a_character_that_a_record_can_not_hold_names_its_field(field: str, text: str) -> None:
    with pytest.raises(TextCharactersError) as caught:
        build(texts(**{field: text}))
    assert caught.value.field == field


@pytest.mark.parametrize(("field", "limit"), [("ID", 40), ("TT", 250), ("CI", 250)])
def test_a_text_may_be_as_long_as_its_limit_and_not_longer(field: str, limit: int) -> None:
    with pytest.raises(TextTooLongError) as caught:
        build(texts(**{field: "x" * (limit + 1)}))
    assert (caught.value.field, caught.value.length, caught.value.limit) == (
        field,
        limit + 1,
        limit,
    )


def test_an_identification_of_40_bytes_fits() -> None:
    assert build(ChargeIdentity(data="x" * 40))["ID"] == "x" * 40


@pytest.mark.parametrize("field", ["TT", "CI"])
def test_texts_too_long_together_name_the_longest_and_its_exact_limit(field: str) -> None:
    other = "TT" if field == "CI" else "CI"
    others = {"ID": "x" * 40, other: "y" * 10}
    with pytest.raises(TextTooLongError) as caught:
        build(texts(**others, **{field: "z" * 250}))
    error = caught.value
    assert (error.field, error.length) == (field, 250)
    assert 10 < error.limit < 250
    assert str(error.limit) in str(error)
    assert fits(texts(**others, **{field: "z" * error.limit}))
    assert not fits(texts(**others, **{field: "z" * (error.limit + 1)}))


def test_a_limit_is_never_negative() -> None:
    with pytest.raises(TextTooLongError) as caught:
        build(ChargeIdentity(data="x"), replace(METER, model="M" * 1000))
    assert caught.value.limit == 0


def test_wrong_use_is_a_meters_error_and_a_value_error() -> None:
    with pytest.raises(InputError) as caught:
        build(ChargeIdentity(data="|"))
    assert isinstance(caught.value, MeterError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "flags",
    [
        (IdentificationFlag.RFID_NONE, IdentificationFlag.RFID_PLAIN),
        (IdentificationFlag.OCPP_RS, IdentificationFlag.PLMN_SMS, IdentificationFlag.OCPP_CACHE),
        (IdentificationFlag.PLMN_RING, IdentificationFlag.PLMN_RING),
    ],
)
def test_flags_of_one_group_conflict(flags: tuple[IdentificationFlag, ...]) -> None:
    with pytest.raises(FlagsConflictError) as caught:
        build(ChargeIdentity(flags=flags))
    assert caught.value.field == "IF"


def test_a_flag_of_each_group_is_possible() -> None:
    flags = ("RFID_PSK", "OCPP_WHITELIST", "ISO15118_PNC", "PLMN_NONE")
    assert build(ChargeIdentity(flags=tuple(map(IdentificationFlag, flags))))["IF"] == [*flags]


async def test_a_prototype_at_the_limit_is_accepted_and_its_longest_record_fits(
    transport: str,
) -> None:
    # Manual: getting OCMF files; ten bits for the length of a record. Everything at its longest:
    # counters before their roll-over, four flags, a serial number, a progressive number.
    simulated = SimulatedMeter(
        serial_number=99_999_999,
        total_imported=99_999_999_999,
        signing_time=0.02,
        checking_time=0.01,
    )
    flags = ("RFID_RELATED", "OCPP_WHITELIST", "ISO15118_NONE", "PLMN_NONE")
    charge = ChargeIdentity(
        type=IdentificationType.PHONE_NUMBER,
        level=IdentificationLevel.CERTIFIED,
        flags=tuple(map(IdentificationFlag, flags)),
        data="x" * 20,
        tariff_text="t" * 250,
    )
    async with reached(simulated, transport) as meter:
        identity = await meter.identify()
        with pytest.raises(TextTooLongError) as caught:
            build(charge, identity)
        longest = replace(charge, tariff_text="t" * caught.value.limit)
        cycle = ChargeCycle(meter, identity, PATIENT)
        begin = await cycle.begin(longest)
        end = await cycle.end()
    for record in (begin, end):
        assert verified(record, simulated)["TT"] == longest.tariff_text
        assert 1023 - 60 < len(record) <= 1023


def test_the_overhead_is_what_the_meter_adds_at_most() -> None:
    prototype = build_prototype(CHARGE, METER, transaction=4_294_967_295)
    longest = longest_record(check_prototype(prototype))
    fields = len(prototype) - len(',"RD":[]')
    assert longest <= fields + RECORD_OVERHEAD <= longest + 4


@settings(deadline=None, max_examples=200)
@given(
    data=st.text(PRINTABLE, max_size=40),
    tariff=st.text(PRINTABLE, max_size=250),
    place=st.text(PRINTABLE, max_size=250),
)
def test_whatever_is_let_through_is_accepted_and_fits(data: str, tariff: str, place: str) -> None:
    charge = ChargeIdentity(data=data, tariff_text=tariff, charge_point_id=place)
    if not fits(charge):
        return
    prototype = build_prototype(charge, METER, transaction=1_760_000_000)
    clock = ManualClock()
    meter = SimulatedMeter(clock=clock)
    meter.submit_prototype(prototype)
    clock.advance(1)
    assert (meter.measurement_status, meter.errors_1) == (1, 0)
    fields = json.loads(prototype)
    assert (fields["ID"], fields["TT"], fields.get("CI", "")) == (data, tariff, place)


# --- the forms that a meter may want ------------------------------------------------------------

BARE_AND_FILE = (Container.BARE, Container.FILE)


def test_a_form_is_written_and_read() -> None:
    form = PrototypeForm(container="file", closing="signature", keys="all", version="1.0")
    assert PrototypeForm.parse(str(form)) == form
    assert PrototypeForm.parse(str(DEFAULT_FORM)) == DEFAULT_FORM


@pytest.mark.parametrize("text", ["", "nonsense", "container=box", "container=bare closing=rd"])
def test_a_form_of_another_version_is_none(text: str) -> None:
    assert PrototypeForm.parse(text) is None
    assert PrototypeForm.parse(f"{DEFAULT_FORM} more=1") is None
    assert PrototypeForm.parse(str(DEFAULT_FORM).replace("bare", "box")) is None


def built(form: PrototypeForm, charge: ChargeIdentity = CHARGE) -> bytes:
    return build_prototype(charge, METER, transaction=7, form=form)


def test_the_keys_of_each_form() -> None:
    every = "FV GI GS GV PG MV MM MS MF IS IL IF IT ID TT CT CI RD"
    assert " ".join(json.loads(built(PrototypeForm(keys="all")))) == every
    minimal = "FV GI GS PG MV MM MS MF IS IF IT ID CT CI RD"
    anonymous = json.loads(built(PrototypeForm(keys="minimal"), ChargeIdentity()))
    assert " ".join(anonymous) == minimal
    # A tariff that was given is not left out.
    assert json.loads(built(PrototypeForm(keys="minimal")))["TT"] == "0.49 EUR/kWh"
    assert "IL" not in json.loads(built(PrototypeForm(level="omitted")))


def test_what_stands_at_the_bottom() -> None:
    assert "RD" not in json.loads(built(PrototypeForm(closing="none")))
    signature = json.loads(built(PrototypeForm(closing="signature")))
    assert list(signature.items())[-4:] == [("RD", []), ("SA", ""), ("SE", ""), ("SD", "")]
    file = built(PrototypeForm(container="file", closing="signature"))
    head, payload, section = file.split(b"|")
    assert (head, list(json.loads(payload))[-1]) == (b"OCMF", "RD")
    assert json.loads(section) == {"SA": "", "SE": "", "SD": ""}


def test_a_meter_that_fills_its_own_fields_gets_them_empty() -> None:
    fields = json.loads(built(PrototypeForm(meter="empty", keys="all", version="1.0")))
    assert [fields[key] for key in ("FV", "PG", "MV", "MM", "MS", "MF")] == ["1.0", *[""] * 5]
    assert fields["GS"] == "12345678"


@pytest.mark.parametrize(
    ("complaint", "changed"),
    [
        ("JSON_SYNTAX", {"container": "file", "closing": "signature"}),
        ("JSON_NOT_FULL_PACKET", {"keys": "all"}),
        ("JSON_SEQUENCE", {"closing": "none"}),
        ("JSON_VALUE", {"version": "1.0"}),
    ],
)
def test_the_complaint_says_what_to_change_first(complaint: str, changed: dict[str, str]) -> None:
    form = next_form(DEFAULT_FORM, {complaint}, [DEFAULT_FORM], BARE_AND_FILE)
    assert form == replace(DEFAULT_FORM, **changed)


@pytest.mark.parametrize("complaints", [{"JSON_VALUE"}, {"JSON_SEQUENCE"}, {"JSON_SYNTAX"}, set()])
def test_a_ladder_has_no_step_twice_and_an_end(complaints: set[str]) -> None:
    tried = [DEFAULT_FORM]
    while form := next_form(tried[-1], complaints, tried, tuple(Container)):
        assert form not in tried
        tried.append(form)
    assert len(tried) <= MOST_FORMS
    # Without a complaint that says more, only the container is changed.
    assert len(tried) == 3 or complaints & {"JSON_VALUE", "JSON_SEQUENCE"}


@pytest.mark.parametrize(
    "record",
    [
        b'OCMF|{"ID":"1A2B3C4D","TT":"0.49 EUR/kWh"}|{}',
        b'OCMF | {"ID": "1A2B3C4D", "TT": "0.49 EUR/kWh", "CI": ""} | {}',
        b"OCMF|not JSON|{}",
        b"OCMF|[]|{}",
    ],
)
def test_a_record_with_the_identification_or_illegible_is_not_accused(record: bytes) -> None:
    assert came_back(built(DEFAULT_FORM), record)
    assert came_back(built(PrototypeForm(container="file")), record)


@pytest.mark.parametrize("fields", [b"{}", b'{"ID":"1A2B3C4D"}', b'{"ID":"","TT":"0.49 EUR/kWh"}'])
def test_a_record_that_lacks_something_is_recognised(fields: bytes) -> None:
    assert not came_back(built(DEFAULT_FORM), b"OCMF|" + fields + b"|{}")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("04A2B3C4", IdentificationType.ISO14443),
        ("04a2b3c4d5e6f7", IdentificationType.ISO14443),
        ("E00401500123ABCD", IdentificationType.ISO15693),
        ("+49 170 1234567", IdentificationType.PHONE_NUMBER),
        ("DE-ABC-C12345678-X", IdentificationType.EMAID),
        ("DEABCC12345678X", IdentificationType.EMAID),
        ("Anna", IdentificationType.UNDEFINED),
        ("0412345678", IdentificationType.UNDEFINED),
    ],
)
def test_an_identification_without_a_type_is_signed_with_that_of_its_form(
    data: str, kind: IdentificationType
) -> None:
    given = ChargeIdentity(data=data)
    assert given.type is kind
    fields = json.loads(build_prototype(given, METER, transaction=1))
    assert (fields["IS"], fields["IT"], fields["ID"]) == (True, kind, data)


def test_a_type_that_was_given_stays() -> None:
    assert ChargeIdentity(data="04A2B3C4", type=IdentificationType.LOCAL).type == "LOCAL"
    assert ChargeIdentity(data="04A2B3C4", type=IdentificationType.DENIED).type == "DENIED"
    assert ChargeIdentity().type is IdentificationType.NONE
