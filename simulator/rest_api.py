"""What a meter's REST API answers (manual: API communication over HTTP/HTTPS protocol)."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import json
import re
from typing import Any, Protocol, override

from .display import TEXT_SIZES, RemoteDisplay
from .errors import BusyError, NoEntryError, NotLoggedInError, OutOfRangeError
from .logbook import Event, Logbook
from .meter import COUNTER_SIZE, Command, SimulatedMeter
from .record import Record

_MEASURE_FIRMWARE, _POWER_FIRMWARE = 12, 7
_RESET_ERRORS = "X"
_CHANNEL_PATH = re.compile(r"/v1/(?P<channel>[1-4])/(?P<call>.+)")


@dataclass(frozen=True)
class Call:
    """A request: PUT carries its parameters in the query, POST in a JSON body."""

    method: str
    query: Mapping[str, str]
    body: bytes

    def parameters(self, *allowed: str) -> Mapping[str, Any]:
        """Return the parameters of a PUT or POST.

        Raises:
            OutOfRangeError: There are none, or others than those allowed.
        """
        parameters = self.json() if self.method == "POST" else self.query
        if not parameters or not parameters.keys() <= {*allowed}:
            raise OutOfRangeError(f"parameters are {', '.join(allowed)}")
        return parameters

    def json(self) -> Mapping[str, Any]:
        """Return the body.

        Raises:
            OutOfRangeError: It is no JSON object.
        """
        try:
            body = json.loads(self.body)
        except ValueError, RecursionError:
            raise OutOfRangeError("the body is not JSON") from None
        if not isinstance(body, dict):
            raise OutOfRangeError("the body is not a JSON object")
        return body


type Methods = Mapping[str, Callable[[Call], str]]
"""The methods of a path: each takes a request and returns the body of its answer."""


class Api(Protocol):
    """What answers to a web server's paths."""

    def methods(self, path: str) -> Methods | None:
        """Return what can be done with a path; None if there is no such path."""
        ...

    def finish(self) -> None:
        """Do what the answers bring about, now that they are sent."""
        ...


