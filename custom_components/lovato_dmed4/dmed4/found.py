"""What a meter turns out to do where the manual can be read in several ways."""

import logging

_LOGGER = logging.getLogger(__name__)


class Found:
    """Says in the log what a meter does otherwise than expected, each thing once.

    Attributes:
        texts: what has been said, as sentences about the meter, the oldest first.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []

    def note(self, *texts: str) -> None:
        """Say something, unless it has been said.

        Args:
            *texts: each of a limited number of sentences, without anything that differs each time.
        """
        for text in texts:
            if text not in self.texts:
                self.texts.append(text)
                _LOGGER.info("%s", text)
