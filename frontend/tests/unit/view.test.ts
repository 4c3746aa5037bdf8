import { describe, expect, it } from "vitest";

import { viewOf, type View } from "../../src/card/view";
import { findEntities } from "../../src/common/entities";
import type { Sample } from "../../src/common/live-watch";
import { METER, fakeHass, measuring } from "./hass";

type Changes = Parameters<typeof fakeHass>[0];

function look(changes: Changes = {}, sample?: Sample): View {
  const hass = fakeHass(changes);
  return viewOf(hass, findEntities(hass, METER), sample);
}

const CHARGING = {
  "binary_sensor.charging": measuring("active"),
  "sensor.power": "62.5",
  "sensor.voltage": "398",
  "sensor.current": "157",
};

const sampleOf = (power: number | null): Sample => ({ time: 1, voltage: 400, current: 100, power });

describe("the state of a meter", () => {
  it.each<[Changes, string, string]>([
    [{}, "ready", "primary"],
    [{ "binary_sensor.charging": measuring("idle") }, "prepared", "primary"],
    [{ "sensor.signature_status": "in_progress" }, "signing", "primary"],
    [CHARGING, "charging", "success"],
    [{ ...CHARGING, "sensor.signature_status": "in_progress" }, "charging", "success"],
    [{ ...CHARGING, "sensor.power": "-11" }, "feeding_back", "primary"],
    [{ ...CHARGING, "sensor.power": "0.001" }, "no_flow", "warning"],
    [{ ...CHARGING, "sensor.power": "unknown" }, "charging", "success"],
    [
      { "binary_sensor.charging": measuring("active_after_power_failure") },
      "after_power_failure",
      "warning",
    ],
    [{ "binary_sensor.charging": "unavailable" }, "unavailable", "neutral"],
    [{ "binary_sensor.charging": "unknown" }, "unavailable", "neutral"],
    [{ "binary_sensor.problem": "on" }, "fault", "danger"],
    [{ "binary_sensor.hardware": "on" }, "fault", "danger"],
    [{ ...CHARGING, "binary_sensor.problem": "on" }, "charging", "success"],
    [
      { "binary_sensor.charging": "unavailable", "binary_sensor.problem": "on" },
      "unavailable",
      "neutral",
    ],
  ])("%j is %s", (changes, phase, tone) => {
    const view = look(changes);
    expect(view.phase).toBe(phase);
    expect(view.tone).toBe(tone);
    expect(view.icon).toMatch(/^mdi:/);
  });

  it("is newer in the stream than in the entities", () => {
    const view = look(CHARGING, sampleOf(-7));
    expect(view).toMatchObject({ phase: "feeding_back", power: -7, voltage: 400, current: 100 });
    expect(look(CHARGING, sampleOf(0)).phase).toBe("no_flow");
    expect(look(CHARGING, sampleOf(null)).power).toBe(62.5);
  });

  it("is not taken from the stream of a meter that is lost", () => {
    const lost = Object.fromEntries(Object.keys(CHARGING).map((key) => [key, "unavailable"]));
    expect(look(lost, sampleOf(7))).toMatchObject({
      phase: "unavailable",
      power: null,
      voltage: null,
      current: null,
      since: null,
    });
  });
});

describe("a charge", () => {
  const RESET = "2026-01-01T09:30:00+00:00";

  it("began when its energy was reset", () => {
    const energy = { state: "12.5", attributes: { last_reset: RESET } };
    const view = look({ ...CHARGING, "sensor.cycle_energy_imported": energy });
    expect(view).toMatchObject({ energy: 12.5, since: Date.parse(RESET) });
  });

  it("began when the status changed where nothing else is known", () => {
    expect(look(CHARGING).since).toBe(Date.parse("2026-01-01T10:00:00+00:00"));
    const broken = { state: "1", attributes: { last_reset: "never" } };
    expect(look({ ...CHARGING, "sensor.cycle_energy_imported": broken }).since).toBe(null);
  });

  it("that is over has no duration", () => {
    const energy = { state: "12.5", attributes: { last_reset: RESET } };
    expect(look({ "sensor.cycle_energy_imported": energy })).toMatchObject({
      charging: false,
      energy: 12.5,
      since: null,
    });
  });
});

describe("errors", () => {
  it("are named in plain words, those of the boards as well", () => {
    const view = look({
      "binary_sensor.problem": {
        state: "on",
        attributes: { errors: ["ecdsa_sign", "dword_1_bit_5"] },
      },
      "binary_sensor.hardware": {
        state: "on",
        attributes: { board_1: ["mac_err"], board_2: [], fatal: ["e_8"] },
      },
    });
    expect(view.errors).toEqual([
      "Signature: signing failed",
      "Unknown error (dword 1, bit 5)",
      "Network address (MAC) missing or wrong",
      "Internal RAM",
    ]);
    expect(view.resettable).toBe(true);
  });

  it("of the boards alone can't be reset", () => {
    const hardware = { state: "on", attributes: { fatal: ["e_8"] } };
    expect(look({ "binary_sensor.hardware": hardware })).toMatchObject({
      hasProblem: true,
      resettable: false,
    });
  });

  it("may have no name", () => {
    expect(look({ "binary_sensor.problem": "on" })).toMatchObject({ hasProblem: true, errors: [] });
  });
});
