import { numberOf } from "./entities";
import type { HomeAssistant } from "./hass";

/** A time in which a value stayed the same, in Unix seconds; null for until now. kW. */
export interface Span {
  readonly from: number;
  readonly to: number | null;
  readonly value: number;
}

/** How the recorder writes states down in short: state, last updated. */
interface ShortState {
  readonly s: string;
  readonly lu: number;
}

/** Get the power from a moment on, until now or another moment; none where it is not recorded. */
export async function readHistory(
  hass: HomeAssistant,
  entityId: string,
  since: number,
  until?: number,
): Promise<Span[]> {
  try {
    const answer = await hass.callWS<Readonly<Record<string, readonly ShortState[]>>>({
      type: "history/history_during_period",
      start_time: new Date(since * 1000).toISOString(),
      ...(until ? { end_time: new Date(until * 1000).toISOString() } : {}),
      entity_ids: [entityId],
      minimal_response: true,
      no_attributes: true,
      significant_changes_only: false,
    });
    const states = answer[entityId] ?? [];
    return states.flatMap(({ s, lu }, place) => {
      const value = numberOf(hass.states[entityId], s);
      return value === null ? [] : { from: lu, to: states[place + 1]?.lu ?? null, value };
    });
  } catch {
    return [];
  }
}
