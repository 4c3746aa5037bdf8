/** The columns of the list of sessions, and which of them this browser shows. */

import { DOMAIN } from "../common/hass";

export const COLUMNS = [
  "begin",
  "end",
  "duration",
  "energy",
  "exported",
  "cost",
  "who",
  "meter",
  "charge_point",
  "tariff",
  "records",
  "verdict",
] as const;

export type Column = (typeof COLUMNS)[number];

/** What was chosen for a column; without a choice, it depends on what there is to show. */
export type Choices = Readonly<Partial<Record<Column, boolean>>>;

/** The columns whose head stands at the right, as their figures do. */
export const NUMBERS: ReadonlySet<Column> = new Set([
  "duration",
  "energy",
  "exported",
  "cost",
  "records",
]);

/** Shown only if they are chosen. */
const RARE: ReadonlySet<Column> = new Set(["end", "exported", "charge_point", "records"]);

const KEY = `${DOMAIN}.columns`;

export function recallColumns(): Choices {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, unknown>;
    const known = COLUMNS.filter((name) => typeof stored[name] === "boolean");
    return Object.fromEntries(known.map((name) => [name, stored[name]]));
  } catch {
    return {};
  }
}

export function rememberColumns(choices: Choices): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(choices));
  } catch {
    // A browser without storage does not remember; everything else works.
  }
}

/** The columns to show; the first one leads to the session, and is always there. */
export function shownColumns(
  choices: Choices,
  there: { readonly severalMeters: boolean; readonly prices: boolean },
): Column[] {
  const usual = (name: Column): boolean => {
    if (name === "meter") return there.severalMeters;
    if (name === "cost") return there.prices;
    return !RARE.has(name);
  };
  return COLUMNS.filter((name) => name === "begin" || (choices[name] ?? usual(name)));
}
