"""A stranger: the released ZIP in a new Home Assistant, a meter over each transport, a blueprint, a charge.

At the end everything is removed again, and nothing stays but the archive.
"""

import asyncio
from collections.abc import AsyncIterator
import json
from pathlib import Path
import re
import subprocess
import sys
from typing import Any
import zipfile

import pytest

from tools import release
from tools.demo.client import DOMAIN, Client, connected
from tools.demo.home_assistant import (
    CONFIGURATION,
    REPOSITORY,
    base_url,
    free_port,
    home_assistant,
    prepare,
)
from tools.demo.process import running
from tools.demo.record import verify

CONFIG_FLOW = "/api/config/config_entries/flow"
BLUEPRINT = "lovato_dmed4/start_and_end_charge.yaml"
SOURCE = REPOSITORY / "blueprints" / "automation" / BLUEPRINT
PLUG = "binary_sensor.plug"
TAG = "04A2B3C4D5"

# The simulator's options, what it says of each meter, and what the stranger enters.
METERS: dict[str, tuple[tuple[str, str], str, str, dict[str, Any]]] = {
    "REST": (("--rest", "0"), r"REST http://([\d.]+):(\d+)", "rest", {}),
    "REST over TLS": (
        ("--rest-tls", "0"),
        r"REST https://([\d.]+):(\d+)",
        "rest",
        {"tls": "pinned"},
    ),
    "TCP": (("--modbus-tcp", "0"), r"Modbus TCP ([\d.]+):(\d+)", "modbus_tcp", {"unit_id": 1}),
    "RTU over TCP": (
        ("--rtu-tcp", "0"),
        r"Modbus RTU over TCP ([\d.]+):(\d+)",
        "modbus_tcp",
        {"unit_id": 1, "framing": "rtu"},
    ),
    "gateway": (
        ("--gateway", "0"),
        r"Modbus TCP gateway ([\d.]+):(\d+) unit 2",
        "modbus_tcp",
        {"unit_id": 2},
    ),
    "RTU": (("--rtu", "pty"), r"Modbus RTU (/dev/\S+)", "modbus_serial", {"framing": "rtu"}),
    "ASCII": (
        ("--ascii", "pty"),
        r"Modbus ASCII (/dev/\S+)",
        "modbus_serial",
        {"framing": "ascii"},
    ),
}
LINE = {"baudrate": "9600", "data_format": "8N", "stop_bits": "1", "unit_id": 1}


@pytest.fixture
async def simulated(tmp_path: Path) -> AsyncIterator[dict[str, tuple[str, ...]]]:
    """Start a meter for each transport; returns what each says of itself."""
    options = [part for option, *_ in METERS.values() for part in option]
    command = (sys.executable, "-u", "-m", "simulator", *options, "--seed", "1")
    log = tmp_path / "simulator.log"
    async with running("The meters", *command, log=log, cwd=REPOSITORY) as process:
        found = {}
        for name, (_, says, *_rest) in METERS.items():
            line = re.compile(f"{says} .*public key ([0-9a-f]+)$")
            found[name] = (await process.wait_for_line(line, 30)).groups()
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a Home Assistant with nothing but the ZIP of the release."""
    folder = tmp_path / "home"
    prepare(folder, free_port(), CONFIGURATION + "\nautomation: !include automations.yaml\n")
    (folder / "config" / "automations.yaml").write_text("[]")
    installed = folder / "config" / "custom_components" / DOMAIN
    installed.unlink()
    file = tmp_path / release.ZIP_NAME
    subprocess.run([REPOSITORY / "scripts" / "release-zip", file], check=True)  # noqa: S603
    zipfile.ZipFile(file).extractall(installed)
    return folder


async def set_up(client: Client, name: str, says: tuple[str, ...]) -> str:
    """Go through the config flow as a person does, an unknown certificate included."""
    *_, transport, extra = METERS[name]
    address = (
        {"device": says[0], **LINE}
        if transport == "modbus_serial"
        else {
            "host": says[0],
            "port": int(says[1]),
        }
    )
    menu = await client.post(CONFIG_FLOW, {"handler": DOMAIN})
    flow = f"{CONFIG_FLOW}/{menu['flow_id']}"
    await client.post(flow, {"next_step_id": transport})
    answer = await client.post(flow, address | extra)
    if answer.get("step_id") == "certificate":
        answer = await client.post(flow, {})
    assert answer["type"] == "create_entry", (name, answer)
    entry_id: str = answer["result"]["entry_id"]
    return entry_id


async def import_blueprint(client: Client) -> None:
    """Save it as an import does, which would fetch it from its address."""
    content = SOURCE.read_text()
    saved = {"domain": "automation", "path": BLUEPRINT, "yaml": content}
    url = re.search(r"source_url: (\S+)", content)
    assert url is not None
    await client.commands({"type": "blueprint/save", "source_url": url[1], **saved})


async def charge_by_tag(client: Client, device_id: str, entities: dict[str, str]) -> None:
    """Let the blueprint's automation start a charge, and end it by unplugging."""

    async def plug(state: str) -> None:
        await client.post(f"/api/states/{PLUG}", {"state": state})

    await plug("off")
    inputs = {"meter": device_id, "plug": PLUG, "unplugged_for": {"seconds": 1}}
    automation = {"alias": "Charge", "use_blueprint": {"path": BLUEPRINT, "input": inputs}}
    await client.post("/api/config/automation/config/charge", automation)
    # The editor's change is taken up in the background; this one is waited for.
    await client.post("/api/services/automation/reload", {})
    await client.wait_for_state("automation.charge", "on".__eq__, 10)
    await plug("on")
    await client.post("/api/events/tag_scanned", {"tag_id": TAG, "device_id": None})
    await client.wait_for_state(entities["charging"], "on".__eq__, 30)
    await client.wait_for_state(entities["power"], lambda state: float(state) > 0, 30)
    await plug("off")
    await client.wait_for_state(entities["charging"], "off".__eq__, 30)


