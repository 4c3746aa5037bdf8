import { describe, expect, it } from "vitest";

import {
  MOST_BARS,
  MOST_SERIES,
  chartRange,
  niceScale,
  stack,
  stepPath,
  thin,
  timeTicks,
} from "../../src/panel/chart";
import { NO_FILTERS } from "../../src/panel/location";
import type { Energy, EnergySeries } from "../../src/panel/shapes";

describe("a scale", () => {
  it.each([
    [0, 0, [0, 0.25]],
    [0.013, 0, [0, 0.005, 0.01, 0.015]],
    [1, 0, [0, 0.25, 0.5, 0.75, 1]],
    [7, 0, [0, 2, 4, 6, 8]],
    [239, 0, [0, 100, 200, 300]],
    [100, 0, [0, 25, 50, 75, 100]],
    [60, -20, [-20, 0, 20, 40, 60]],
    [0, -50, [-60, -40, -20, 0]],
  ])("holds %f and %f", (highest, lowest, ticks) => {
    const scale = niceScale(highest, lowest);
    expect(scale.top).toBeGreaterThanOrEqual(highest);
    expect(scale.bottom).toBeLessThanOrEqual(lowest);
    expect(scale.ticks.map((tick) => Number(tick.toFixed(6)))).toEqual(ticks);
    // The decimals tell the ticks apart.
    const written = scale.ticks.map((tick) => Number(tick.toFixed(scale.decimals)));
    expect(written).toEqual(scale.ticks.map((tick) => Number(tick.toFixed(9))));
  });
});

describe("the range of the chart", () => {
  const today = "2026-03-31";

  it("is the last days or months", () => {
    const days = chartRange(NO_FILTERS, "day", today);
    expect([days.starts.length, days.since, days.until]).toEqual([30, "2026-03-02", today]);
    const months = chartRange(NO_FILTERS, "month", today);
    expect([months.starts.length, months.starts[0], months.since]).toEqual([
      12,
      "2025-04-01",
      "2025-04-01",
    ]);
    expect(months.starts.at(-1)).toBe("2026-03-01");
  });

  it("is what the filters say", () => {
    const filters = { ...NO_FILTERS, since: "2026-01-30", until: "2026-02-02" };
    expect(chartRange(filters, "day", today)).toEqual({
      period: "day",
      starts: ["2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02"],
      since: "2026-01-30",
      until: "2026-02-02",
    });
    expect(chartRange(filters, "month", today)).toMatchObject({
      starts: ["2026-01-01", "2026-02-01"],
      since: "2026-01-30",
    });
    expect(chartRange({ ...NO_FILTERS, until: "2026-02-02" }, "day", today).since).toBe(
      "2026-01-04",
    );
  });

  it("is by month where there are too many days", () => {
    const since = (day: string): string =>
      chartRange({ ...NO_FILTERS, since: day }, "day", today).period;
    expect(since("2025-12-30")).toBe("day");
    expect(since("2025-12-29")).toBe("month");
  });

  it("is never more than can be seen", () => {
    const { starts, since } = chartRange({ ...NO_FILTERS, since: "1990-01-01" }, "day", today);
    expect(starts).toHaveLength(MOST_BARS);
    expect(since).toBe(starts[0]);
    expect(starts.at(-1)).toBe("2026-03-01");
  });

  it("makes sense of a time that has not come, or is the wrong way round", () => {
    const future = chartRange({ ...NO_FILTERS, since: "2027-01-01" }, "day", today);
    expect(future.starts).toEqual(["2027-01-01"]);
    const filters = { ...NO_FILTERS, since: "2026-02-02", until: "2026-01-02" };
    expect(chartRange(filters, "day", today).starts.at(-1)).toBe("2026-01-02");
  });
});

