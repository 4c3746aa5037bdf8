"""Texts, icons and declarations: complete, consistent, and used."""

import ast
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

from homeassistant.const import Platform
from homeassistant.helpers.entity import EntityDescription
import pytest
import yaml

from custom_components.lovato_dmed4 import (
    DISPLAY_PLATFORMS,
    PLATFORMS,
    binary_sensor,
    button,
    config_flow,
    event,
    number,
    select,
    sensor,
    services,
    switch,
    text as page_texts,
)
from custom_components.lovato_dmed4.actions.action import Target
from custom_components.lovato_dmed4.archive import KeyState, Outcome, SessionVerdict, Source
from custom_components.lovato_dmed4.billing.model import NotBilled
from custom_components.lovato_dmed4.charging import (
    options,
    power_failure,
    tracker as charge_tracker,
)
from custom_components.lovato_dmed4.charging.open_charge import Origin
from custom_components.lovato_dmed4.charging.tracker import ChargeEvent
from custom_components.lovato_dmed4.connection import (
    certificate,
    errors as connection_errors,
    forms as connection_forms,
    identity as connection_identity,
)
from custom_components.lovato_dmed4.connection.identity import Match
from custom_components.lovato_dmed4.connection.search import Answerer, Cause
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.dmed4 import errors
from custom_components.lovato_dmed4.dmed4.display import ViewerPage
from custom_components.lovato_dmed4.dmed4.errors import (
    FlagsConflictError,
    InputError,
    MeterError,
    PageTextCharactersError,
    PageTextTooLongError,
    StepFailedError,
    TextCharactersError,
    TextTooLongError,
)
from custom_components.lovato_dmed4.dmed4.model import (
    FATAL_ERRORS,
    DisplayPage,
    MeasurementStatus,
    MeterErrors,
    SignatureStatus,
    Status,
)
from custom_components.lovato_dmed4.dmed4.prototype import (
    IdentificationFlag,
    IdentificationLevel,
    IdentificationType,
)
from custom_components.lovato_dmed4.dmed4.watch import complaints
from custom_components.lovato_dmed4.flows import examination
from custom_components.lovato_dmed4.intake import failed_records
from custom_components.lovato_dmed4.ocmf import DeviationCode, FindingCode, Reason, Refusal, Verdict
from custom_components.lovato_dmed4.reports import explanation as record_explanation
from custom_components.lovato_dmed4.reports.export import ExportFormat
from custom_components.lovato_dmed4.reports.report import (
    CLOCK_CODES,
    KEY_CODES,
    NOT_A_RECORD,
    TIME_REASONS,
)
from custom_components.lovato_dmed4.sensors import descriptions
from custom_components.lovato_dmed4.upkeep import (
    issues,
    kept_records,
    measure_scale as scale_check,
    own_time,
)
from simulator.boards import BOARD_BITS
from tools.reference.entities import DISPLAY, METER, Entity, name_of

FOLDER = Path(services.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))

