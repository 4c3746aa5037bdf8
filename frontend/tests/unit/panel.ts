/** What the tests of the panel's pages share: a browser that has what they need, and an archive. */

import { vi } from "vitest";

import "../../src/panel";
import type { MeterArchive } from "../../src/panel/shapes";
import { METER } from "./hass";

vi.stubGlobal("VERSION", "1.0.0");
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe(): void {
      // It is as wide as it is.
    }
    disconnect(): void {
      // Nothing was observed.
    }
  },
);

export const ARCHIVE: MeterArchive = {
  device_id: METER,
  entry_id: "entry-1",
  name: "Meter one",
  archive: 0,
  loaded: true,
  available: true,
  waiting: 0,
  records: 12,
  suspicious: 0,
  failed: 0,
  sync: {
    running: false,
    fetched: 0,
    missing: 0,
    lost: 0,
    failed: false,
    overwrites_soon: false,
    unreadable: false,
  },
  keys: [],
  alarm: null,
};
