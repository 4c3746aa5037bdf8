"""Whom to call when there is news."""

from collections.abc import Callable
from functools import partial

from homeassistant.core import CALLBACK_TYPE, callback

from ..const import LOGGER


class Listeners[NewsT]:
    """Functions that are called with each piece of news, in the event loop."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[NewsT], None]] = []

    @callback
    def async_add(self, listener: Callable[[NewsT], None]) -> CALLBACK_TYPE:
        """Call a listener from now on, until the function that is returned is called."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    @callback
    def async_tell(self, news: NewsT) -> None:
        """Call all listeners. One that fails is logged and does not keep the others from hearing."""
        for listener in tuple(self._listeners):
            try:
                listener(news)
            except Exception:  # noqa: BLE001 - what has happened has happened, whatever they make of it
                LOGGER.exception("A listener failed")
