"""Why a simulated meter refuses what it is asked; each transport has its own words for it."""


class MeterError(Exception):
    """The meter refuses; nothing has changed."""


class NotValidError(MeterError):
    """The operation is not valid in the meter's present state."""


class OutOfRangeError(MeterError):
    """The value is out of its range."""


class NoEntryError(OutOfRangeError):
    """The logbook has no such entry."""


class NoRegisterError(MeterError):
    """No such register is documented, or not for this access."""


class BusyError(MeterError):
    """The meter is still signing, or still checking a prototype."""


class NotLoggedInError(MeterError):
    """Only after a login may this be done."""


class WrongPasswordError(MeterError):
    """The password is wrong."""


class LoginLockedError(MeterError):
    """There have been too many wrong passwords."""