DESCRIPTIONS: dict[str, tuple[EntityDescription, ...]] = {
    "binary_sensor": (*binary_sensor.BINARY_SENSORS, *binary_sensor.SYSTEM_BINARY_SENSORS),
    "button": button.BUTTONS,
    "event": (event.CHARGE_CYCLE, event.METROLOGICAL_EVENT, event.RECORD),
    "number": number.NUMBERS,
    "select": (select.DISPLAY_PAGE, select.VIEWER_PAGE),
    "sensor": (
        *descriptions.LIVE_SENSORS,
        *descriptions.TOTAL_SENSORS,
        *descriptions.CYCLE_SENSORS,
        *descriptions.HOUSEKEEPING_SENSORS,
        *descriptions.ARCHIVE_SENSORS,
        descriptions.LOGBOOK_PROGRESS,
        descriptions.RECORDS_MISSING,
        descriptions.SESSION_COST,
        descriptions.LAST_SESSION_COST,
    ),
    "switch": (switch.DISPLAY,),
    # The texts of the other meters are called the same, but for the meter's number.
    "text": tuple(description for description in page_texts.PAGE_TEXTS if description.meter == 1),
}
ENTITIES = [
    pytest.param(platform, description, id=f"{platform}-{description.key}")
    for platform, descriptions in DESCRIPTIONS.items()
    for description in descriptions
]
# Never raised themselves.
ABSTRACT: set[type[MeterError]] = {
    errors.ChargeCycleError,
    StepFailedError,
    InputError,
    errors.ParameterError,
    errors.ParametersLeftError,
}
# How those are made that do not take a text.
SPECIAL: dict[type[MeterError], MeterError] = {
    FlagsConflictError: FlagsConflictError(),
    TextTooLongError: TextTooLongError("TT", 251, 250),
    TextCharactersError: TextCharactersError("ID"),
    errors.LoginLockedError: errors.LoginLockedError(datetime(2026, 1, 1, tzinfo=UTC)),
    errors.UnknownParameterError: errors.UnknownParameterError("P09_01"),
    errors.ParameterValueError: errors.ParameterValueError("P04_02", "0…7"),
    errors.LineInUseError: errors.LineInUseError("9600 8N1", "19200 8N1"),
    errors.CertificateChangedError: errors.CertificateChangedError("00" * 32, "11" * 32),
    PageTextTooLongError: PageTextTooLongError("title_1", 33, 32),
    PageTextCharactersError: PageTextCharactersError("text_1"),
    errors.ParametersNotTakenError: errors.ParametersNotTakenError(("P04_02", "P05_03")),
    errors.ParametersNotSavedError: errors.ParametersNotSavedError(("P04_02",)),
    errors.ParametersPendingError: errors.ParametersPendingError(("P04_02",)),
}
PAGES = [page.name.lower() for page in DisplayPage]


def read_json(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return found


STRINGS = read_json("strings.json")
ICONS = read_json("icons.json")
ACTIONS: dict[str, Any] = yaml.safe_load((FOLDER / "services.yaml").read_text(encoding="utf-8"))


def texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for child in node.values():
            yield from texts(child)
    else:
        assert isinstance(node, str)
        yield node


def translations(language: str) -> dict[str, Any]:
    return read_json(f"translations/{language}.json")


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name}


def leaves(kind: type[MeterError]) -> Iterator[type[MeterError]]:
    for child in kind.__subclasses__():
        yield child
        yield from leaves(child)


def translation_key(description: EntityDescription) -> str:
    assert description.translation_key is not None
    return description.translation_key


def test_english_is_the_same() -> None:
    assert read_json("translations/en.json") == STRINGS


@pytest.mark.parametrize("file", sorted(FOLDER.glob("translations/*.json")), ids=lambda f: f.stem)
def test_texts_of_the_browser_side(file: Path) -> None:
    """Home Assistant takes them for Python's: it would log an error for the plurals of ICU."""
    for text in texts(json.loads(file.read_text(encoding="utf-8"))["config_panel"]):
        assert "plural" not in text
        assert all(name.isidentifier() for name in placeholders(text))


def test_texts_are_plain() -> None:
    for text in texts(STRINGS):
        assert text == text.strip() != ""
        assert "[%key" not in text


# --- One thing has one name ---------------------------------------------------------------------