describe("energies on top of each other", () => {
  const series = (identification: string | null, ...days: [string, string][]): EnergySeries => ({
    identification,
    driver_id: null,
    driver: null,
    imported: String(days.reduce((sum, [, value]) => sum + Number(value), 0)),
    exported: "0.000",
    sessions: days.length,
    buckets: days.map(([start, imported]) => ({ start, imported, exported: "0", sessions: 1 })),
  });
  const energy = (...all: EnergySeries[]): Energy => ({
    imported: "0",
    exported: "0",
    sessions: 1,
    period: "day",
    time_zone: "Europe/Rome",
    series: all,
  });

  it("add up", () => {
    const found = stack(
      energy(
        series("a", ["2026-01-01", "1.5"], ["2026-01-02", "2"]),
        series(null, ["2026-01-02", "3"]),
      ),
      ["2026-01-01", "2026-01-02", "2026-01-03"],
    );
    expect(found.series).toEqual([
      { identification: "a", total: 3.5 },
      { identification: null, total: 3 },
    ]);
    expect(found.bars).toEqual([
      { start: "2026-01-01", values: [1.5, 0], total: 1.5 },
      { start: "2026-01-02", values: [2, 3], total: 5 },
      { start: "2026-01-03", values: [0, 0], total: 0 },
    ]);
    expect(found.highest).toBe(5);
  });

  it("put those together who charged least", () => {
    const many = Array.from({ length: 8 }, (_, place) =>
      series(`id-${place}`, ["2026-01-01", String(10 - place)]),
    );
    const found = stack(energy(...many), ["2026-01-01"]);
    expect(found.series).toHaveLength(MOST_SERIES);
    expect(found.series.at(-1)).toEqual({ identification: undefined, total: 6 + 5 + 4 + 3 });
    expect(found.bars[0]?.total).toBe(10 + 9 + 8 + 7 + 6 + 5 + 4 + 3);
    expect(stack(energy(...many.slice(0, 5)), []).series.at(-1)?.identification).toBe("id-4");
  });

  it("are nothing where nobody charged", () => {
    expect(stack(energy(), ["2026-01-01"])).toMatchObject({ series: [], highest: 0 });
  });
});

describe("a curve", () => {
  it("holds a value until the next", () => {
    const points = [
      { time: 0, value: 1 },
      { time: 10, value: 3 },
    ];
    const same = (value: number): number => value;
    expect(stepPath(points, same, same)).toBe("M0.0 1.0H10.0V3.0");
    expect(stepPath([], same, same)).toBe("");
  });

  it("keeps its peaks when it is thinned", () => {
    const points = Array.from({ length: 10_000 }, (_, time) => ({
      time,
      value: time === 4321 ? 99 : time === 8765 ? -5 : time % 3,
    }));
    const kept = thin(points, 0, 10_000, 100);
    expect(kept.length).toBeLessThanOrEqual(200);
    expect(Math.max(...kept.map(({ value }) => value))).toBe(99);
    expect(Math.min(...kept.map(({ value }) => value))).toBe(-5);
    expect(kept.map(({ time }) => time)).toEqual(
      [...kept].map(({ time }) => time).sort((one, other) => one - other),
    );
    expect(thin(points.slice(0, 5), 0, 5, 100)).toEqual(points.slice(0, 5));
  });

  it.each([
    ["2026-01-10T10:07:00+01:00", "2026-01-10T11:20:00+01:00", 3, "2026-01-10T10:30:00+01:00", 2],
    ["2026-01-10T10:00:00+01:00", "2026-01-12T10:00:00+01:00", 4, "2026-01-10T12:00:00+01:00", 4],
    ["2026-07-10T22:00:00+02:00", "2026-07-11T02:00:00+02:00", 4, "2026-07-10T22:00:00+02:00", 5],
  ])("has times at full hours: %s", (from, to, most, first, number) => {
    const ticks = timeTicks(Date.parse(from), Date.parse(to), most);
    expect(ticks[0]).toBe(Date.parse(first));
    expect(ticks).toHaveLength(number);
  });
});
