"""What can go wrong between us and a meter: one tree of exceptions.

The leaves are distinct because a person has to do something different about each of them.
"""

from datetime import datetime

from .plain import plain

# Two fingerprints fit, and an answer's beginning.
_MESSAGE_LIMIT = 240


class MeterError(Exception):
    """Whatever keeps a meter from doing what it was asked; its message may quote the device."""

    def __init__(self, message: str = "") -> None:
        super().__init__(plain(message, _MESSAGE_LIMIT))


# --- the way to the meter ---------------------------------------------------------------------


class CannotConnectError(MeterError):
    """Nothing answers at the address, or the link was lost."""


class SilentError(MeterError):
    """The link is up, but no answer came in time."""


class ClosedError(MeterError):
    """The device was let go of meanwhile; nothing was sent."""


class LineInUseError(MeterError):
    """Others use the serial port or connection, with other settings; nothing was sent.

    Attributes:
        used: the settings in use, such as ``9600 bit/s 8N1 RTU``.
        wanted: the settings asked for.
    """

    def __init__(self, used: str, wanted: str) -> None:
        super().__init__(f"in use with {used}, not {wanted}")
        self.used = used
        self.wanted = wanted


class LineHeldError(MeterError):
    """Another part of the program has a connection to the line with other settings; nothing was sent."""


class TlsFailedError(MeterError):
    """Something answers, but no encrypted connection comes about."""


class CertificateNotTrustedError(MeterError):
    """The certificate is not one that the system trusts for this host."""


class CertificateChangedError(MeterError):
    """The certificate is not the one that was pinned; nothing was sent.

    Attributes:
        expected: SHA-256 fingerprint of the pinned certificate, in hex.
        found: that of the certificate shown.
    """

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"certificate {found} instead of {expected}")
        self.expected = expected
        self.found = found


class UnexpectedAnswerError(MeterError):
    """An answer came that can't be understood."""


class NotADmed4Error(MeterError):
    """Something answered, and it is no DMED4."""


