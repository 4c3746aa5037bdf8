import { describe, expect, it } from "vitest";

import {
  NO_FILTERS,
  START,
  formatPlace,
  hasFilters,
  nextDay,
  parsePlace,
  toQuery,
  type Place,
} from "../../src/panel/location";

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
        since: "2026-01-31",
        until: "2026-02-28",
        verdict: "key_changed",
      },
      period: "month",
      page: 7,
    };
    expect(roundTrip(place)).toEqual(place);
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
  ])("leaves nonsense out: %s %s", (path, query) => {
    expect(parsePlace(path, query)).toEqual(START);
  });
});

describe("what is asked of the server", () => {
  it("is nothing but what was chosen", () => {
    expect(toQuery(NO_FILTERS, [])).toEqual({});
    expect(toQuery({ ...NO_FILTERS, search: "  " }, [])).toEqual({});
    expect(hasFilters(NO_FILTERS)).toBe(false);
    expect(hasFilters({ ...NO_FILTERS, search: "x" })).toBe(true);
  });

  it("includes the last day", () => {
    const filters = { ...NO_FILTERS, search: " x ", since: "2026-02-01", until: "2026-02-28" };
    expect(toQuery({ ...filters, verdict: "invalid" }, ["a", "b"])).toEqual({
      device_id: ["a", "b"],
      search: "x",
      since: "2026-02-01",
      until: "2026-03-01",
      verdict: ["invalid"],
    });
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