class MeterApi(Api):
    """A meter's."""

    def __init__(self, meter: SimulatedMeter) -> None:
        self._meter = meter
        self._reboot_due = False
        self._search_status = 0
        self._search_position = 0
        self._calls: dict[str, Methods] = {
            "/v1/measure": {"GET": self._measure},
            "/v1/charge_settings": {
                "GET": self._charge_settings,
                "PUT": self._set_charge_settings,
                "POST": self._set_charge_settings,
            },
            "/v1/charge_status": {"GET": self._charge_status},
            "/v1/ocmf": {"GET": self._ocmf, "POST": self._set_ocmf},
            "/v1/logbook/info": {"GET": self._logbook_info},
            "/v1/logbook/OCMF": {"GET": self._logbook_ocmf},
            "/v1/logbook/events": {"GET": self._logbook_events},
            "/v1/system_status": {
                "GET": self._system_status,
                "PUT": self._set_system_status,
                "POST": self._set_system_status,
            },
            "/v1/system_parameters": {
                "GET": self._system_parameters,
                "POST": self._set_system_parameters,
            },
            "/v1/login": {"PUT": self._login},
            "/v1/force_display": {"PUT": self._force_display, "POST": self._force_display},
        }

    @override
    def methods(self, path: str) -> Methods | None:
        return self._calls.get(path)

    @override
    def finish(self) -> None:
        if self._reboot_due:
            self._reboot_due = False
            self._meter.reboot()

    def _json(self, data: dict[str, Any]) -> str:
        follows = self._meter.readings.follows
        separator = {"spaces": " ", "dashes": "-"}.get(self._meter.readings["names"], "_")
        return json.dumps(_rewritten(data, separator, strings=follows("numbers", "strings")))

    def _ocmf_json(self, name: str, record: str) -> str:
        escaped = json.dumps(record, ensure_ascii=False)[1:-1]
        forms = {"escaped": escaped, "unescaped": record, "line_break": escaped + "\n"}
        text = forms[self._meter.readings["ocmf_text"]]
        # Put in afterwards, so that bytes that are no UTF-8 go out as they are.
        return self._json({name: "\0"}).replace("\\u0000", text)

    # --- Measures and status

    def _measure(self, _: Call) -> str:
        self._meter.update()
        sample = self._meter.physics.slow
        first, second = sample.temperatures
        reading = self._meter.readings["measure_scale"]
        return self._json(
            {
                "voltage": _scaled(sample.voltage / 10**2, 2, reading, mixed=1),
                "current": _scaled(abs(sample.current) / 10**4, 4, reading, mixed=3),
                "power": _scaled(sample.power / 10**3, 3, reading, mixed=4),
                "energy": sample.cycle_imported,
                "energy_neg": sample.cycle_exported,
                "temperature_i1": _scaled(first, 1, reading),
                "temperature_i1_fahrenheit": _scaled(first * 1.8 + 32, 1, reading),
                "temperature_i2": _scaled(second, 1, reading),
                "temperature_i2_fahrenheit": _scaled(second * 1.8 + 32, 1, reading),
                "energyPos": sample.imported % COUNTER_SIZE,
                "energyNeg": sample.exported % COUNTER_SIZE,
            }
        )

    def _charge_status(self, _: Call) -> str:
        words = {
            "measurement_status": self._meter.measurement_status,
            "signature_status": self._meter.signature_status,
            "error_status_1": self._meter.errors_1,
            "error_status_2": self._meter.errors_2,
        }
        match self._meter.readings["status_words"]:
            case "hex":
                return self._json({name: f"0x{word:04X}" for name, word in words.items()})
            case "no_errors":
                errors = {"error_status_1", "error_status_2"}
                words = {name: word for name, word in words.items() if word or name not in errors}
        return self._json(words)

    def _system_status(self, _: Call) -> str:
        meter = self._meter
        board_status = meter.board_status
        revision = int if meter.readings.follows("system_names", "tables") else str
        model_code = {} if meter.model.rest_code is None else {"model_code": meter.model.rest_code}
        return self._json(
            {
                "meas_fw_rev": revision(_MEASURE_FIRMWARE),
                "meas_fw_cks": f"{meter.firmware_checksum:08X}",
                "pow_fw_rev": revision(_POWER_FIRMWARE),
                "pow_fw_cks": f"{meter.firmware_checksum ^ 0xFFFFFFFF:08X}",
                "serial_number": _serial_number(meter),
                **model_code,
                "operative_status": meter.operative_status,
                "cable_res_locked": int(meter.cable_locked),
                **board_status,
                "logged": int(meter.login.logged_in),
            }
        )

    def _set_system_status(self, call: Call) -> str:
        if call.parameters("operative_status") != {"operative_status": "operating"}:
            raise OutOfRangeError("operative_status is operating")
        self._meter.operate()
        return ""

    # --- System parameters

    def _system_parameters(self, _: Call) -> str:
        self._require_login()
        form = self._meter.readings["address_form"]
        return self._json(dict(self._meter.parameters.shown_block(form)))

    def _set_system_parameters(self, call: Call) -> str:
        self._require_login()
        self._meter.require_unlocked_parameters()
        body = call.json()
        self._meter.parameters.write_block({name: _integer(body[name]) for name in body})
        # The answer goes out first: without it the client could not know what became of it.
        self._reboot_due = True
        return ""

    def _require_login(self) -> None:
        self._meter.update()
        if not self._meter.login.logged_in:
            raise NotLoggedInError("log in first")

    # --- Login

    def _login(self, call: Call) -> str:
        self._meter.login.log_in(call.parameters("password")["password"])
        return ""

    # --- The charge cycle

    def _charge_settings(self, _: Call) -> str:
        meter = self._meter
        local = meter.readings.follows("setting_time", "local")
        return self._json(
            {
                "sync_timeout": meter.sync_timeout,
                "signature_format": meter.signature_format,
                **self._keys(),
                "res_cable": meter.res_cable,
                "datetime_offset": meter.time_offset,
                "datetime": int(meter.time) + 60 * meter.time_offset if local else meter.shown_time,
                "tariff": meter.tariff,
            }
        )

    def _keys(self) -> dict[str, str]:
        meter, follows = self._meter, self._meter.readings.follows
        raw = meter.public_key_raw
        if follows("key_text", "point"):
            raw = b"\x04" + raw
        keys = {"public_key": raw, "public_key_ocmf": meter.public_key_ocmf}
        if follows("keys", "raw"):
            del keys["public_key_ocmf"]
        elif follows("keys", "ocmf"):
            del keys["public_key"]
        return {name: _key_text(key, meter.readings["key_text"]) for name, key in keys.items()}

    def _set_charge_settings(self, call: Call) -> str:
        parameters = call.parameters(
            "datetime", "datetime_offset", "tariff", "res_cable", "command"
        )
        settings = {name: _integer(parameters[name]) for name in parameters if name != "command"}
        command = parameters.get("command")
        if "command" in parameters and command not in (_RESET_ERRORS, *Command):
            raise OutOfRangeError("command is B, C, E, r or X")
        # Either all of the request is done or nothing.
        cycle_command = Command(command) if command in tuple(Command) else None
        if cycle_command:
            self._meter.check_command(cycle_command)
        if settings:
            self._meter.configure(**settings)
        if cycle_command:
            self._meter.command(cycle_command)
        elif command:
            self._meter.reset_errors()
        return ""

    def _ocmf(self, _: Call) -> str:
        if record := self._meter.output_record:
            return self._ocmf_json("OCMF_BUFF", record.text)
        match self._meter.readings["nothing_yet"]:
            case "null":
                return self._json({"OCMF_BUFF": None})
            case "blank":
                return ""
            case "broken":
                return '{"OCMF_BUFF":}'
            case "refused":
                raise NoEntryError("no record")
        return self._ocmf_json("OCMF_BUFF", "")

    def _set_ocmf(self, call: Call) -> str:
        bare = self._meter.readings.follows("prototype_container", "bare")
        self._meter.submit_prototype(call.body if bare else _unwrapped(call))
        return ""

    # --- The logbooks

    def _logbook_info(self, _: Call) -> str:
        meter = self._meter
        meter.update()
        records, events = meter.record_log, meter.event_log
        progressives = [record.progressive for record in records.entries] or [0]
        return self._json(
            {
                "ocmf_max_number": records.capacity,
                "ocmf_total_number": len(records.entries),
                "ocmf_last_internal_progressive": progressives[-1],
                "ocmf_first_internal_progressive": progressives[0],
                "events_max_number": events.capacity,
                "events_total_number": len(events.entries),
                "log_search_status": self._search_status,
                "log_search_position": self._search_position,
            }
        )

    def _logbook_ocmf(self, call: Call) -> str:
        self._meter.update()
        self._search_status = 0
        record = self._find_record(call.query)
        self._search_status = 1
        self._search_position = self._meter.record_log.index_of(record)
        return self._ocmf_json("OCMF_LOG", record.text)

    def _find_record(self, query: Mapping[str, str]) -> Record:
        log = self._meter.record_log
        match query.get("index_type"):
            case "POS":
                return _by_position(log, query)
            case "PROGR":
                wanted = _integer(query.get("index_value"))
                found = [record for record in log.entries if record.progressive == wanted]
            case "TRANS_ID":
                name = query.get("index_value", "")
                reading = self._meter.readings["transaction_id"]
                found = [
                    record
                    for record in log.entries
                    if (name == record.identification and reading != "pagination")
                    or (name == record.pagination and reading != "id")
                ]
            case _:
                raise OutOfRangeError("index_type is POS, PROGR or TRANS_ID")
        if not found:
            raise NoEntryError("no such record")
        return found[-1]

    def _logbook_events(self, call: Call) -> str:
        if call.query.get("index_type") != "POS":
            raise OutOfRangeError("index_type is POS")
        event = _by_position(self._meter.event_log, call.query)
        line = " | " if self._meter.readings.follows("frame", "spaces") else "|"
        return self._json({"EVENT_LOG": f"EVENT{line}{self._json(_event_fields(event))}"})

    # --- The display

    def _force_display(self, call: Call) -> str:
        parameters = call.parameters("display_on_off", "set_page")
        numbers = {name: _integer(value) for name, value in parameters.items()}
        self._meter.set_display(on=numbers.get("display_on_off"), page=numbers.get("set_page"))
        return ""


