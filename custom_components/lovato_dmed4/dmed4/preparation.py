"""The prototype of a charge, handed over in the form that the meter requires.

The manual leaves that form open (v1/ocmf). A refused prototype costs nothing: its errors are reset, no
record is made, and the meter is as it was. So at the first charge the other forms are tried.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import logging
from typing import Final

from .errors import IdentityNotSignedError, MeterError, PrototypeRefusedError, RefusedError
from .meter import Meter
from .model import Container, Identity, MeasurementStatus, SignatureStatus, Status
from .prototype import (
    DEFAULT_FORM,
    ChargeIdentity,
    PrototypeForm,
    build_prototype,
    came_back,
    next_form,
)
from .watch import Watch, complaints, not_signing

_LOGGER = logging.getLogger(__name__)

_CHECKING_POLLS: Final = 5
"""Time that a meter takes to check a prototype, at most, as a multiple of that between two looks."""

type Build = Callable[[PrototypeForm], bytes]
"""Builds the prototype of a charge in a form."""


class Preparation:
    """Hands prototypes over.

    Attributes:
        form: the form that the meter has accepted and signed; None until a charge has shown it.
            What is set here is used first, and what was found out stands here afterwards.
        prototype: that of the last charge, which a meter may want again after a power failure;
            empty when there was none. It holds the identification.
    """

    def __init__(self, meter: Meter, identity: Identity, watch: Watch) -> None:
        self._meter = meter
        self._identity = identity
        self._watch = watch
        self.form: PrototypeForm | None = None
        self.prototype = b""
        # Forms that were accepted and left out of the record.
        self._ignored: list[PrototypeForm] = []
        self._accepted = DEFAULT_FORM

    def choose_form(self) -> PrototypeForm:
        """Choose the form to begin with."""
        if self.form is not None or not self._ignored:
            return self.form or DEFAULT_FORM
        form = next_form(self._ignored[-1], (), self._ignored, self._meter.containers)
        return form or self._ignored[0]

    async def prepare(self, build: Build, before: Status) -> Status:
        """Hand over the prototype of a charge.

        Args:
            build: its prototype.
            before: the status; complaints in it are known.

        Raises:
            InputError: in the form that the meter may want, a text is too long.
            PrototypeRefusedError: the meter did not accept the identification in any form.
        """
        form = self.choose_form()
        tried = list(self._ignored)
        first: PrototypeRefusedError | None = None
        while True:
            self.prototype = build(form)
            try:
                status = await self._hand_over(self.prototype, form, before)
            except PrototypeRefusedError as err:
                first = first or err
                tried.append(form)
                following = await self._form_after(err, form, tried)
                if following is None:
                    # Another firmware may want another one: the next charge may try them all.
                    self.form = None
                    raise first from None
                _LOGGER.debug("Prototype refused: %s; the next form is %s", err, following)
                form = following
            else:
                self._accepted = form
                return status

    async def _form_after(
        self, refusal: PrototypeRefusedError, form: PrototypeForm, tried: list[PrototypeForm]
    ) -> PrototypeForm | None:
        try:
            status = await self._watch.reset_errors()
        except MeterError:
            return None
        ill = any(not name.startswith("JSON_") for name in refusal.errors)
        if ill or status.measurement.charging or self.form is not None:
            return None
        return next_form(form, refusal.errors, tried, self._meter.containers)

    async def _hand_over(self, prototype: bytes, form: PrototypeForm, before: Status) -> Status:
        try:
            await self._meter.write_prototype(prototype, Container(form.container))
        except RefusedError as err:
            raise PrototypeRefusedError(str(err)) from err
        if SignatureStatus.CORRECT_JSON_RECEIVED in before.signature:
            # The status can't distinguish it from the one before until the meter has looked at it.
            await asyncio.sleep(_CHECKING_POLLS * self._watch.timing.poll)
        return await self._watch.until(
            lambda status: (
                SignatureStatus.CORRECT_JSON_RECEIVED in status.signature
                and (status.measurement is MeasurementStatus.IDLE or before.measurement.charging)
            ),
            self._watch.timing.step,
            PrototypeRefusedError,
            known=complaints(before),
        )

    def check_signed(self, record: bytes) -> None:
        """See to it that the meter has not only taken the prototype but also signed it.

        Raises:
            IdentityNotSignedError: the record does not carry it; the next charge uses another form.
        """
        if not came_back(self.prototype, record):
            self._ignored.append(self._accepted)
            self.form = None
            raise IdentityNotSignedError("the record does not carry what was handed over")
        if self._accepted != self.form:
            self.form = self._accepted
            if self.form != DEFAULT_FORM:
                self._meter.found.note(
                    f"The meter takes the prototype of a charge in the form {self.form}"
                )

    async def hand_over_again(self, status: Status) -> None:
        """Hand over the prototype of the running charge again; one without an identification if it is not known.

        Raises:
            PrototypeRefusedError: the meter did not accept it.
        """
        form = self.form or DEFAULT_FORM
        await self._hand_over(self.prototype or self._nobodys(form), form, status)

    async def take_back(self) -> None:
        """Replace a prepared cycle's prototype by one without an identification, where the meter allows it.

        Only a begin and an end bring it back to where it was. They are signed, and should not carry
        the identification of somebody who has not charged.
        """
        form = self.form or DEFAULT_FORM
        with suppress(MeterError):
            status = await self._meter.read_status()
            if status.measurement is not MeasurementStatus.IDLE or not not_signing(status):
                return
            try:
                await self._hand_over(self._nobodys(form), form, status)
            except PrototypeRefusedError:
                await self._watch.reset_errors()

    def _nobodys(self, form: PrototypeForm) -> bytes:
        return build_prototype(ChargeIdentity(), self._identity, transaction=0, form=form)
