"""What a person does in the browser, over the same HTTP and WebSocket interfaces."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
import itertools
import json
from typing import Any

import aiohttp

from .console import DemoError

DOMAIN = "lovato_dmed4"
POLL_SECONDS = 0.2
# An action waits for the meter, which takes its time to sign.
REQUEST_TIMEOUT = aiohttp.ClientTimeout(total=60)


type Tokens = dict[str, Any]


def _expect(kind: str, flow: dict[str, Any]) -> dict[str, Any]:
    if flow["type"] != kind:
        raise DemoError(f"The config flow answered with something else than a {kind}: {flow}")
    return flow


class Client:
    """A logged-in user of one Home Assistant."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._client_id = f"{url}/"
        self._token = ""
        self._refresh_token = ""

    async def request(self, method: str, path: str, **options: Any) -> bytes:
        """Return the body of the answer to a request that has to succeed."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        async with self._session.request(
            method, self._url + path, headers=headers, **options
        ) as response:
            body = await response.read()
        if not response.ok:
            raise DemoError(
                f"{method} {path}: {response.status} {response.reason}: {body.decode(errors='replace')}"
            )
        return body

    async def post(self, path: str, data: Mapping[str, object]) -> Any:
        """Post JSON and return the JSON that comes back."""
        return json.loads(await self.request("POST", path, json=data))

    async def onboard(self, name: str, user: str, password: str) -> Tokens:
        """Make the first user, log in and stay so."""
        made = await self.post(
            "/api/onboarding/users",
            {
                "client_id": self._client_id,
                "name": name,
                "username": user,
                "password": password,
                "language": "en",
            },
        )
        return await self._log_in(made["auth_code"])

    async def log_in(self, user: str, password: str) -> Tokens:
        """Log in and stay so."""
        flow = await self.post(
            "/auth/login_flow",
            {
                "client_id": self._client_id,
                "handler": ["homeassistant", None],
                "redirect_uri": self._client_id,
            },
        )
        answer = await self.post(
            f"/auth/login_flow/{flow['flow_id']}",
            {"client_id": self._client_id, "username": user, "password": password},
        )
        return await self._log_in(_expect("create_entry", answer)["result"])

    async def _log_in(self, code: str) -> Tokens:
        grant = {"grant_type": "authorization_code", "client_id": self._client_id, "code": code}
        tokens: Tokens = json.loads(await self.request("POST", "/auth/token", data=grant))
        self._token = tokens["access_token"]
        self._refresh_token = tokens["refresh_token"]
        return tokens

    async def add_user(self, name: str, user: str, password: str) -> None:
        """Make a user who is no administrator."""
        (made,) = await self.commands(
            {
                "type": "config/auth/create",
                "name": name,
                "group_ids": ["system-users"],
                "local_only": False,
            }
        )
        await self.commands(
            {
                "type": "config/auth_provider/homeassistant/create",
                "user_id": made["user"]["id"],
                "username": user,
                "password": password,
            }
        )

    async def renew(self) -> None:
        """Stay logged in for another half an hour."""
        grant = {
            "grant_type": "refresh_token",
            "client_id": self._client_id,
            "refresh_token": self._refresh_token,
        }
        token = json.loads(await self.request("POST", "/auth/token", data=grant))
        self._token = token["access_token"]

    async def set_up(self, transport: str, fields: Mapping[str, object]) -> str:
        """Go through the config flow and return the entry's ID."""
        start = "/api/config/config_entries/flow"
        menu = _expect("menu", await self.post(start, {"handler": DOMAIN}))
        flow = f"{start}/{menu['flow_id']}"
        _expect("form", await self.post(flow, {"next_step_id": transport}))
        created = _expect("create_entry", await self.post(flow, fields))
        entry_id: str = created["result"]["entry_id"]
        return entry_id

    async def commands(self, *commands: str | dict[str, object]) -> list[Any]:
        """Give commands, mere types or with data, over WebSocket and return their results."""
        async with self._session.ws_connect(f"{self._url}/api/websocket") as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self._token})
            if (answer := await socket.receive_json())["type"] != "auth_ok":
                raise DemoError(f"The WebSocket interface refused the login: {answer}")
            numbers = itertools.count(1)
            results = []
            for command in commands:
                content = {"type": command} if isinstance(command, str) else command
                await socket.send_json({"id": next(numbers)} | content)
                answer = await socket.receive_json()
                if not answer["success"]:
                    raise DemoError(f"{content['type']}: {answer['error']}")
                results.append(answer["result"])
            return results

    async def add_dashboard(
        self, path: str, title: str, views: Sequence[Mapping[str, object]]
    ) -> None:
        """Make a dashboard that is reached from the sidebar."""
        await self.commands(
            {
                "type": "lovelace/dashboards/create",
                "url_path": path,
                "title": title,
                "icon": "mdi:ev-station",
                "mode": "storage",
                "show_in_sidebar": True,
                "require_admin": False,
            },
            {"type": "lovelace/config/save", "url_path": path, "config": {"views": views}},
        )

    async def find_meter(self, entry_id: str) -> tuple[str, dict[str, str]]:
        """Return the ID of an entry's device and its entity IDs by translation key."""
        devices, entities = await self.commands(
            "config/device_registry/list", "config/entity_registry/list"
        )
        ids = [device["id"] for device in devices if device["config_entry_id"] == entry_id]
        if len(ids) != 1:
            raise DemoError(f"The entry {entry_id} has {len(ids)} devices instead of one.")
        return ids[0], {
            entity["translation_key"]: entity["entity_id"]
            for entity in entities
            if entity["device_id"] == ids[0] and not entity["disabled_by"]
        }

    async def state(self, entity_id: str) -> dict[str, Any]:
        """Return an entity's state object."""
        state: dict[str, Any] = json.loads(await self.request("GET", f"/api/states/{entity_id}"))
        return state

    async def wait_for_state(
        self, entity_id: str, accept: Callable[[str], bool], seconds: float
    ) -> str:
        """Wait until an entity's state is acceptable and return it with its unit."""
        state: dict[str, Any] = {}
        try:
            async with asyncio.timeout(seconds):
                while True:
                    state = await self.state(entity_id)
                    if accept(state["state"]):
                        return f"{state['state']} {state['attributes'].get('unit_of_measurement', '')}".strip()
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise DemoError(
                f"{entity_id} is not as expected after {seconds:.0f} s, but {state.get('state')!r}"
            ) from None

    async def act(self, action: str, device_id: str, **data: object) -> dict[str, Any]:
        """Perform one of the integration's actions and return its response."""
        answer = await self.post(
            f"/api/services/{DOMAIN}/{action}?return_response", {"device_id": device_id, **data}
        )
        response: dict[str, Any] = answer["service_response"]
        return response


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Client]:
    """Yield a client of the Home Assistant at the URL."""
    async with aiohttp.ClientSession(timeout=REQUEST_TIMEOUT) as session:
        yield Client(session, url)