class DisplayApi(Api):
    """That of a remote display with Ethernet: its own pages, and the meters on its channels."""

    def __init__(self, display: RemoteDisplay) -> None:
        self._display = display
        self._meters = {channel: MeterApi(meter) for channel, meter in display.meters.items()}

    @override
    def methods(self, path: str) -> Methods | None:
        if path == "/v1/set_viewer_page":
            return {"PUT": self._set_page}
        if (found := _CHANNEL_PATH.fullmatch(path)) is None:
            return None
        channel = int(found["channel"])
        if found["call"] == "custom_string":
            return {"POST": lambda call: self._set_texts(channel, call)}
        if channel not in self._meters:
            return None
        if self._display.meters[channel].rebooting:
            raise BusyError("the meter does not answer")
        return self._meters[channel].methods(f"/v1/{found['call']}")

    @override
    def finish(self) -> None:
        for meter in self._meters.values():
            meter.finish()

    def _set_page(self, call: Call) -> str:
        self._display.show_page(_integer(call.parameters("page")["page"]))
        return ""

    def _set_texts(self, channel: int, call: Call) -> str:
        self._display.set_texts(channel, call.parameters(*TEXT_SIZES))
        return ""


def _scaled(value: float, decimals: int, reading: str, *, mixed: int = 1) -> float:
    """Write a measure in one of the readings of its scale."""
    if reading == "physical":
        return round(float(value), decimals)
    return round(value * 10.0 ** {"tenths": 1, "mixed": mixed}.get(reading, decimals))