async def check_record(client: Client, device_id: str, key: bytes) -> None:
    """Find the charge, verify its last record in three ways, and download it."""
    (listed,) = (await client.act("list_sessions", device_id, search=TAG))["sessions"]
    # The states tell of the end before the last record is fetched and archived.
    while True:
        session = await client.act("get_session", device_id, session_id=listed["session_id"])
        if session["outcome"] != "open":
            break
        await asyncio.sleep(0.2)
    assert (session["verdict"], session["outcome"]) == ("valid", "ended")
    report = session["record_reports"][-1]
    content = (await client.request("GET", report["links"]["ocmf"])).decode()
    assert f'"ID":"{TAG}"' in content
    assert verify(content, key).energy > 0
    pasted = await client.act("verify_record", device_id, record=content, public_key=key.hex())
    assert pasted["signature"]["verdict"] == "valid"
    pasted = await client.act(
        "verify_record", device_id, record=content.replace(TAG, TAG[::-1]), public_key=key.hex()
    )
    assert pasted["signature"]["verdict"] == "invalid"


def traces(config: Path) -> list[str]:
    """Find what tells of the integration, but for what Home Assistant keeps of all that is deleted."""
    found = [path.name for path in (config / ".storage").glob(f"{DOMAIN}*")]
    for name in ("core.config_entries", "lovelace_resources"):
        file = config / ".storage" / name
        if file.exists() and DOMAIN in file.read_text():
            found.append(name)
    for name, kinds in (("device", "devices"), ("entity", "entities")):
        data = json.loads((config / ".storage" / f"core.{name}_registry").read_text())["data"]
        found += [name for each in data[kinds] if DOMAIN in json.dumps(each)]
    return found


@pytest.mark.timeout(180)
async def test_from_the_zip_to_the_record_and_away_again(
    simulated: dict[str, tuple[str, ...]], folder: Path
) -> None:
    config = folder / "config"
    port = json.loads((config / ".storage" / "http").read_text())["data"]["stable"]["server_port"]
    async with home_assistant(folder), connected(base_url(port)) as client:
        await client.onboard("Stranger", "stranger", "a long password")
        entries = {name: await set_up(client, name, says) for name, says in simulated.items()}
        await import_blueprint(client)
        for name in ("REST", "TCP"):
            device_id, entities = await client.find_meter(entries[name])
            await charge_by_tag(client, device_id, entities)
            await check_record(client, device_id, bytes.fromhex(simulated[name][-1]))
        states = json.loads(await client.request("GET", "/api/states"))
        assert any("dmed4" in state["entity_id"] for state in states)
        for entry_id in entries.values():
            await client.request("DELETE", f"/api/config/config_entries/entry/{entry_id}")
        states = json.loads(await client.request("GET", "/api/states"))
        panels = (await client.commands("get_panels"))[0]
    left = {state["entity_id"] for state in states if "dmed4" in state["entity_id"]}
    assert left == set()
    assert not any("dmed4" in name for name in panels)
    assert traces(config) == []
    assert (config / "lovato_dmed4.db").stat().st_size > 0
    assert not re.search(rf"ERROR .*{DOMAIN}", (folder / "home-assistant.log").read_text())
