"""Where records are downloaded, and who gets there without a header: signed addresses."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from aiohttp.hdrs import ACCEPT_LANGUAGE
from homeassistant.auth.models import RefreshToken, User
from homeassistant.components.http import KEY_HASS_REFRESH_TOKEN_ID
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.websocket_api import current_connection
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.http import current_request
from yarl import URL

from ..const import DOMAIN

DOWNLOADS: Final = f"/api/{DOMAIN}/{{entry_id}}"
ATTEMPT: Final = f"/api/{DOMAIN}/attempts/{{flow_id}}/examination.json"

# For a person who looks at an answer and clicks: not so long that an address in a log is of use.
EXPIRY: Final = timedelta(minutes=30)


def last_record_path(entry_id: str) -> str:
    """Get the path of the download of what the meter itself calls its last record."""
    return f"{DOWNLOADS.format(entry_id=entry_id)}/last_record.ocmf"


def examination_path(entry_id: str) -> str:
    """Get the path of the download of the file of the last examination."""
    return f"{DOWNLOADS.format(entry_id=entry_id)}/examination.json"


def record_path(entry_id: str, record_id: int, form: str) -> str:
    """Get the path of the download of a record."""
    return f"{DOWNLOADS.format(entry_id=entry_id)}/records/{record_id}.{form}"


def session_path(entry_id: str, session_id: int, form: str) -> str:
    """Get the path of the download of a session's records."""
    return f"{DOWNLOADS.format(entry_id=entry_id)}/sessions/{session_id}.{form}"


def period_path(entry_id: str, form: str, query: Mapping[str, Any]) -> str:
    """Get the path of the download of all sessions that a query is about."""
    return _with_query(f"{DOWNLOADS.format(entry_id=entry_id)}/sessions.{form}", query)


def statement_path(entry_id: str, form: str, query: Mapping[str, Any]) -> str:
    """Get the path of the download of a statement of all sessions that a query is about."""
    return _with_query(f"{DOWNLOADS.format(entry_id=entry_id)}/statement.{form}", query)


def receipt_path(entry_id: str, session_id: int, query: Mapping[str, Any]) -> str:
    """Get the path of the download of a session's receipt."""
    path = f"{DOWNLOADS.format(entry_id=entry_id)}/sessions/{session_id}/receipt.pdf"
    return _with_query(path, query)


def _with_query(path: str, query: Mapping[str, Any]) -> str:
    values = {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in query.items()
        if value
    }
    return str(URL(path).with_query(values))


def attempt_path(flow_id: str) -> str:
    """Get the path of the download of the examination of a meter that could not be set up."""
    return ATTEMPT.format(flow_id=flow_id)


@callback
def async_signed(hass: HomeAssistant, path: str, context: Context | None) -> str:
    """Sign a path for the administrator who asks, if there is one, so that a browser can open it.

    It is signed with the login of that person and is good only as long as that is. An automation has
    no login: it gets the path as it is, which takes an administrator's login to open. Nothing is ever
    signed for Home Assistant's content user, in whose name anyone may request pictures and sounds.

    Args:
        hass: Home Assistant.
        path: of the download.
        context: of the action; None in a set-up, which has the person's request and no other.
    """
    token = _token(hass)
    if token is None or not token.user.is_admin:
        return path
    if context is not None and token.user.id != context.user_id:
        return path
    return async_sign_path(hass, path, EXPIRY, refresh_token_id=token.id)


@callback
def async_person(hass: HomeAssistant) -> User | None:
    """Get the person who asks; None for an automation."""
    token = _token(hass)
    return None if token is None else token.user


@callback
def async_browser_language() -> str:
    """Get the language that the browser of the present question prefers, such as `de`; empty if unknown."""
    request = current_request.get()
    header = "" if request is None else request.headers.get(ACCEPT_LANGUAGE, "")
    return header.partition(",")[0].partition(";")[0].partition("-")[0].strip().lower()


@callback
def _token(hass: HomeAssistant) -> RefreshToken | None:
    token_id = _login()
    return None if token_id is None else hass.auth.async_get_refresh_token(token_id)


@callback
def _login() -> str | None:
    """Get the login over which the present question came."""
    if (connection := current_connection.get()) is not None:
        return connection.refresh_token_id
    request = current_request.get()
    return None if request is None else request.get(KEY_HASS_REFRESH_TOKEN_ID)
