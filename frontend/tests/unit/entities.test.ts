import { describe, expect, it } from "vitest";

import { findEntities, findMeters, numberOf } from "../../src/common/entities";
import { METER, fakeHass } from "./hass";

describe("a meter's entities", () => {
  it("are found by device and translation key, whatever they are called", () => {
    const found = findEntities(fakeHass(), METER);
    expect(found.get("sensor.power")).toBe("sensor.renamed_power");
    expect(found.get("select.display_page")).toBe("select.renamed_display_page");
    expect(found.size).toBe(12);
  });

  it("are none of another device", () => {
    expect(findEntities(fakeHass(), "other").size).toBe(0);
  });

  it("tell which devices are meters", () => {
    expect(findMeters(fakeHass())).toEqual([METER]);
  });
});

describe("values", () => {
  const entity = (state: string, unit?: string): Parameters<typeof numberOf>[0] => ({
    entity_id: "sensor.x",
    state,
    attributes: unit ? { unit_of_measurement: unit } : {},
    last_changed: "",
  });

  it.each([
    ["62.5", "kW", 62.5],
    ["62500", "W", 62.5],
    ["0.0625", "MW", 62.5],
    ["398200", "mV", 398.2],
    ["1.5", "MWh", 1500],
    ["3.6", "MJ", 1],
    ["-11", "kW", -11],
  ])("are taken whatever unit the user has chosen: %s %s", (state, unit, value) => {
    expect(numberOf(entity(state, unit))).toBeCloseTo(value);
  });

  it("are none where there are none", () => {
    for (const state of ["unavailable", "unknown", ""])
      expect(numberOf(entity(state, "kW"))).toBe(null);
    expect(numberOf(undefined)).toBe(null);
  });
});
