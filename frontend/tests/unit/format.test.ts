import { describe, expect, it } from "vitest";

import { formatDuration, formatMoment, formatNumber } from "../../src/common/format";
import { fakeHass } from "./hass";

describe("numbers", () => {
  const write = (value: number, decimals: number, number_format: string, language = "en"): string =>
    formatNumber(value, decimals, { language, number_format, time_format: "24" });

  it.each([
    ["language", "en", "1,234.50"],
    ["language", "de", "1.234,50"],
    ["comma_decimal", "de", "1,234.50"],
    ["decimal_comma", "en", "1.234,50"],
    ["none", "en", "1234.50"],
  ])("are written as the profile says: %s, %s", (format, language, text) => {
    expect(write(1234.5, 2, format, language)).toBe(text);
  });

  it("are never a negative zero", () => {
    expect(write(-0.004, 2, "language")).toBe("0.00");
    expect(write(-0.006, 2, "language")).toBe("-0.01");
  });
});

describe("durations", () => {
  it.each([
    [-5, "0:00:00"],
    [0, "0:00:00"],
    [59.9, "0:00:59"],
    [61, "0:01:01"],
    [3599, "0:59:59"],
    [36_000 + 60 * 5 + 9, "10:05:09"],
  ])("of %d s are %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe("moments", () => {
  const now = new Date("2026-01-02T22:30:00Z");

  it("of today are a time, by Home Assistant's clock if the profile says so", () => {
    const moment = new Date("2026-01-02T20:15:00Z");
    expect(formatMoment(moment, fakeHass(), now)).toBe("21:15");
    const tokyo = fakeHass({}, { config: { time_zone: "Asia/Tokyo" } });
    expect(formatMoment(moment, tokyo, now)).toBe("05:15");
  });

  it("of another day have it", () => {
    const moment = new Date("2026-01-01T10:00:00Z");
    expect(formatMoment(moment, fakeHass(), now)).toBe("Jan 1, 2026, 11:00");
  });

  it("have twelve hours if the profile says so", () => {
    const locale = { language: "en", number_format: "language", time_format: "12" };
    const moment = new Date("2026-01-02T20:15:00Z");
    expect(formatMoment(moment, fakeHass({}, { locale }), now)).toMatch(/^9:15\sPM$/);
  });
});
