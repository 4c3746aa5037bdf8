import { describe, expect, it } from "vitest";

import {
  MOST_BARS,
  MOST_SERIES,
  chartRange,
  columns,
  niceScale,
  stack,
  stepPath,
  thin,
  timeTicks,
  type Range,
} from "../../src/panel/chart";
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

function energyOf(...all: EnergySeries[]): Energy {
  return {
    imported: "0",
    exported: "0",
    sessions: 1,
    period: "day",
    time_zone: "Europe/Rome",
    series: all,
  };
}

function seriesOf(
  identification: string | null,
  days: readonly (readonly [string, string])[],
  driver: [id: number, name: string] | [null, null] = [null, null],
): EnergySeries {
  return {
    identification,
    driver_id: driver[0],
    driver: driver[1],
    imported: String(days.reduce((sum, [, value]) => sum + Number(value), 0)),
    exported: "0.000",
    sessions: days.length,
    buckets: days.map(([start, imported]) => ({ start, imported, exported: "0", sessions: 1 })),
  };
}

describe("the bars of the chart", () => {
  const today = "2026-03-31";
  const range = (since: string, until: string, wanted: "day" | "month", ...days: string[]): Range =>
    chartRange(
      { since, until },
      wanted,
      today,
      days.length
        ? energyOf(
            seriesOf(
              "a",
              days.map((day) => [day, "1"]),
            ),
          )
        : undefined,
    );

  it("are for the days of the list, and no others", () => {
    expect(range("2026-01-30", "2026-02-02", "day")).toEqual({
      period: "day",
      starts: ["2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02"],
      since: "2026-01-30",
      until: "2026-02-02",
      short: true,
    });
    expect(range("2026-01-30", "2026-02-02", "month")).toMatchObject({
      starts: ["2026-01-01", "2026-02-01"],
      since: "2026-01-30",
    });
  });

  it("reach from the first session to today where there is no limit", () => {
    expect(range("", "", "day", "2026-03-20", "2026-03-10")).toMatchObject({
      period: "day",
      since: "2026-03-10",
      until: today,
    });
    expect(range("", "", "day", "2026-03-20", "2024-03-10").starts.length).toBe(25);
    expect(range("2026-03-01", "", "day")).toMatchObject({ since: "2026-03-01", until: today });
    expect(range("", "2026-03-15", "day", "2026-03-10").starts.length).toBe(6);
    // A clock that is ahead hides nothing.
    expect(range("", "", "day", "2026-04-02").until).toBe("2026-04-02");
  });

  it("are by month, or by year, where there are too many", () => {
    const period = (since: string, wanted: "day" | "month" = "day"): string =>
      range(since, today, wanted).period;
    expect(period("2025-12-30")).toBe("day");
    expect(period("2025-12-30", "month")).toBe("month");
    expect(period("2025-12-29")).toBe("month");
    expect(range("2025-12-29", today, "day").short).toBe(false);
    expect(period("2018-08-31")).toBe("month");
    expect(period("2018-07-31")).toBe("year");
    expect(range("2018-07-31", today, "day").starts).toEqual([
      ...Array.from({ length: 9 }, (_, place) => `${2018 + place}-01-01`),
    ]);
    expect(range("0001-01-01", today, "day").starts).toHaveLength(MOST_BARS);
  });

  it("make sense of a time that has not come, or is the wrong way round", () => {
    expect(range("2027-01-01", "", "day").starts).toEqual(["2027-01-01"]);
    expect(range("2026-02-02", "2026-01-02", "day").starts).toEqual(["2026-01-02"]);
    expect(range("", "", "day").starts).toEqual([today]);
  });
});

describe("energies on top of each other", () => {
  const bars = (period: Range["period"], ...starts: string[]): Range => ({
    period,
    starts,
    since: "",
    until: "",
    short: true,
  });
  const nobody = { driver: null, driverId: null };

  it("add up", () => {
    const found = stack(
      energyOf(
        seriesOf("a", [
          ["2026-01-01", "1.5"],
          ["2026-01-02", "2"],
        ]),
        seriesOf(null, [["2026-01-02", "3"]]),
      ),
      bars("day", "2026-01-01", "2026-01-02", "2026-01-03"),
    );
    expect(found.series).toEqual([
      { charger: { ...nobody, identification: "a" }, total: 3.5 },
      { charger: { ...nobody, identification: null }, total: 3 },
    ]);
    expect(found.bars).toEqual([
      { start: "2026-01-01", values: [1.5, 0], total: 1.5 },
      { start: "2026-01-02", values: [2, 3], total: 5 },
      { start: "2026-01-03", values: [0, 0], total: 0 },
    ]);
    expect(found.highest).toBe(5);
  });

  it("put all identifications of a driver together", () => {
    const found = stack(
      energyOf(
        seriesOf("card", [["2026-01-01", "1"]], [7, "Anna"]),
        seriesOf("other", [["2026-01-01", "4"]]),
        seriesOf("car", [["2026-01-01", "5"]], [7, "Anna"]),
      ),
      bars("day", "2026-01-01"),
    );
    expect(found.series.map(({ charger, total }) => [charger?.driver, total])).toEqual([
      ["Anna", 6],
      [null, 4],
    ]);
    expect(found.bars[0]?.values).toEqual([6, 4]);
  });

  it("add months up to years", () => {
    const found = stack(
      energyOf(
        seriesOf("a", [
          ["2025-11-01", "1"],
          ["2025-12-01", "2"],
          ["2026-01-01", "4"],
        ]),
      ),
      bars("year", "2025-01-01", "2026-01-01"),
    );
    expect(found.bars.map(({ total }) => total)).toEqual([3, 4]);
  });

  it("put those together who charged least, but never in a table", () => {
    const many = Array.from({ length: 8 }, (_, place) =>
      seriesOf(`id-${place}`, [["2026-01-01", String(10 - place)]]),
    );
    const shown = bars("day", "2026-01-01");
    const found = stack(energyOf(...many), shown);
    expect(found.series).toHaveLength(MOST_SERIES);
    expect(found.series.at(-1)).toEqual({ charger: undefined, total: 6 + 5 + 4 + 3 });
    expect(found.bars[0]?.total).toBe(10 + 9 + 8 + 7 + 6 + 5 + 4 + 3);
    const five = stack(energyOf(...many.slice(0, 5)), shown);
    expect(five.series.at(-1)?.charger?.identification).toBe("id-4");
    const table = columns(energyOf(...many), shown);
    expect(table.series.map(({ charger }) => charger?.identification)).toEqual(
      many.map(({ identification }) => identification),
    );
    expect(table.bars[0]?.values).toEqual([10, 9, 8, 7, 6, 5, 4, 3]);
  });

  it("are nothing where nobody charged", () => {
    expect(stack(energyOf(), bars("day", "2026-01-01"))).toMatchObject({ series: [], highest: 0 });
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
