"""What the codes of a report mean, in the language of this Home Assistant.

The browser side translates the codes itself, in its user's language; the response of an action is read
by people, too, and comes with the sentences. They go into notifications, which read Markdown: what they
quote of a record is without it.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..connection.names import without_markup
from ..const import DOMAIN
from ..ocmf import Severity
from .shapes import ClockShape, FindingShape, ReportShape, SessionDetailShape, TransparencyShape

CATEGORY: Final = "config_panel"
ACCEPTED: Final = "accepted"

_OPTIONS: Final = "selector"
# Where the words of a table are, and what their names begin with; the later ones count.
_WORDS: Final = (
    (f"{CATEGORY}.table", ""),
    (f"{CATEGORY}.identification_type", "identification_type."),
    (f"{CATEGORY}.identification_level", "identification_level."),
    (f"{CATEGORY}.not_billed", "not_billed."),
    (f"{CATEGORY}.refusal", "transparency_software."),
    (f"{CATEGORY}.table_word", ""),
    (f"{_OPTIONS}.session_outcome.options", "outcome."),
    (f"{_OPTIONS}.session_verdict.options", "verdict."),
)

type Texts = Mapping[str, str]


async def async_texts(hass: HomeAssistant) -> Texts:
    """Load the sentences."""
    return await async_get_translations(hass, hass.config.language, CATEGORY, {DOMAIN})


async def async_titles(hass: HomeAssistant) -> Texts:
    """Load a table's words: titles of columns by name, and what codes mean by `column.code`."""
    texts = await async_texts(hass)
    options = await async_get_translations(hass, hass.config.language, _OPTIONS, {DOMAIN})
    titles: dict[str, str] = {}
    for part, name in _WORDS:
        prefix = f"component.{DOMAIN}.{part}."
        for key, text in {**texts, **options}.items():
            if key.startswith(prefix):
                titles[name + key.removeprefix(prefix)] = text
    return titles


def explain_record(report: ReportShape, texts: Texts) -> list[str]:
    """Explain the assessment of a single record."""
    return list(_record(report, texts))


def explain_session(session: SessionDetailShape, texts: Texts) -> list[str]:
    """Say what is to be said of a session as a whole."""
    return [
        _text(texts, "verdict", session["verdict"]),
        _text(texts, "outcome", session["outcome"]),
        *(_finding(finding, texts) for finding in session["findings"]),
        _clock(session["clock"], texts),
        _transparency(session["transparency"], texts),
    ]


def _record(report: ReportShape, texts: Texts) -> Iterator[str]:
    yield _text(texts, "signature", report["signature"]["verdict"])
    yield _text(texts, "signature_reason", report["signature"]["reason"])
    yield _text(texts, "key", report["key"]["verdict"])
    yield _clock(report["clock"], texts)
    for deviation in report["deviations"]:
        if deviation["severity"] != Severity.NOTE:
            path = without_markup(deviation["path"])
            yield f"{_text(texts, 'deviation', deviation['code'])} ({path})"
    yield _transparency(report["transparency"], texts)


def _finding(finding: FindingShape, texts: Texts) -> str:
    text = _text(texts, "finding", finding["code"])
    for number, value in enumerate(finding["values"], 1):
        text = text.replace(f"{{value_{number}}}", without_markup(value))
    return text


def _clock(clock: ClockShape, texts: Texts) -> str:
    """Say how good the clock was only where nothing else keeps the time from being billed."""
    if clock["reason"] is not None:
        return _text(texts, "time_reason", clock["reason"])
    return _text(texts, "clock", clock["quality"])


def _transparency(transparency: TransparencyShape, texts: Texts) -> str:
    return _text(texts, "refusal", transparency["refusal"] or ACCEPTED)


def _text(texts: Texts, part: str, code: str) -> str:
    # A code without a text is shown as it is: tests see to it that there is none.
    return texts.get(f"component.{DOMAIN}.{CATEGORY}.{part}.{code}", code)
