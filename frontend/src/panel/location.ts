/** Where the panel is: everything a person has chosen is in the address, to come back to and to share. */

import type { Period, Verdict } from "./shapes";

/** Pages with an address of their own, below the panel's. */
const VIEWS = ["billing", "drivers", "prices", "verify", "archive"] as const;

export type View = "sessions" | "session" | (typeof VIEWS)[number];

export const RANGES = [
  "all",
  "this_month",
  "last_month",
  "this_year",
  "last_year",
  "custom",
] as const;

export type RangeName = (typeof RANGES)[number];

export interface Filters {
  readonly search: string;
  /** A meter's device ID; empty for all. */
  readonly meter: string;
  /** A driver's number; empty for all. */
  readonly driver: string;
  readonly range: RangeName;
  /** Days as 2026-01-31, the last one included; empty for no limit. Of a custom range only. */
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

export const NO_FILTERS: Filters = {
  search: "",
  meter: "",
  driver: "",
  range: "all",
  since: "",
  until: "",
  verdict: "",
};

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
  return Object.keys(NO_FILTERS).some(
    (name) => filters[name as keyof Filters] !== NO_FILTERS[name as keyof Filters],
  );
}

/** The days of a range, today being one; empty for no limit. */
export function daysOf(filters: Filters, today: string): Pick<Filters, "since" | "until"> {
  const year = Number(today.slice(0, 4));
  const span = (first: string, end: string): Pick<Filters, "since" | "until"> => ({
    since: first,
    until: nextDay(end, -1),
  });
  switch (filters.range) {
    case "all":
      return { since: "", until: "" };
    case "this_month":
      return span(nextMonth(today, 0), nextMonth(today, 1));
    case "last_month":
      return span(nextMonth(today, -1), nextMonth(today, 0));
    case "this_year":
      return span(`${year}-01-01`, `${year + 1}-01-01`);
    case "last_year":
      return span(`${year - 1}-01-01`, `${year}-01-01`);
    case "custom":
      return { since: filters.since, until: filters.until };
  }
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
  const [since, until] = [day("since"), day("until")];
  const named = RANGES.find((range) => range === values.get("range"));
  const range = since || until ? "custom" : (named ?? "all");
  return {
    view: session ? "session" : (VIEWS.find((one) => one === view) ?? "sessions"),
    session,
    filters: {
      search: values.get("search") ?? "",
      meter: values.get("meter") ?? "",
      driver: String(parseNumber(values.get("driver") ?? "") || ""),
      range,
      since,
      until,
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
  } else if (view !== "verify" && view !== "archive") {
    for (const [name, value] of Object.entries(filters) as [keyof Filters, string][])
      if (value && value !== NO_FILTERS[name]) values.set(name, value);
    if (filters.since || filters.until) values.delete("range");
    if (period !== "day") values.set("period", period);
    if (page > 1) values.set("page", String(page));
  }
  const path = view === "sessions" ? "" : view === "session" ? `/session/${session}` : `/${view}`;
  const query = values.toString();
  return query ? `${path}?${query}` : path;
}

/** What is asked of the server for some filters, today being such a day. */
export function toQuery(
  filters: Filters,
  meters: readonly string[],
  today: string,
): Record<string, unknown> {
  const { since, until } = daysOf(filters, today);
  return {
    ...(meters.length ? { device_id: meters } : {}),
    ...(filters.driver ? { driver_id: [Number(filters.driver)] } : {}),
    ...(filters.search.trim() ? { search: filters.search.trim() } : {}),
    ...(since ? { since } : {}),
    ...(until ? { until: nextDay(until) } : {}),
    ...(filters.verdict ? { verdict: [filters.verdict] } : {}),
  };
}

/** Today in Home Assistant's time zone, as 2026-01-31. */
export function todayIn(timeZone: string): string {
  // Swedes write days as ISO does.
  return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(new Date());
}

export function nextDay(day: string, days = 1): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Get the first day of a month after (or before) that of a day. */
export function nextMonth(day: string, months: number): string {
  const date = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 10);
}
