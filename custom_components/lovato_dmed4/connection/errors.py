"""What the errors of a device mean to a user."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from homeassistant.core import async_get_hass
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_get_exception_message,
)
from homeassistant.helpers.update_coordinator import UpdateFailed
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_CHARGE_POINT_ID,
    CONF_IDENTIFICATION_DATA,
    CONF_IDENTIFICATION_FLAGS,
    CONF_TARIFF_TEXT,
    DOMAIN,
    LOGGER,
)
from ..dmed4.errors import (
    CannotConnectError,
    CertificateChangedError,
    CertificateNotTrustedError,
    ClockNotSynchronisedError,
    ClosedError,
    CommandFailedError,
    CycleActiveError,
    DisplayOverTlsError,
    EntryNotFoundError,
    EntryNotReadyError,
    ErrorsPersistError,
    FatalErrorsError,
    FlagsConflictError,
    IdentityNotSignedError,
    InputError,
    LineHeldError,
    LineInUseError,
    LogbookUnreadableError,
    LoginLockedError,
    MeterError,
    NoCycleError,
    NotADmed4Error,
    NotCommissionedError,
    NotLoggedInError,
    NotOfferedError,
    PageLockedError,
    PageTextCharactersError,
    PageTextTooLongError,
    ParameterError,
    ParametersLeftError,
    ParametersLockedError,
    ParametersNotSavedError,
    ParametersNotTakenError,
    ParametersPendingError,
    ParameterValueError,
    PasswordMissingError,
    PrototypeRefusedError,
    RebootTimeoutError,
    RecordUnavailableError,
    RefusedError,
    SearchNotOfferedError,
    SilentError,
    StepFailedError,
    TextCharactersError,
    TextTooLongError,
    TlsFailedError,
    TransactionNotFoundError,
    UnknownParameterError,
    WrongPasswordError,
)

_TRANSLATION_KEYS: Final[dict[type[MeterError], str]] = {
    CannotConnectError: "cannot_connect",
    SilentError: "silent",
    ClosedError: "not_loaded",
    LineHeldError: "line_held",
    LineInUseError: "line_in_use",
    TlsFailedError: "tls_failed",
    CertificateNotTrustedError: "certificate_not_trusted",
    CertificateChangedError: "certificate_changed",
    NotADmed4Error: "not_a_dmed4",
    RefusedError: "refused",
    DisplayOverTlsError: "display_over_tls",
    WrongPasswordError: "wrong_password",
    LoginLockedError: "login_locked",
    NotLoggedInError: "not_logged_in",
    PasswordMissingError: "password_missing",
    NotOfferedError: "not_offered",
    UnknownParameterError: "unknown_parameter",
    ParameterValueError: "parameter_value",
    ParametersLockedError: "parameters_locked",
    ParametersNotTakenError: "parameters_not_taken",
    ParametersNotSavedError: "parameters_not_saved",
    ParametersPendingError: "parameters_pending",
    RebootTimeoutError: "reboot_timeout",
    EntryNotFoundError: "entry_not_found",
    TransactionNotFoundError: "transaction_not_found",
    EntryNotReadyError: "entry_not_ready",
    LogbookUnreadableError: "logbook_unreadable",
    SearchNotOfferedError: "search_not_offered",
    CycleActiveError: "cycle_active",
    NoCycleError: "no_cycle",
    ClockNotSynchronisedError: "clock_not_synchronised",
    PrototypeRefusedError: "prototype_refused",
    CommandFailedError: "command_failed",
    ErrorsPersistError: "errors_persist",
    RecordUnavailableError: "record_unavailable",
    FatalErrorsError: "fatal_errors",
    NotCommissionedError: "not_commissioned",
    IdentityNotSignedError: "identity_not_signed",
    FlagsConflictError: "flags_conflict",
    TextCharactersError: "text_characters",
    TextTooLongError: "text_too_long",
    PageLockedError: "page_locked",
    PageTextCharactersError: "page_text_characters",
    PageTextTooLongError: "page_text_too_long",
}

# What the user asked for can't be done, and the meter was left alone.
_WRONG_USE: Final = (
    ClosedError,
    CycleActiveError,
    NoCycleError,
    NotCommissionedError,
    InputError,
    LoginLockedError,
    PasswordMissingError,
    NotOfferedError,
    ParameterError,
    ParametersLockedError,
    EntryNotFoundError,
    SearchNotOfferedError,
)

_FIELDS: Final = {
    "IF": CONF_IDENTIFICATION_FLAGS,
    "ID": CONF_IDENTIFICATION_DATA,
    "TT": CONF_TARIFF_TEXT,
    "CI": CONF_CHARGE_POINT_ID,
}

# Where the names of error bits stand in words; those of the status words as the closest of them.
_BITS: Final = f"component.{DOMAIN}.entity.binary_sensor.problem.state_attributes.errors.state."
_STATUS_BITS: Final = {
    "SIGNATURE_ERROR": f"{_BITS}ecdsa_sign",
    "ERROR": f"component.{DOMAIN}.entity.sensor.signature_status.state.error",
}


def translation_key(error: MeterError) -> str:
    """Get the key of the text that explains what is wrong and what to do."""
    key = _TRANSLATION_KEYS.get(type(error), "unexpected_answer")
    timeout = isinstance(error, StepFailedError) and not error.errors
    return f"{key}_timeout" if timeout else key


def field_of(error: InputError) -> str:
    """Get the field of a form or an action that an error is about."""
    # The texts of a remote display are called the same everywhere.
    return _FIELDS.get(error.field, error.field)


def _placeholders(error: MeterError) -> dict[str, str]:
    if isinstance(error, StepFailedError):
        return {"errors": _named(error.errors)}
    if isinstance(error, FatalErrorsError):
        return {"errors": ", ".join(map(str, error.errors))}
    if isinstance(error, TextTooLongError):
        return {
            "field": field_of(error),
            "length": str(error.length),
            "limit": str(error.limit),
        }
    if isinstance(error, InputError):
        return {"field": field_of(error)}
    if isinstance(error, LineInUseError):
        return {"used": error.used, "wanted": error.wanted}
    return _system_placeholders(error)


def _named(errors: Iterable[str]) -> str:
    """Name the error bits of a meter as its entities do, in the language of Home Assistant."""
    texts = _texts()
    return "; ".join(texts.get(_key_of(name), name) for name in errors)


def _key_of(name: str) -> str:
    """Get the key of the words for an error bit."""
    return _STATUS_BITS.get(name, _BITS + name.lower().replace(" ", "_"))


def _texts() -> Mapping[str, str]:
    hass = async_get_hass()
    return async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)


def _system_placeholders(error: MeterError) -> dict[str, str]:
    match error:
        case ParameterValueError():
            return {"name": error.name, "possible": error.possible}
        case ParameterError():
            return {"name": error.name}
        case ParametersLeftError():
            return {"names": ", ".join(error.names)}
        case LoginLockedError():
            return {"until": local_time(error.until)}
        case RefusedError():
            return {"code": "-" if error.code is None else str(error.code)}
    return {}


def local_time(moment: datetime) -> str:
    """Write a time of today as the user's clock shows it."""
    return f"{dt_util.as_local(moment):%H:%M:%S}"