LANGUAGES = sorted(file.stem for file in FOLDER.glob("translations/*.json"))
SENSOR = "entity.sensor.{}.state"
EVENT = "entity.event.{}.state_attributes.{}.state"
# Where the same codes are shown. A place may know fewer of them.
SAME_CODES = {
    "identification types": (
        "config_panel.identification_type",
        "selector.identification_type.options",
    ),
    "identification levels": (
        "config_panel.identification_level",
        "selector.identification_level.options",
    ),
    "session verdict": (
        SENSOR.format("last_session_verdict"),
        "selector.session_verdict.options",
        "config_panel.panel.verdict",
    ),
    "signature verdict": (
        EVENT.format("charge_cycle", "verdict"),
        EVENT.format("record", "verdict"),
        "config_panel.card.verdict",
    ),
    "kind of a record": (EVENT.format("record", "kind"), "config_panel.panel.kind"),
    "outcome": ("selector.session_outcome.options", "config_panel.panel.outcome"),
    "page of the display": (
        "entity.select.display_page.state",
        "selector.display_page.options",
    ),
}
# Texts for one thing that has different codes in different places.
SAME_TEXTS = (
    (
        "entity.button.start.name",
        "services.start_charge_cycle.name",
        "config_panel.card.action.start",
    ),
    (
        "entity.button.read.name",
        "services.read_charge_cycle.name",
        "config_panel.card.action.read",
        "config_panel.card.record.intermediate",
        "config_panel.panel.kind.intermediate",
        EVENT.format("charge_cycle", "event_type") + ".read",
        EVENT.format("charge_cycle", "step") + ".read",
    ),
    ("entity.button.end.name", "services.end_charge_cycle.name", "config_panel.card.action.end"),
    ("entity.button.reset_errors.name", "services.reset_errors.name"),
    ("entity.button.synchronise_clock.name", "services.synchronise_clock.name"),
    ("config_panel.panel.verdict.valid", "config_panel.card.verdict.valid"),
    ("config_panel.panel.verdict.invalid", "config_panel.card.verdict.invalid"),
    ("config_panel.panel.verdict.key_changed", EVENT.format("record", "key_verdict") + ".changed"),
    (SENSOR.format("measurement_status") + ".idle", "config_panel.card.state.prepared"),
    (
        SENSOR.format("measurement_status") + ".active",
        SENSOR.format("operative_status") + ".charging",
        "config_panel.card.state.charging",
        "entity.binary_sensor.charging.state.on",
    ),
    (
        SENSOR.format("measurement_status") + ".active_after_power_failure",
        "config_panel.card.state.after_power_failure",
    ),
    (
        "options.step.init.sections.charging.data.identification_data",
        "services.start_charge_cycle.fields.identification_data.name",
        "config_panel.card.start.data",
        "config_panel.panel.list.who",
        "config_panel.panel.fact.identification",
    ),
    (
        "options.step.init.sections.charging.data.identification_level",
        "services.start_charge_cycle.fields.identification_level.name",
        "config_panel.card.start.level",
        "config_panel.panel.fact.level",
    ),
    (
        "options.step.init.sections.charging.data.tariff_text",
        "services.start_charge_cycle.fields.tariff_text.name",
        "config_panel.card.start.tariff",
        "config_panel.panel.list.tariff",
        "config_panel.panel.fact.tariff",
    ),
    (
        "services.list_sessions.fields.verdict.name",
        "config_panel.panel.filter.verdict",
        "config_panel.panel.list.verdict",
    ),
    ("config_panel.card.figure.returned", "config_panel.panel.fact.exported"),
    ("config_panel.card.figure.last_energy", "entity.sensor.last_session_energy.name"),
)


def found_at(node: Any, path: str) -> Any:
    for part in path.split("."):
        node = node[part]
    return node


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("codes", SAME_CODES)
def test_a_code_has_one_label(language: str, codes: str) -> None:
    words = translations(language)
    labels: dict[str, set[str]] = {}
    for path in SAME_CODES[codes]:
        for code, label in found_at(words, path).items():
            labels.setdefault(code, set()).add(label)
    assert {code: found for code, found in labels.items() if len(found) > 1} == {}
    # Two codes with one label could not be told apart in a list.
    assert len({*map(frozenset, labels.values())}) == len(labels)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paths", SAME_TEXTS, ids=lambda paths: paths[0])
