/** What the charts show, calculated; nothing of it draws. */

import { nextDay, nextMonth, type Filters } from "./location";
import type { Energy, Period } from "./shapes";

/** More bars can't be distinguished on a phone; longer spans are shown by month, or by year. */
export const MOST_BARS = 92;

/** More colours can't be distinguished: who charged least is shown together. */
export const MOST_SERIES = 5;

export interface Scale {
  readonly top: number;
  readonly bottom: number;
  readonly ticks: readonly number[];
  /** Decimals that the ticks need. */
  readonly decimals: number;
}

/** Find round numbers that hold all values, and a few lines between. */
export function niceScale(highest: number, lowest = 0, lines = 4): Scale {
  const bottomValue = Math.min(0, lowest);
  const topValue = Math.max(0, highest);
  const rough = (topValue - bottomValue) / lines || 1 / lines;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5].find((each) => each * power >= rough * 0.999999) ?? 10);
  const first = Math.floor(bottomValue / step + 1e-9);
  const last = Math.max(Math.ceil(topValue / step - 1e-9), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, place) => (first + place) * step);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const exact = Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) < 1e-6;
  return { top: last * step, bottom: first * step, ticks, decimals: exact ? digits : digits + 1 };
}

/** What a bar is for: years are added up here. */
export type BarPeriod = Period | "year";

export interface Range {
  readonly period: BarPeriod;
  /** The first day of each bar. */
  readonly starts: readonly string[];
  /** The days that it covers, the last one included. */
  readonly since: string;
  readonly until: string;
  /** Whether it is short enough for a bar a day. */
  readonly short: boolean;
}

/** The days of a list of sessions; of an open end, it is the first or last one with energy. */
type Days = Pick<Filters, "since" | "until">;

/** Choose the bars for the days of the list: all of them, by day only if these can be seen. */
export function chartRange(
  days: Days,
  wanted: Period,
  today: string,
  found: Energy | undefined,
): Range {
  const starts = found?.series.flatMap(({ buckets }) => buckets.map(({ start }) => start)) ?? [];
  starts.sort();
  const [first = today, last = today] = [starts[0], starts.at(-1)];
  const latest = [days.since, last, today].sort().at(-1) ?? today;
  const until = days.until === "" ? latest : days.until;
  const since = [days.since === "" ? first : days.since, until].sort()[0] ?? until;
  const short = nextDay(since, MOST_BARS) > until;
  const months = 12 * (yearOf(until) - yearOf(since)) + monthOf(until) - monthOf(since) + 1;
  const period = wanted === "day" && short ? "day" : months <= MOST_BARS ? "month" : "year";
  const bars: string[] = [];
  for (let bar = barOf(since, period); bar <= until; bar = nextBar(bar, period)) bars.push(bar);
  return { period, starts: bars.slice(-MOST_BARS), since, until, short };
}

const yearOf = (day: string): number => Number(day.slice(0, 4));
const monthOf = (day: string): number => Number(day.slice(5, 7));

/** The first day of the bar that a day belongs to. */
export function barOf(day: string, period: BarPeriod): string {
  if (period === "day") return day;
  return period === "month" ? `${day.slice(0, 7)}-01` : `${day.slice(0, 4)}-01-01`;
}

function nextBar(start: string, period: BarPeriod): string {
  return period === "day" ? nextDay(start) : nextMonth(start, period === "month" ? 1 : 12);
}

/** Who charged: a driver with all identifications, or an identification without a driver. */
export interface Charger {
  readonly driver: string | null;
  readonly driverId: number | null;
  /** Null of those who did not identify. */
  readonly identification: string | null;
}

export interface Series {
  /** Undefined of several together. */
  readonly charger: Charger | undefined;
  readonly total: number;
}

export interface Bars {
  readonly series: readonly Series[];
  readonly bars: readonly {
    readonly start: string;
    readonly values: readonly number[];
    readonly total: number;
  }[];
  readonly highest: number;
}