class RefusedError(MeterError):
    """The meter understood the request and refused it.

    Attributes:
        code: the Modbus exception code or the HTTP status; None where there is none.
    """

    def __init__(self, message: str = "", code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class WrongPasswordError(RefusedError):
    """The meter did not take the password."""


class LoginLockedError(RefusedError):
    """The login is locked after wrong passwords; nothing was sent.

    Attributes:
        until: when another attempt is possible.
    """

    def __init__(self, until: datetime) -> None:
        super().__init__(f"the login is locked until {until.isoformat()}")
        self.until = until


class NotLoggedInError(RefusedError):
    """The meter requires a login first."""


class PasswordMissingError(RefusedError):
    """The meter requires a login, and no password for it is known; nothing was sent."""


class NotOfferedError(MeterError):
    """The transport does not offer what was asked, and another one may; nothing was sent."""


class DisplayOverTlsError(RefusedError):
    """The meter takes what is for its display without TLS only (manual: v1/force_display)."""


class PageLockedError(RefusedError):
    """A remote display does not let its page be switched, as while its P01.05 is not DISABLE."""


class EntryNotFoundError(MeterError):
    """A logbook has no such entry."""


class TransactionNotFoundError(EntryNotFoundError):
    """No saved record has this transaction ID, whichever field the meter takes for it."""


class EntryNotReadyError(MeterError):
    """The meter did not fetch an entry of a logbook in time."""


class SearchNotOfferedError(MeterError):
    """This transport finds records by position only; REST finds them by their numbers, too."""


class ParameterError(MeterError, ValueError):
    """A change of a system parameter is impossible; nothing was written.

    Attributes:
        name: the parameter, such as ``P04_02``.
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


class UnknownParameterError(ParameterError):
    """The manual, or this meter, does not know the parameter."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "there is no such parameter")


class ParameterValueError(ParameterError):
    """The value is out of the parameter's range.

    Attributes:
        possible: the range.
    """

    def __init__(self, name: str, possible: str) -> None:
        super().__init__(name, f"{possible} is possible")
        self.possible = possible


class ParametersLockedError(MeterError):
    """The meter is commissioned (*operating*), which locks its parameters; nothing was written."""


class ParametersLeftError(MeterError):
    """Some parameters are not as they were to be.

    Attributes:
        names: of those parameters.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class ParametersNotTakenError(ParametersLeftError):
    """After the reboot some parameters have not the values that were written."""


class ParametersPendingError(ParametersLeftError):
    """What an earlier change left unsaved in the meter can't be taken back; nothing more was written."""


class ParametersNotSavedError(ParametersLeftError):
    """Parameters were written, and it is not known whether the meter has saved them.

    The values from before are written back: now, or before the parameters are read or changed again.
    """


class RebootTimeoutError(MeterError):
    """Parameters were written, and since its reboot the meter does not answer where it did."""


# --- the charge cycle -------------------------------------------------------------------------


class ChargeCycleError(MeterError):
    """A step of the charge cycle could not be taken."""


class CycleActiveError(ChargeCycleError):
    """A charge cycle is running, and what was asked is possible only while none is."""


class NoCycleError(ChargeCycleError):
    """No charge cycle is running, and what was asked needs one."""


class NotCommissionedError(ChargeCycleError):
    """The meter has no key yet: its commissioning has to be finished before a charge can start."""


class FatalErrorsError(ChargeCycleError):
    """The meter does not start a charge, and reports fatal errors (manual: e_1 to e_12).

    Attributes:
        errors: their numbers.
    """

    def __init__(self, errors: tuple[int, ...]) -> None:
        super().__init__(f"fatal errors {', '.join(map(str, errors))}")
        self.errors = errors


class IdentityNotSignedError(ChargeCycleError):
    """The charge runs, and its record does not carry the identification that was handed over."""


class StepFailedError(ChargeCycleError):
    """The meter reported errors, or did not reach the state that ends the step.

    Attributes:
        errors: names of the error bits that were set, as in the manual; empty after a mere timeout.
    """

    def __init__(self, message: str, errors: tuple[str, ...] = ()) -> None:
        super().__init__(f"{message}: {', '.join(errors)}" if errors else message)
        self.errors = errors


class ClockNotSynchronisedError(StepFailedError):
    """The meter did not take the time, and an unsynchronised charge is not started."""


class PrototypeRefusedError(StepFailedError):
    """The meter did not accept the identification written before a charge."""


class CommandFailedError(StepFailedError):
    """A command was not carried out, or the record of it was not signed."""


class ErrorsPersistError(StepFailedError):
    """Error bits stayed set after they had been reset."""


class RecordUnavailableError(ChargeCycleError):
    """The command was carried out and the meter holds its record, but it could not be fetched."""


class LogbookUnreadableError(MeterError):
    """One entry after the other of a logbook is no record, or is not given out."""


# --- what the user gave -----------------------------------------------------------------------


class InputError(MeterError, ValueError):
    """What the user gave can't be written to the meter; nothing was sent.

    Attributes:
        field: the OCMF key of what is wrong: IF, ID, TT or CI; or the place of a text on a remote
            display, such as ``title_1``.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class FlagsConflictError(InputError):
    """Two identification flags speak of the same means of identification."""

    def __init__(self) -> None:
        super().__init__("IF", "only one flag of each group is possible")


class TextCharactersError(InputError):
    """A text holds a character that a record can't (anything but printable ASCII, or ``|``)."""

    def __init__(self, field: str) -> None:
        super().__init__(field, "only printable ASCII without '|' is possible")


class TextTooLongError(InputError):
    """A text is longer than it may be.

    Attributes:
        length: how long it is, in bytes.
        limit: how long it may be, in bytes, given the other texts.
    """

    def __init__(self, field: str, length: int, limit: int) -> None:
        super().__init__(field, f"{length} bytes, {limit} are possible")
        self.length = length
        self.limit = limit


class PageTextCharactersError(InputError):
    """A text for a remote display holds anything but printable ASCII."""

    def __init__(self, field: str) -> None:
        super().__init__(field, "only printable ASCII is possible")


class PageTextTooLongError(TextTooLongError):
    """A text does not fit its place on a remote display."""
