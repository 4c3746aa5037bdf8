"""Forms as the browser sees them: over Home Assistant's own HTTP interface."""

from http import HTTPStatus
from typing import Any, Final

from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component

from custom_components.lovato_dmed4.const import DOMAIN

from .plugin import ClientSessionGenerator

type Form = dict[str, Any]

_CONFIG: Final = "/api/config/config_entries/flow"
_OPTIONS: Final = "/api/config/config_entries/options/flow"
_REPAIRS: Final = "/api/repairs/issues/fix"

# Where the answers to a form go, and where its texts are, noted with the form.
_BASE: Final = "base"
_PART: Final = "part"


class Browser:
    """Opens and submits forms, as an administrator does.

    Attributes:
        seen: the steps, errors and ends that were shown, by where `strings.json` has their texts.
    """

    def __init__(self, hass: HomeAssistant, client: Any) -> None:
        self._hass = hass
        self._client = client
        self.seen: set[str] = set()

    @classmethod
    async def open(cls, hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Browser:
        # The web server takes no new addresses once it runs.
        for component in ("config", "repairs", DOMAIN):
            assert await async_setup_component(hass, component, {})
        return cls(hass, await hass_client())

    def prefer(self, languages: str) -> None:
        """Ask for these languages from now on, as a browser's settings do."""
        self._client.session.headers["Accept-Language"] = languages

    async def set_up(self) -> Form:
        """Add a device."""
        return await self._post(_CONFIG, {"handler": DOMAIN, "context": {"source": SOURCE_USER}})

    async def reconfigure(self, entry: ConfigEntry) -> Form:
        context = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
        return await self._post(_CONFIG, {"handler": DOMAIN, **context})

    async def reauth(self) -> Form:
        """Open the one form that asks for the password."""
        flows = self._hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        (flow,) = (each for each in flows if each["context"]["source"] == SOURCE_REAUTH)
        response = await self._client.get(f"{_CONFIG}/{flow['flow_id']}")
        return await self._read(response, {_BASE: _CONFIG, _PART: "config"})

    async def options(self, entry: ConfigEntry) -> Form:
        return await self._post(_OPTIONS, {"handler": entry.entry_id}, part="options")

    async def repair(self, issue_id: str) -> Form:
        issue = ir.async_get(self._hass).issues[DOMAIN, issue_id]
        body = {"handler": DOMAIN, "issue_id": issue_id}
        return await self._post(_REPAIRS, body, part=f"issues.{issue.translation_key}.fix_flow")

    async def submit(self, form: Form, answers: dict[str, Any]) -> Form:
        """Submit a form, or choose in a menu; return what is shown next."""
        response = await self._client.post(f"{form[_BASE]}/{form['flow_id']}", json=answers)
        return await self._read(response, {key: form[key] for key in (_BASE, _PART)})

    async def follow(self, form: Form) -> Form:
        """Look at what a dialogue shows now, as when its progress is over."""
        response = await self._client.get(f"{form[_BASE]}/{form['flow_id']}")
        return await self._read(response, {key: form[key] for key in (_BASE, _PART)})

    async def choose(self, menu: Form, step: str) -> Form:
        assert menu["type"] == "menu"
        assert step in menu["menu_options"]
        return await self.submit(menu, {"next_step_id": step})

    async def answer(self, form: Form, answers: dict[str, Any]) -> int:
        """Submit a form whose subject may be gone; return the HTTP status."""
        response = await self._client.post(f"{form[_BASE]}/{form['flow_id']}", json=answers)
        status: int = response.status
        return status

    async def status_of_repair(self, issue_id: str) -> int:
        """Open the repair of an issue that there may not be; return the HTTP status."""
        body = {"handler": DOMAIN, "issue_id": issue_id}
        status: int = (await self._client.post(_REPAIRS, json=body)).status
        return status

    async def _post(self, url: str, body: dict[str, Any], part: str = "config") -> Form:
        response = await self._client.post(url, json=body)
        return await self._read(response, {_BASE: url, _PART: part})

    async def _read(self, response: Any, whose: Form) -> Form:
        assert response.status == HTTPStatus.OK, await response.text()
        shown: Form = await response.json()
        await self._hass.async_block_till_done(wait_background_tasks=True)
        self._note(shown, whose[_PART])
        return {**shown, **whose}

    def _note(self, shown: Form, part: str) -> None:
        found = {f"{part}.error.{error}" for error in (shown.get("errors") or {}).values()}
        if shown["type"] == "progress":
            found.add(f"{part}.progress.{shown['progress_action']}")
        if shown["type"] in {"form", "menu"}:
            found.add(f"{part}.step.{shown['step_id']}")
        if shown["type"] == "abort":
            found.add(f"{part}.abort.{shown['reason']}")
        self.seen |= found


def issue_ids(hass: HomeAssistant) -> set[str]:
    """The repairs that are shown now."""
    return {
        issue_id
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active
    }


def device_link(hass: HomeAssistant, entry: ConfigEntry) -> str:
    """The page of an entry's device, as a repair links to it."""
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return f"/config/devices/device/{device.id}"


def prefilled(form: Form) -> dict[str, Any]:
    """What a form shows before anything is typed."""
    return {
        field["name"]: field.get("description", {}).get("suggested_value", field.get("default"))
        for field in form["data_schema"]
    }