def test_a_thing_has_one_name(language: str, paths: tuple[str, ...]) -> None:
    words = translations(language)
    assert len({found_at(words, path) for path in paths}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entities", [METER, DISPLAY], ids=["meter", "display"])
def test_no_two_entities_of_a_device_have_one_name(
    language: str, entities: tuple[Entity, ...]
) -> None:
    names = [name_of(entity, translations(language)).casefold() for entity in entities]
    assert sorted(names) == sorted({*names})


def test_german_is_familiar() -> None:
    """Home Assistant says "du". A capital "Sie" that does not begin a sentence would be formal."""
    formal = re.compile(r"(?<=[^.:?!\n] )Sie\b|\b(?:Ihnen|Ihre?[mnrs]?)\b|[a-zß]en Sie\b")
    assert [text for text in texts(translations("de")) if formal.search(text)] == []


def test_italian_is_familiar() -> None:
    """Home Assistant says "tu": an infinitive that begins a sentence would be an instruction sheet's."""
    order = re.compile(
        r"(?:^|[.:;] |\n)[A-Z][a-zà-ù]+(?:are|ere|ire|ar|er|ir)(?:l[oaie]|ne|si)? [^?.]*\."
    )
    assert [text for text in texts(translations("it")) if order.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_that_name_others_use_their_names(language: str) -> None:
    """An option, an action or a sensor that a text sends people to."""
    words = translations(language)
    for text, name in (
        ("issues.clock_not_kept.description", "options.step.init.sections.polling.data.keep_clock"),
        ("issues.clock_not_kept.description", "entity.button.synchronise_clock.name"),
        ("issues.errors_persist.description", "entity.button.reset_errors.name"),
        ("issues.logbook_overwrites.description", "services.synchronise_records.name"),
        ("issues.logbook_unreadable.description", "services.synchronise_records.name"),
        ("issues.logbook_overwrites.description", "entity.sensor.records_missing.name"),
        ("services.list_records.description", "entity.sensor.logbook_progress.name"),
        ("services.get_session.fields.session_id.description", "services.list_sessions.name"),
        ("exceptions.unknown_parameter.message", "services.get_parameters.name"),
        ("exceptions.session_not_found.message", "services.list_sessions.name"),
        ("exceptions.archived_record_not_found.message", "services.get_session.name"),
        ("exceptions.archived_record_not_found.message", "services.list_unassigned_records.name"),
        ("issues.measure_board_error.description", "entity.binary_sensor.hardware.name"),
    ):
        assert found_at(words, name) in found_at(words, text)


# --- Entities -----------------------------------------------------------------------------------


def test_platforms() -> None:
    for platforms in (PLATFORMS, DISPLAY_PLATFORMS):
        assert sorted(platforms) == platforms
    assert {*PLATFORMS, *DISPLAY_PLATFORMS} == {Platform(name) for name in DESCRIPTIONS}
    assert set(STRINGS["entity"]) == set(ICONS["entity"]) == set(DESCRIPTIONS)
    for module, updates in (
        (binary_sensor, 0),
        (button, 1),
        (event, 0),
        (number, 1),
        (select, 1),
        (sensor, 0),
        (switch, 1),
        (page_texts, 1),
    ):
        assert updates == module.PARALLEL_UPDATES


@pytest.mark.parametrize(("platform", "description"), ENTITIES)
def test_entity(platform: str, description: EntityDescription) -> None:
    key = translation_key(description)
    assert platform == "text" or key == description.key
    words = STRINGS["entity"][platform][key]
    assert placeholders(words["name"]) == set(description.translation_placeholders or ())
    assert words["name"]
    assert (description.device_class is None) <= (key in ICONS["entity"][platform])
    if options := getattr(description, "options", None):
        assert list(words["state"]) == options


@pytest.mark.parametrize("platform", DESCRIPTIONS)
def test_no_words_or_icons_for_entities_that_do_not_exist(platform: str) -> None:
    keys = {translation_key(description) for description in DESCRIPTIONS[platform]}
    assert set(STRINGS["entity"][platform]) == keys
    assert set(ICONS["entity"][platform]) <= keys


@pytest.mark.parametrize(("platform", "description"), ENTITIES)
def test_icon(platform: str, description: EntityDescription) -> None:
    icons = ICONS["entity"][platform].get(translation_key(description), {})
    assert all(icon.startswith("mdi:") for icon in texts(icons))
    states = STRINGS["entity"][platform][translation_key(description)].get("state", {"on", "off"})
    assert set(icons.get("state", ())) <= set(states)


KNOWN = {error.value for error in MeterErrors}


def test_problem_names_all_errors() -> None:
    words = STRINGS["entity"]["binary_sensor"]["problem"]["state_attributes"]["errors"]["state"]
    assert list(words) == [
        *(error.name.lower() for error in MeterErrors if error.name),
        # What the manual does not name has a text all the same.
        *(f"dword_{bit // 32 + 1}_bit_{bit % 32}" for bit in range(64) if 1 << bit not in KNOWN),
    ]


def test_events_of_a_charge_cycle() -> None:
    words = STRINGS["entity"]["event"]["charge_cycle"]["state_attributes"]
    assert list(words["event_type"]["state"]) == list(ChargeEvent)
    assert list(words["origin"]["state"]) == list(Origin)
    assert list(words["verdict"]["state"]) == list(Verdict)
    assert list(words["step"]["state"]) == list(charge_tracker._STEPS.values())
    # Others are those of an exception.
    assert list(words["error"]["state"]) == [charge_tracker._INTERRUPTED]
    assert charge_tracker._INTERRUPTED not in STRINGS["exceptions"]


# --- Actions ------------------------------------------------------------------------------------


def test_actions() -> None:
    assert set(ACTIONS) == set(STRINGS["services"]) == set(ICONS["services"])
    assert set(ACTIONS) == {*services.ACTIONS}
    for icon in texts(ICONS["services"]):
        assert icon.startswith("mdi:")


@pytest.mark.parametrize("action", ACTIONS)
def test_action(action: str) -> None:
    words = STRINGS["services"][action]
    assert words["name"]
    assert words["description"].endswith(".")
    fields = ACTIONS[action].get("fields", {})
    assert list(words.get("fields", {})) == list(fields)
    for field in words.get("fields", {}).values():
        assert field["name"]
        assert field["description"].endswith(".")
    # A meter has sensors, a display has texts: what the editor offers an action for.
    (target,) = ACTIONS[action]["target"]["entity"]
    display = services.ACTIONS[action].target is Target.DISPLAY
    assert target == {"integration": "lovato_dmed4", "domain": "text" if display else "sensor"}


def test_choices_of_actions() -> None:
    start, display = (ACTIONS[name]["fields"] for name in ("start_charge_cycle", "set_display"))

    def options(field: dict[str, Any]) -> list[str]:
        found: list[str] = field["selector"]["select"]["options"]
        return found

    for key, codes in (
        ("identification_type", IdentificationType),
        ("identification_level", IdentificationLevel),
        ("identification_flags", IdentificationFlag),
    ):
        assert options(start[key]) == [code.lower() for code in codes]
    assert start["identification_flags"]["selector"]["select"]["multiple"] is True
    assert options(display["page"]) == PAGES == select.DISPLAY_PAGE.options


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_editor_of_actions_shows_words(language: str) -> None:
    """Not the codes that records have: each choice has a text."""
    texts = translations(language)["selector"]
    for action in ACTIONS.values():
        for name, field in action.get("fields", {}).items():
            if choice := field.get("selector", {}).get("select"):
                words = texts[choice["translation_key"]]["options"]
                assert set(choice["options"]) <= set(words), name
                assert not any(word.isupper() and "_" in word for word in words.values()), name


def test_choices_about_the_archive() -> None:
    for action in ("list_sessions", "export_records"):
        fields = ACTIONS[action]["fields"]
        assert fields["verdict"]["selector"]["select"]["options"] == sorted(
            SessionVerdict, key=list(SessionVerdict).index, reverse=True
        )
        assert fields["outcome"]["selector"]["select"]["options"] == list(Outcome)
    assert ACTIONS["export_records"]["fields"]["format"]["selector"]["select"]["options"] == list(
        ExportFormat
    )


@pytest.mark.parametrize("action", ACTIONS)
def test_fields_of_actions(action: str) -> None:
    fields = {str(key) for key in services.ACTIONS[action].fields} - {"device_id"}
    assert set(ACTIONS[action].get("fields", {})) == fields


# --- Reports ------------------------------------------------------------------------------------


CODES: dict[str, Iterable[str]] = {
    "verdict": SessionVerdict,
    "outcome": Outcome,
    "signature": Verdict,
    "signature_reason": (*Reason, NOT_A_RECORD),
    "key": KEY_CODES,
    "key_state": KeyState,
    "source": Source,
    "clock": CLOCK_CODES,
    "time_reason": TIME_REASONS,
    "refusal": (*Refusal, NOT_A_RECORD, record_explanation.ACCEPTED),
    "deviation": DeviationCode,
    "finding": FindingCode,
    "not_billed": NotBilled,
}


@pytest.mark.parametrize("part", CODES)
def test_every_code_of_a_report_has_a_text(part: str) -> None:
    words = STRINGS["config_panel"][part]
    assert set(words) == set(CODES[part])
    for text in words.values():
        assert text.endswith(".")
        assert placeholders(text) <= {"value_1", "value_2", "value_3"}


def test_only_a_failed_signature_is_called_tampering() -> None:
    accusing = {
        (part, code)
        for part in CODES
        for code, text in STRINGS["config_panel"][part].items()
        if "tamper" in text and "not a sign of tampering" not in text
    }
    assert accusing == {("signature", "invalid"), ("verdict", "invalid")}


def test_pages_of_a_remote_display() -> None:
    words = STRINGS["entity"]["select"]["viewer_page"]["state"]
    assert list(words) == [page.name.lower() for page in ViewerPage]


def test_selectors() -> None:
    used = {
        field["selector"]["select"]["translation_key"]: field["selector"]["select"]["options"]
        for action in ACTIONS.values()
        for field in action.get("fields", {}).values()
        if (field["selector"].get("select") or {}).get("translation_key")
    }
    repairs = connection_identity._FORMER_KEY, kept_records._FORM
    forms = *connection_forms.CONNECTION_FORMS.values(), *options.SECTIONS.values(), *repairs
    for form in forms:
        for field in form.schema.values():
            config = getattr(field, "config", {})
            if "translation_key" in config:
                used.setdefault(config["translation_key"], config["options"])
    assert set(STRINGS["selector"]) == set(used)
    for name, choices in used.items():
        assert list(STRINGS["selector"][name]["options"]) == choices
    page = STRINGS["entity"]["select"]["display_page"]["state"]
    assert STRINGS["selector"]["display_page"]["options"] == page


# --- Errors -------------------------------------------------------------------------------------


def raised_keys() -> set[str]:
    """The translation keys that the code names where it raises, of this integration's texts."""
    pattern = re.compile(r'translation_domain=DOMAIN,\s*translation_key="(\w+)"')
    return {
        key for module in MODULES for key in pattern.findall(module.read_text(encoding="utf-8"))
    }


def examples() -> Iterator[MeterError]:
    """An error of each kind that has a text, as it may be raised."""
    kinds: list[type[MeterError]] = [MeterError, *leaves(MeterError)]
    for kind in kinds:
        if kind in ABSTRACT:
            continue
        if issubclass(kind, StepFailedError):
            yield kind("failed")
            yield kind("failed", ("JSON_VALUE", "DMED_COMM"))
        else:
            yield SPECIAL.get(kind) or kind("failed")


@pytest.mark.parametrize("error", examples(), ids=repr)
def test_error(error: MeterError, monkeypatch: pytest.MonkeyPatch) -> None:
    bits = STRINGS["entity"]["binary_sensor"]["problem"]["state_attributes"]["errors"]["state"]
    texts = {connection_errors._BITS + name: text for name, text in bits.items()}
    monkeypatch.setattr(connection_errors, "_texts", lambda: texts)
    message = STRINGS["exceptions"][connection_errors.translation_key(error)]["message"]
    assert message.endswith(".")
    given = connection_errors._placeholders(error)
    assert placeholders(message) <= given.keys()
    shown = message.format(**given)
    assert "{" not in shown
    if isinstance(error, StepFailedError) and error.errors:
        assert "Identification: wrong value; Communication inside the meter" in shown


def test_errors_are_named_in_words() -> None:
    """All that a status can complain of: people read no name of a bit."""
    dword = (1 << 32) - 1
    status = Status(
        measurement=MeasurementStatus.NOT_INITIALIZED,
        signature=SignatureStatus.SIGNATURE_ERROR | SignatureStatus.ERROR,
        errors=MeterErrors.from_dwords(dword, dword),
    )
    names = {*complaints(status), "ERROR"}
    assert len(names) == 64 + 2
    for name in names:
        text: Any = {"component": {DOMAIN: STRINGS}}
        for part in connection_errors._key_of(name).split("."):
            text = text[part]
        assert isinstance(text, str)


def test_every_error_of_the_meter_has_a_text_of_its_own() -> None:
    fallback = {errors.UnexpectedAnswerError}
    assert set(connection_errors._TRANSLATION_KEYS) == set(leaves(MeterError)) - ABSTRACT - fallback


def test_exceptions_are_all_used() -> None:
    used = (
        raised_keys()
        | {
            "archive_unavailable",
            "stored_by_newer",
            own_time.ISSUE,
        }  # what they name is checked where they come
        | {connection_errors.translation_key(error) for error in examples()}
    )
    assert set(STRINGS["exceptions"]) == used
    named = {
        "time_before_release": {"now"},
        "clock_doubtful": {"minutes"},
        "number_step": {"value", "step"},
    }
    for key in raised_keys():
        assert placeholders(STRINGS["exceptions"][key]["message"]) == named.get(key, set())


def test_fields_of_errors() -> None:
    given = {str(key) for key in options.SECTIONS["charging"].schema}
    assert set(connection_errors._FIELDS.values()) <= given
    assert set(connection_errors._FIELDS.values()) <= set(ACTIONS["start_charge_cycle"]["fields"])


# --- Flows --------------------------------------------------------------------------------------


def test_forms() -> None:
    steps = STRINGS["config"]["step"]
    assert list(steps["user"]["menu_options"]) == list(connection_forms.CONNECTION_FORMS)
    assert steps["reconfigure"]["menu_options"] == steps["user"]["menu_options"]
    forms = {
        **{
            str(name): (steps[name], form)
            for name, form in connection_forms.CONNECTION_FORMS.items()
        },
        "reauth_confirm": (steps["reauth_confirm"], config_flow._PASSWORD),
        "examine": (steps["examine"], examination._REST_FORM),
    }
    sections = STRINGS["options"]["step"]["init"]["sections"]
    assert list(sections) == list(options.SECTIONS)
    for name, words in sections.items():
        fields = [str(key) for key in options.SECTIONS[name].schema]
        assert words["name"]
        assert words["description"].endswith(".")
        assert list(words["data"]) == list(words["data_description"]) == fields
    own = {"user", "reconfigure", "certificate", "reauth_confirm", "examine", "examined"}
    assert set(steps) == {*connection_forms.CONNECTION_FORMS, *own}
    assert placeholders(steps["certificate"]["description"]) == {"host", "fingerprint"}
    assert set(STRINGS["options"]["step"]) == {"init"}
    assert placeholders(steps["examined"]["description"]) == {"link", "issues", "result"}
    assert set(STRINGS["config"]["progress"]) == {"examining"}
    for name, (words, schema) in forms.items():
        fields = [str(key) for key in schema.schema]
        if name in connection_forms.CONNECTION_FORMS:
            fields += map(str, examination.EXAMINE_FIELD)
        assert words["title"]
        assert words["description"]
        assert list(words["data"]) == list(words["data_description"]) == fields


def test_errors_of_forms() -> None:
    way: set[type[MeterError]] = {
        errors.CannotConnectError,
        errors.SilentError,
        errors.NotADmed4Error,
    }
    way |= {errors.RefusedError, errors.UnexpectedAnswerError}
    way |= {errors.LineHeldError, errors.LineInUseError, errors.TlsFailedError}
    way |= {errors.CertificateNotTrustedError, errors.CertificateChangedError}
    keys = {connection_errors.translation_key(error) for error in examples() if type(error) in way}
    keys |= {"wrong_password", "login_locked"}
    keys |= {cause.value for cause in Cause}
    fields = {"invalid_host", "invalid_device", "invalid_serial_number", "rtu_needs_eight_bits"}
    fields |= {found.value for found in Answerer} | {"keys_disagree"}
    assert keys | fields | {"unknown"} > examination.EXPLAINED
    fields |= {"examination_running"}
    assert set(STRINGS["config"]["error"]) == keys | fields | {"unknown"}
    assert set(STRINGS["config"]["abort"]) == {
        "already_configured",
        "moved",
        "not_loaded",
        "reauth_successful",
        "reconfigure_successful",
        "wrong_meter",
    }
    texts_of_a_record = {"identification_data", "tariff_text", "charge_point_id"}
    inputs = {
        f"{text}_{error}" for text in texts_of_a_record for error in ("characters", "too_long")
    }
    inputs |= {"flags_conflict", "wrong_password", "login_locked", "password_not_checked"}
    inputs |= {"not_loaded"}
    database = {"database_url_invalid", "database_driver_missing", "database_failed"}
    assert set(STRINGS["options"]["error"]) == inputs | database
    flows = (STRINGS["config"]["error"], STRINGS["config"]["abort"], STRINGS["options"]["error"])
    for text in texts(dict(enumerate(flows))):
        assert text.endswith(".")
        wanted = {
            STRINGS["config"]["error"]["login_locked"]: {"until"},
            STRINGS["config"]["error"]["serial_in_use_by_hub"]: {"hub"},
            STRINGS["config"]["error"]["found_rest"]: {"port"},
            STRINGS["config"]["error"]["found_tls"]: {"port"},
            STRINGS["config"]["error"]["found_modbus"]: {"port", "unit"},
            STRINGS["config"]["error"]["found_unit"]: {"unit"},
        }
        assert placeholders(text) == wanted.get(text, set())


# --- Repair issues ------------------------------------------------------------------------------


def test_issues() -> None:
    hardware = {f"fatal_error_{number}" for number in FATAL_ERRORS} | {"wiring_error"}
    others = {
        "clock_doubtful",
        "signed_time",
        "stored_by_newer",
        "clock_not_kept",
        "event_log_fills",
        "logbook_overwrites",
        "logbook_unreadable",
        "login_locked",
        "errors_persist",
        own_time.ISSUE,
        "serial_number_missing",
        "serial_number_differs",
    }
    others |= {scale_check.ISSUE, certificate.CERTIFICATE_CHANGED, "archive_unavailable"}
    others |= {failed_records.ISSUE, Match.KEY_CHANGED.value, Match.UNCONFIRMED.value}
    others |= {power_failure.CHARGE_AFTER_POWER_FAILURE, kept_records.ISSUE}
    assert set(STRINGS["issues"]) == hardware | set(issues._BOARDS.values()) | others
    for words in STRINGS["issues"].values():
        assert words["title"].startswith("{meter}: ")
        assert ("description" in words) != ("fix_flow" in words)
        assert words.get("description", "x.").endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_of_issues_are_short(language: str) -> None:
    """In a list on a phone, a title after the name of a meter has about so many characters."""
    titles = {
        key: words["title"].removeprefix("{meter}")
        for key, words in translations(language)["issues"].items()
    }
    assert {key: title for key, title in titles.items() if len(title) > 42} == {}
    # What is told apart by its title only.
    assert len({*titles.values()}) == len(titles)
    # A title of a dialog that takes a second line is written over by the line below it.
    steps = [
        step["title"]
        for words in translations(language)["issues"].values()
        for step in words.get("fix_flow", {}).get("step", {}).values()
    ]
    assert [title for title in steps if len(title.replace("{meter}", 16 * "x")) > 44] == []


def test_hardware_names_all_errors() -> None:
    words = STRINGS["entity"]["binary_sensor"]["hardware"]["state_attributes"]
    for board in ("board_1", "board_2"):
        assert set(words[board]["state"]) == {*BOARD_BITS[board], "unknown"}
    fatal = [f"e_{number}" for number in FATAL_ERRORS]
    assert list(words["fatal"]["state"]) == [*fatal, "unknown"]


# --- Declarations -------------------------------------------------------------------------------


def test_manifest() -> None:
    manifest = read_json("manifest.json")
    keys = list(manifest)
    assert keys == ["domain", "name", *sorted(keys[2:])]
    assert {"codeowners", "documentation", "integration_type", "iot_class"} <= set(keys)
    assert {"issue_tracker", "loggers", "requirements", "version"} <= set(keys)
    assert manifest["domain"] == FOLDER.name == "lovato_dmed4"
    assert manifest["config_flow"] is True
    assert manifest["iot_class"] == "local_polling"
    assert manifest["integration_type"] == "device"
    assert manifest["dependencies"] == ["http", "usb", "websocket_api"]
    assert manifest["documentation"].startswith("https://")
    # Home Assistant itself pins SQLAlchemy and pymodbus: a floor, and nothing above it.
    database, workbook, document, modbus, code = manifest["requirements"]
    assert re.fullmatch(r"SQLAlchemy>=\d+\.\d+", database)
    assert re.fullmatch(r"modbus-connection\[pymodbus\]>=\d+\.\d+\.\d+", modbus)
    for requirement, name in ((workbook, "XlsxWriter"), (document, "fpdf2"), (code, "segno")):
        assert re.fullmatch(rf"{name}>=\d+(\.\d+)+", requirement)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_module(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    imported = {
        name.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert not any(name.startswith(("tests", "simulator", "tools")) for name in imported)