def _serial_number(meter: SimulatedMeter) -> str | int:
    match meter.readings["serial_number"]:
        case "text":
            return f"DM{meter.serial_number}A"
        case "zeros":
            return f"{meter.serial_number:010}"
    return meter.serial_number


def _key_text(key: bytes, reading: str) -> str:
    match reading:
        case "base64":
            return b64encode(key).decode()
        case "colons" if key:
            return key.hex(":").upper()
        case "prefixed":
            return f"0x{key.hex().upper()}"
        case "nul":
            return f"{key.hex().upper()}\0"
    return key.hex().upper()


def _rewritten(data: Any, separator: str, *, strings: bool) -> Any:
    if isinstance(data, dict):
        return {
            name.replace("_", separator): _rewritten(value, separator, strings=strings)
            for name, value in data.items()
        }
    return str(data) if strings and data is not None else data


def _integer(value: object) -> int:
    if isinstance(value, str | int) and not isinstance(value, bool):
        try:
            return int(value)
        except ValueError:
            pass
    raise OutOfRangeError(f"not a whole number: {value}")


def _unwrapped(call: Call) -> bytes | None:
    """Take a text out of OCMF_BUFF; None if it is not in it."""
    try:
        text = call.json().get("OCMF_BUFF")
    except OutOfRangeError:
        return None
    return text.encode() if isinstance(text, str) else None


def _by_position[Entry](log: Logbook[Entry], query: Mapping[str, str]) -> Entry:
    match query.get("index_reference"):
        case "LAST":
            return log.from_last(log.index_base)
        case "FIRST":
            return log.from_first(log.index_base)
        case "LAST_BUT":
            return log.from_last(_integer(query.get("index_value")))
        case "FIRST_BUT":
            return log.from_first(_integer(query.get("index_value")))
    raise OutOfRangeError("index_reference is LAST, LAST_BUT, FIRST or FIRST_BUT")


def _event_fields(event: Event) -> dict[str, str]:
    local = datetime.fromtimestamp(event.time, UTC) + timedelta(minutes=event.offset)
    return {
        "date": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M:%S}",
        "event_code": str(int(event.code)),
        "arguments": str(event.argument),
    }
