import { expect, it, vi } from "vitest";

import type { HomeAssistant } from "../../src/common/hass";
import { readPower } from "../../src/panel/power";
import { fakeHass } from "./hass";

const POWER = "sensor.renamed_power";
const FROM = Date.parse("2026-01-01T10:00:00Z");
const TO = FROM + 3_600_000;

type Means = Readonly<Record<string, readonly { start: number; mean: number | null }[]>>;

function recorded(states: readonly { s: string; lu: number }[], means: Means = {}): HomeAssistant {
  return fakeHass(
    {},
    {
      callWS: vi.fn(({ type, period }: Record<string, string>) => {
        if (type === "history/history_during_period") return Promise.resolve({ [POWER]: states });
        return Promise.resolve({ [POWER]: means[period ?? ""] ?? [] });
      }) as unknown as HomeAssistant["callWS"],
    },
  );
}

it("takes each change, and holds the last one until the end", async () => {
  const hass = recorded([
    { s: "0", lu: FROM / 1000 - 60 },
    { s: "50.5", lu: FROM / 1000 + 10 },
    { s: "unavailable", lu: FROM / 1000 + 20 },
  ]);
  expect(await readPower(hass, POWER, FROM, TO)).toEqual([
    { time: FROM, value: 0 },
    { time: FROM + 10_000, value: 50.5 },
    { time: TO, value: 50.5 },
  ]);
});

it("takes means of five minutes, else of hours, where changes are not kept any more", async () => {
  const mean = { start: FROM - 60_000, mean: 42 };
  expect(await readPower(recorded([], { "5minute": [mean] }), POWER, FROM, TO)).toEqual(
    [
      { time: FROM, value: 42 },
      { time: FROM + 240_000, value: 42 },
    ].map((point, place) => (place ? { ...point, time: FROM + 300_000 } : point)),
  );
  const none = { start: FROM, mean: null };
  const hours = recorded([], { "5minute": [none], hour: [{ start: FROM, mean: 7 }] });
  expect(await readPower(hours, POWER, FROM, TO)).toEqual([
    { time: FROM, value: 7 },
    { time: TO, value: 7 },
  ]);
});

it("has none where the recorder has none, or is not there", async () => {
  expect(await readPower(recorded([]), POWER, FROM, TO)).toEqual([]);
  expect(await readPower(fakeHass(), POWER, FROM, TO)).toEqual([]);
});