def translated[ErrorT: HomeAssistantError](error: MeterError, kind: type[ErrorT]) -> ErrorT:
    """Make an exception of Home Assistant that says in the user's words what went wrong."""
    return in_words(kind, translation_key(error), _placeholders(error), cause=str(error))


def in_words[ErrorT: HomeAssistantError](
    kind: type[ErrorT], key: str, placeholders: Mapping[str, str], *, cause: str
) -> ErrorT:
    """Make an exception whose text is for the user, and whose cause is for the log.

    Args:
        kind: of the exception.
        key: of its text.
        placeholders: of its text.
        cause: what a device, a library or a database says of it, in its own words.
    """
    LOGGER.debug("%s: %s", key, cause)
    words = dict(placeholders)
    # Home Assistant writes these two to its log, and shows the translated text to people.
    logged = issubclass(kind, UpdateFailed | ConfigEntryNotReady)
    text = async_get_exception_message(DOMAIN, key, words)
    return kind(
        *([f"{text} ({cause})"] if logged else []),
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=words,
    )


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn what goes wrong with a meter into an error that a user understands.

    Raises:
        ServiceValidationError: the user asked for what is not possible now, or gave a wrong text.
        HomeAssistantError: the meter or the way to it failed.
    """
    try:
        yield
    except MeterError as err:
        kind = ServiceValidationError if isinstance(err, _WRONG_USE) else HomeAssistantError
        raise translated(err, kind) from err