interface Sums {
  readonly charger: Charger;
  total: number;
  readonly bars: Map<string, number>;
}

/** Add up what each driver has charged, for each bar, who charged most first. */
function sumsOf(energy: Energy, period: BarPeriod): Sums[] {
  const found = new Map<string, Sums>();
  for (const { driver, driver_id, identification, imported, buckets } of energy.series) {
    const key = driver_id === null ? `i${identification ?? ""}` : `d${driver_id}`;
    const charger = { driver, driverId: driver_id, identification };
    const sums = found.get(key) ?? { charger, total: 0, bars: new Map<string, number>() };
    found.set(key, sums);
    sums.total += Number(imported);
    for (const bucket of buckets) {
      const bar = barOf(bucket.start, period);
      sums.bars.set(bar, (sums.bars.get(bar) ?? 0) + Number(bucket.imported));
    }
  }
  return [...found.values()].sort((one, other) => other.total - one.total);
}

/** Put the energies side by side, one series for each who charged. */
export function columns(energy: Energy, { starts, period }: Range): Bars {
  return barsOf(
    sumsOf(energy, period).map((sums) => [sums]),
    starts,
  );
}

/** Put the energies on top of each other; those who charged least are one series. */
export function stack(energy: Energy, { starts, period }: Range): Bars {
  const all = sumsOf(energy, period);
  const alone = all.slice(0, all.length > MOST_SERIES ? MOST_SERIES - 1 : MOST_SERIES);
  const together = all.slice(alone.length);
  return barsOf([...alone.map((sums) => [sums]), ...(together.length ? [together] : [])], starts);
}

function barsOf(groups: readonly (readonly Sums[])[], starts: readonly string[]): Bars {
  const bars = starts.map((start) => {
    const values = groups.map((group) =>
      Math.max(
        0,
        group.reduce((sum, { bars: some }) => sum + (some.get(start) ?? 0), 0),
      ),
    );
    return { start, values, total: values.reduce((sum, value) => sum + value, 0) };
  });
  return {
    series: groups.map((group) => ({
      charger: group.length > 1 ? undefined : group[0]?.charger,
      total: group.reduce((sum, { total }) => sum + total, 0),
    })),
    bars,
    highest: Math.max(0, ...bars.map(({ total }) => total)),
  };
}

export interface Point {
  readonly time: number;
  readonly value: number;
}

/** Make a path of steps: a value holds until the next one. */
export function stepPath(
  points: readonly Point[],
  x: (time: number) => number,
  y: (value: number) => number,
): string {
  const write = (value: number): string => value.toFixed(1);
  return points
    .map(({ time, value }, place) =>
      place ? `H${write(x(time))}V${write(y(value))}` : `M${write(x(time))} ${write(y(value))}`,
    )
    .join("");
}

/** Keep the highest and the lowest of each of so many parts: more points than pixels cost only time. */
export function thin(points: readonly Point[], from: number, to: number, parts: number): Point[] {
  if (points.length <= 2 * parts) return [...points];
  const kept = new Map<number, Point[]>();
  for (const point of points) {
    const part = Math.floor(((point.time - from) / (to - from)) * parts);
    kept.set(part, [...(kept.get(part) ?? []), point]);
  }
  return [...kept.values()].flatMap((group) => {
    const sorted = [...group].sort((one, other) => one.value - other.value);
    const ends = [sorted[0], sorted.at(-1)].filter((point) => point !== undefined);
    return [...new Set(ends)].sort((one, other) => one.time - other.time);
  });
}

/** Moments for the labels of a time axis, at full minutes, hours or days of the browser's clock. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const steps = [60, 300, 600, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800];
  const step = 1000 * (steps.find((each) => (to - from) / 1000 / each <= most) ?? 604800 * 4);
  const offset = new Date(from).getTimezoneOffset() * 60_000;
  const ticks: number[] = [];
  for (let tick = Math.ceil((from - offset) / step) * step + offset; tick <= to; tick += step)
    ticks.push(tick);
  return ticks;
}
