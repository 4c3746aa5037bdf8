/** Where the panel is: everything a person has chosen is in the address, to come back to and to share. */

import type { Period, Verdict } from "./shapes";

export type View = "sessions" | "session" | "verify" | "archive";

export interface Filters {
  readonly search: string;
  /** A meter's device ID; empty for all. */
  readonly meter: string;
  /** Days as 2026-01-31, the last one included; empty for no limit. */
  readonly since: string;
  readonly until: string;
  readonly verdict: Verdict | "";
}

export interface Place {
  readonly view: View;
  /** Of a session's page. */
  readonly session: number;
  readonly filters: Filters;
  readonly period: Period;
  /** From 1. */
  readonly page: number;
}

export const NO_FILTERS: Filters = { search: "", meter: "", since: "", until: "", verdict: "" };

export const START: Place = {
  view: "sessions",
  session: 0,
  filters: NO_FILTERS,
  period: "day",
  page: 1,
};

export const VERDICTS: readonly Verdict[] = [
  "valid",
  "inconsistent",
  "unverifiable",
  "key_changed",
  "invalid",
];

const DAY = /^\d{4}-\d{2}-\d{2}$/;
// What the server takes.
const LARGEST = 2 ** 31 - 1;

export function hasFilters(filters: Filters): boolean {
  return Object.values(filters).some((value) => value !== "");
}

/** Read an address, which anyone may have written: what makes no sense is left out. */
export function parsePlace(path: string, query: string): Place {
  const [view = "", number = ""] = path.split("/").filter(Boolean);
  const values = new URLSearchParams(query);
  const day = (name: string): string => {
    const value = values.get(name) ?? "";
    return DAY.test(value) && !Number.isNaN(Date.parse(value)) ? value : "";
  };
  const session = view === "session" ? parseNumber(number) : 0;
  return {
    view: session ? "session" : view === "verify" || view === "archive" ? view : "sessions",
    session,
    filters: {
      search: values.get("search") ?? "",
      meter: values.get("meter") ?? "",
      since: day("since"),
      until: day("until"),
      verdict: VERDICTS.find((verdict) => verdict === values.get("verdict")) ?? "",
    },
    period: values.get("period") === "month" ? "month" : "day",
    page: parseNumber(values.get("page") ?? "") || 1,
  };
}

function parseNumber(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  return number <= LARGEST ? number : 0;
}

/** Write the address of a place, below the panel's own; what is as usual is left out. */
export function formatPlace({ view, session, filters, period, page }: Place): string {
  const values = new URLSearchParams();
  if (view === "session") {
    // Says which archive is meant, where there is more than one.
    if (filters.meter) values.set("meter", filters.meter);
  } else if (view === "sessions") {
    for (const [name, value] of Object.entries(filters) as [string, string][])
      if (value) values.set(name, value);
    if (period !== "day") values.set("period", period);
    if (page > 1) values.set("page", String(page));
  }
  const path = {
    sessions: "",
    session: `/session/${session}`,
    verify: "/verify",
    archive: "/archive",
  };
  const query = values.toString();
  return query ? `${path[view]}?${query}` : path[view];
}

/** What is asked of the server for some filters. */
export function toQuery(filters: Filters, meters: readonly string[]): Record<string, unknown> {
  return {
    ...(meters.length ? { device_id: meters } : {}),
    ...(filters.search.trim() ? { search: filters.search.trim() } : {}),
    ...(filters.since ? { since: filters.since } : {}),
    ...(filters.until ? { until: nextDay(filters.until) } : {}),
    ...(filters.verdict ? { verdict: [filters.verdict] } : {}),
  };
}

export function nextDay(day: string, days = 1): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
