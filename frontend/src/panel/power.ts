import { numberOf } from "../common/entities";
import type { HomeAssistant } from "../common/hass";
import { readHistory } from "../common/history";
import type { Point } from "./chart";

/** A mean of five minutes, from the recorder's statistics, which it keeps for longer. */
interface Mean {
  readonly start: number;
  readonly mean: number | null;
}

const FIVE_MINUTES = 300_000;
const HOUR = 3_600_000;

/**
 * Get the power between two moments, in kW: each change, or means where these are not kept any more.
 * None where the recorder has nothing of it.
 */
export async function readPower(
  hass: HomeAssistant,
  entityId: string,
  from: number,
  to: number,
): Promise<Point[]> {
  const spans = await readHistory(hass, entityId, from / 1000, to / 1000);
  if (spans.length) {
    const points = spans.map(({ from: time, value }) => ({
      time: Math.max(time * 1000, from),
      value,
    }));
    return held(points, to);
  }
  for (const [period, length] of [
    ["5minute", FIVE_MINUTES],
    ["hour", HOUR],
  ] as const) {
    const means = await readMeans(hass, entityId, from, to, period);
    const points = means.flatMap(({ start, mean }) => {
      const value = mean === null ? null : numberOf(hass.states[entityId], String(mean));
      return value === null ? [] : { time: Math.max(start, from), value };
    });
    if (points.length) return held(points, Math.min(to, (points.at(-1)?.time ?? to) + length));
  }
  return [];
}

/** The last value holds until the end. */
function held(points: readonly Point[], to: number): Point[] {
  const last = points.at(-1);
  return last && last.time < to ? [...points, { ...last, time: to }] : [...points];
}

async function readMeans(
  hass: HomeAssistant,
  entityId: string,
  from: number,
  to: number,
  period: string,
): Promise<readonly Mean[]> {
  try {
    const answer = await hass.callWS<Readonly<Record<string, readonly Mean[]>>>({
      type: "recorder/statistics_during_period",
      start_time: new Date(from).toISOString(),
      end_time: new Date(to).toISOString(),
      statistic_ids: [entityId],
      period,
      types: ["mean"],
    });
    return answer[entityId] ?? [];
  } catch {
    return [];
  }
}
