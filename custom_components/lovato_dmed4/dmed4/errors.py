"""What can go wrong between us and a meter: one tree of exceptions.

The leaves are distinct because a person has to do something different about each of them.
"""


class MeterError(Exception):
    """Whatever keeps a meter from doing what it was asked."""


# --- the way to the meter ---------------------------------------------------------------------


class CannotConnectError(MeterError):
    """Nothing answers at the address, or the link was lost."""


class SilentError(MeterError):
    """The link is up, but no answer came in time."""


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
    """The meter understood the request and refused it (exception code or HTTP status in the text)."""


class WrongPasswordError(RefusedError):
    """The meter did not take the password."""


class LoginLockedError(RefusedError):
    """The login is locked after wrong passwords."""


class NotLoggedInError(RefusedError):
    """The meter wants a login first."""


class PageLockedError(RefusedError):
    """A remote display does not let its page be switched, as while its P01.05 is not DISABLE."""


class EntryNotFoundError(MeterError):
    """A logbook has no such entry."""


class ParameterError(MeterError, ValueError):
    """A system parameter is unknown, or a value is out of its range; nothing was written.

    Attributes:
        name: the parameter, such as ``P04_02``.
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


# --- the charge cycle -------------------------------------------------------------------------


class ChargeCycleError(MeterError):
    """A step of the charge cycle could not be taken."""


class CycleActiveError(ChargeCycleError):
    """A charge cycle is running, and what was asked is possible only while none is."""


class NoCycleError(ChargeCycleError):
    """No charge cycle is running, and what was asked needs one."""


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
