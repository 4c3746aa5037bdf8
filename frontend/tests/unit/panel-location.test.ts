import { describe, expect, it, vi } from "vitest";

import {
  NO_FILTERS,
  START,
  daysOf,
  formatPlace,
  hasFilters,
  nextDay,
  parsePlace,
  toQuery,
  todayIn,
  type Filters,
  type Place,
} from "../../src/panel/location";

const TODAY = "2026-03-31";

function roundTrip(place: Place): Place {
  const [path = "", query = ""] = formatPlace(place).split("?");
  return parsePlace(path, query);
}

describe("the address of the panel", () => {
  it("is bare where nothing was chosen", () => {
    expect(formatPlace(START)).toBe("");
    expect(parsePlace("", "")).toEqual(START);
    expect(parsePlace("/", "?")).toEqual(START);
  });

  it("keeps everything that was chosen", () => {
    const place: Place = {
      ...START,
      filters: {
        search: "a&b=ü %|<script>",
        meter: "abc",
        driver: "12",
        range: "custom",
        since: "2026-01-31",
        until: "2026-02-28",
        verdict: "key_changed",
      },
      period: "month",
      page: 7,
    };
    expect(roundTrip(place)).toEqual(place);
  });

  it.each(["this_month", "last_year", "custom"] as const)("keeps the range %s", (range) => {
    const place: Place = { ...START, filters: { ...NO_FILTERS, range } };
    expect(formatPlace(place)).toBe(`?range=${range}`);
    expect(roundTrip(place)).toEqual(place);
  });

  it("takes days for a range of one's own", () => {
    expect(parsePlace("", "range=this_month&since=2026-01-02").filters).toMatchObject({
      range: "custom",
      since: "2026-01-02",
    });
  });

  it("leads to a charge, and to which archive it is in", () => {
    const place: Place = {
      ...START,
      view: "session",
      session: 12,
      filters: { ...NO_FILTERS, meter: "abc" },
    };
    expect(formatPlace(place)).toBe("/session/12?meter=abc");
    expect(roundTrip(place)).toEqual(place);
  });

  it.each(["verify", "archive"] as const)("leads to %s", (view) => {
    expect(formatPlace({ ...START, view, page: 4 })).toBe(`/${view}`);
    expect(parsePlace(`/${view}/`, "").view).toBe(view);
  });

  it.each([
    ["/nonsense", ""],
    ["/session/x", ""],
    ["/session/0", ""],
    ["/session/99999999999", ""],
    ["", "page=-1&period=year&verdict=toString&since=yesterday&until=2026-99-99"],
    ["", "page=1e3&since=2026-01-01T00:00"],
    ["", "range=toString&driver=1e3"],
    ["", "range=&driver=-1"],
  ])("leaves nonsense out: %s %s", (path, query) => {
    expect(parsePlace(path, query)).toEqual(START);
  });
});

describe("what is asked of the server", () => {
  it("is nothing but what was chosen", () => {
    expect(toQuery(NO_FILTERS, [], TODAY)).toEqual({});
    expect(toQuery({ ...NO_FILTERS, search: "  " }, [], TODAY)).toEqual({});
    expect(hasFilters(NO_FILTERS)).toBe(false);
    expect(hasFilters({ ...NO_FILTERS, search: "x" })).toBe(true);
  });

  it("includes the last day", () => {
    const filters: Filters = {
      ...NO_FILTERS,
      search: " x ",
      driver: "12",
      range: "custom",
      since: "2026-02-01",
      until: "2026-02-28",
      verdict: "invalid",
    };
    expect(toQuery(filters, ["a", "b"], TODAY)).toEqual({
      device_id: ["a", "b"],
      driver_id: [12],
      search: "x",
      since: "2026-02-01",
      until: "2026-03-01",
      verdict: ["invalid"],
    });
  });

  it.each([
    ["all", "2026-03-31", "", ""],
    ["this_month", "2026-03-31", "2026-03-01", "2026-03-31"],
    ["this_month", "2028-02-01", "2028-02-01", "2028-02-29"],
    ["last_month", "2026-03-31", "2026-02-01", "2026-02-28"],
    ["last_month", "2026-01-01", "2025-12-01", "2025-12-31"],
    ["this_year", "2026-03-31", "2026-01-01", "2026-12-31"],
    ["last_year", "2026-01-01", "2025-01-01", "2025-12-31"],
  ] as const)("has the days of %s on %s", (range, today, since, until) => {
    // Days of a range of one's own, left over in an address, mean nothing then.
    const filters = { ...NO_FILTERS, range, since: "1999-01-01", until: "1999-01-02" };
    expect(daysOf(filters, today)).toEqual({ since, until });
  });

  it("has the days of one's own range, which may have no end", () => {
    const filters = { ...NO_FILTERS, range: "custom" as const, since: "2026-02-02" };
    expect(daysOf(filters, TODAY)).toEqual({ since: "2026-02-02", until: "" });
  });

  it("knows the day where Home Assistant is", () => {
    vi.useFakeTimers({ now: Date.parse("2026-01-31T23:30:00Z") });
    expect([todayIn("Europe/Rome"), todayIn("America/New_York")]).toEqual([
      "2026-02-01",
      "2026-01-31",
    ]);
    vi.useRealTimers();
  });

  it.each([
    ["2026-03-28", 1, "2026-03-29"],
    ["2026-03-29", 1, "2026-03-30"],
    ["2026-10-25", 1, "2026-10-26"],
    ["2028-02-28", 1, "2028-02-29"],
    ["2027-01-01", -1, "2026-12-31"],
  ])("counts days as the calendar does: %s %i", (from, days, to) => {
    expect(nextDay(from, days)).toBe(to);
  });
});
