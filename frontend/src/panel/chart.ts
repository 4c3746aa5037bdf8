/** What the charts show, calculated; nothing of it draws. */

import { nextDay, type Filters } from "./location";
import type { Energy, Period } from "./shapes";

/** More bars can't be distinguished on a phone; more days are shown by month. */
export const MOST_BARS = 92;
const USUAL_DAYS = 30;
const USUAL_MONTHS = 12;

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

export interface Range {
  readonly period: Period;
  /** The first day of each bar. */
  readonly starts: readonly string[];
  /** The days that it covers, the last one included. */
  readonly since: string;
  readonly until: string;
}

/** Choose what the chart of some filters shows, which should fit and be worth looking at. */
export function chartRange(filters: Filters, wanted: Period, today: string): Range {
  const until = filters.until || (filters.since > today ? filters.since : today);
  const usual =
    wanted === "day" ? nextDay(until, 1 - USUAL_DAYS) : addMonths(until, 1 - USUAL_MONTHS);
  const since = filters.since && filters.since <= until ? filters.since : usual;
  const period = wanted === "day" && nextDay(since, MOST_BARS) <= until ? "month" : wanted;
  const starts: string[] = [];
  const first = period === "day" ? since : addMonths(since, 0);
  for (
    let start = first;
    start <= until;
    start = period === "day" ? nextDay(start) : addMonths(start, 1)
  )
    starts.push(start);
  const shown = starts.slice(-MOST_BARS);
  const [begin = since] = shown;
  return { period, starts: shown, since: begin > since ? begin : since, until };
}

/** Get the first day of a month after (or before) that of a day. */
function addMonths(day: string, months: number): string {
  const date = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 10);
}

export interface Series {
  /** Null of those who did not identify, undefined of several together. */
  readonly identification: string | null | undefined;
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

/** Put the energies on top of each other, for each bar of a range. */
export function stack(energy: Energy, starts: readonly string[]): Bars {
  const alone = energy.series.slice(
    0,
    energy.series.length > MOST_SERIES ? MOST_SERIES - 1 : MOST_SERIES,
  );
  const together = energy.series.slice(alone.length);
  const groups = [...alone.map((series) => [series]), ...(together.length ? [together] : [])];
  const values = groups.map((group) => {
    const sums = new Map<string, number>();
    for (const { buckets } of group)
      for (const { start, imported } of buckets)
        sums.set(start, (sums.get(start) ?? 0) + Number(imported));
    return sums;
  });
  const bars = starts.map((start) => {
    const parts = values.map((sums) => Math.max(0, sums.get(start) ?? 0));
    return { start, values: parts, total: parts.reduce((sum, part) => sum + part, 0) };
  });
  return {
    series: groups.map((group) => ({
      identification: group.length > 1 ? undefined : group[0]?.identification,
      total: group.reduce((sum, { imported }) => sum + Number(imported), 0),
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
