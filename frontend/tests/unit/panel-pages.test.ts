// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import strings from "../../../custom_components/lovato_dmed4/strings.json";
import type { HomeAssistant } from "../../src/common/hass";
import type { RecordsPanel } from "../../src/panel/records-panel";
import type {
  ArchiveInfo,
  MeterArchive,
  SessionDetail,
  StoredRecord,
} from "../../src/panel/shapes";
import { METER, fakeHass } from "./hass";
import { ARCHIVE } from "./panel";

const SESSION = {
  session_id: 7,
  device_id: METER,
  meter: "Meter one",
  begin: "2026-01-02T10:00:00+01:00",
  end: "2026-01-02T10:30:00+01:00",
  last_known: "2026-01-02T10:30:00+01:00",
  duration: 1800,
  imported: "12.345",
  exported: "0.000",
  identification_type: "ISO14443",
  identification: "04A2",
  identification_level: "VERIFIED",
  tariff_text: null,
  charge_point: null,
  outcome: "ended_elsewhere",
  verdict: "valid",
  records: 1,
  driver_id: null,
  driver: null,
  cost: { amount: null, reason: "no_price", rates: null, time_left_out: false, fixed: false },
} as const;

const RECORD: StoredRecord = {
  verdict: "invalid",
  legible: true,
  signature: { verdict: "invalid", reason: "mismatch", algorithm: "ECDSA" },
  key: { verdict: "changed", fingerprint: "ab12", public_key: "3059", curve: null },
  deviations: [
    { code: "unknown_field", path: "XX", severity: "note" },
    { code: "code_of_tomorrow", path: "YY", severity: "error" },
  ],
  clock: { quality: "unknown", billable: false, reason: "signature", informative: true },
  transparency: { accepted: true, refusal: null },
  kind: "end",
  begin: "2026-01-02T10:00:00+01:00",
  end: "2026-01-02T10:30:00+01:00",
  imported: "57.269",
  exported: "0.000",
  format_version: "1.1",
  pagination: "T9",
  meter: {
    vendor: "LOVATO",
    model: "DMED404",
    serial_number: null,
    firmware: null,
    gateway: null,
    gateway_serial_number: "GW1",
  },
  identification: { identified: true, type: null, data: null, level: null, flags: ["RFID_PLAIN"] },
  tariff_text: null,
  charge_point: null,
  readings: [
    {
      name: "imported",
      time: "2026-01-02T10:30:00+01:00",
      clock: "S",
      transaction: "E",
      value: "157.269",
      unit: "kWh",
      register: "01.00.B0",
      current_type: null,
      error_flags: null,
      status: "G",
    },
  ],
  digest: "d1",
  size: 3,
  raw: "OCMF|<b>|",
  record_id: 3,
  session_id: 7,
  device_id: METER,
  source: "meter",
  arrived: "2026-01-02T10:31:00+01:00",
  verified: "2026-01-02T10:31:00+01:00",
  links: { ocmf: "/api/lovato_dmed4/entry-1/records/3.ocmf", xml: null, ocpi: null, ocpp: null },
} as unknown as StoredRecord;

const FINDING = { code: "record_repeated", severity: "warning", record_id: 3, values: ["T9"] };

const DETAIL = {
  ...SESSION,
  findings: [FINDING],
  clock: RECORD.clock,
  transparency: RECORD.transparency,
  record_reports: [RECORD],
  links: { ocmf: "/api/lovato_dmed4/entry-1/sessions/7.ocmf", xml: null, ocpi: null, ocpp: null },
} as unknown as SessionDetail;

const PAGE = { sessions: [SESSION], total: 1, offset: 0, limit: 25 };
const NOBODY = { driver_id: null, driver: null };
const ANNA = { driver_id: 12, driver: "Anna Rossi" };
const ENERGY = { time_zone: "Europe/Rome", imported: "0", exported: "0" };

let answers: Record<string, unknown>;
let panel: RecordsPanel;

function info(...meters: Partial<MeterArchive>[]): ArchiveInfo {
  return { version: "1.0.0", meters: meters.map((meter) => ({ ...ARCHIVE, ...meter })) };
}

function makeHass(states = {}, more: Partial<HomeAssistant> = {}): ReturnType<typeof fakeHass> {
  return fakeHass(states, {
    callWS: vi.fn((message: { type: string }) => {
      const { type } = message;
      const found = answers[type.replace("lovato_dmed4/", "")];
      const answer: unknown =
        typeof found === "function" ? (found as (message: object) => unknown)(message) : found;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    }) as unknown as HomeAssistant["callWS"],
    ...more,
  });
}

let hass: ReturnType<typeof fakeHass>;

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await vi.advanceTimersByTimeAsync(0);
}

async function show(path = ""): Promise<void> {
  window.history.replaceState(null, "", `/lovato-dmed4${path}`);
  panel = document.createElement("lovato-dmed4-panel") as RecordsPanel;
  panel.hass = hass;
  panel.route = { prefix: "/lovato-dmed4", path };
  document.body.append(panel);
  await settle();
}

/** The page that is shown; the panel itself where it shows none. */
function root(): DocumentFragment | HTMLElement {
  const page = panel.renderRoot.querySelector(".content > *:last-child");
  return page?.shadowRoot ?? panel.renderRoot;
}

function choose(field: HTMLInputElement | HTMLSelectElement, value: string): void {
  field.value = value;
  field.dispatchEvent(new Event("change"));
}

const text = (): string => root().textContent.replace(/\s+/g, " ");

/** What the server was asked, last, by a command. */
function asked(command: string): Record<string, unknown> | undefined {
  const calls = vi.mocked(hass.callWS).mock.calls.map(([message]) => message);
  return calls.findLast(({ type }) => type === `lovato_dmed4/${command}`);
}

const count = (command: string): number =>
  vi.mocked(hass.callWS).mock.calls.filter(([{ type }]) => type === `lovato_dmed4/${command}`)
    .length;

function find<Wanted extends Element>(selector: string): Wanted {
  const found = root().querySelector<Wanted>(selector);
  if (!found) throw new Error(`there is no ${selector}`);
  return found;
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-01-10T12:00:00Z") });
  answers = {
    "archive/info": info({}),
    "sessions/list": PAGE,
    "sessions/energy": ({ period }: { period: string }) => ({
      ...ENERGY,
      period,
      sessions: 0,
      series: [],
    }),
    "sessions/get": DETAIL,
    "drivers/list": { drivers: [], unnamed: [] },
    "prices/list": { prices: [], currency: "EUR", time_zone: "Europe/Rome" },
    "records/list": { records: [], total: 0, offset: 0, limit: 50 },
  };
  hass = makeHass();
});

afterEach(() => {
  panel.remove();
  localStorage.clear();
  vi.useRealTimers();
});

describe("the panel", () => {
  it("tells that it is older than the server", async () => {
    answers["archive/info"] = { ...info({}), version: "1.0.1" };
    await show();
    expect(panel.renderRoot.textContent).toContain("was updated since this page was opened");
  });

  it("tells that there is no meter, and looks again", async () => {
    answers["archive/info"] = info();
    await show();
    expect(text()).toContain("No meter is loaded");
    answers["archive/info"] = info({});
    panel.renderRoot.querySelector<HTMLElement>(".empty button")?.click();
    await settle();
    expect(text()).toContain("04A2");
  });

  it("tells why it can show nothing, and tries again", async () => {
    answers["archive/info"] = Object.assign(new Error(), { message: "no archive" });
    await show();
    expect(text()).toContain("no archive");
    answers["archive/info"] = info({});
    panel.renderRoot.querySelector<HTMLElement>(".notice button")?.click();
    await settle();
    expect(text()).toContain("04A2");
  });

  it("asks again when there may be something new, and only then", async () => {
    await show();
    expect(count("archive/info")).toBe(1);
    const before = count("sessions/list");
    panel.hass = makeHass({ "sensor.voltage": "400" }, { callWS: hass.callWS });
    await settle();
    expect(count("sessions/list")).toBe(before);
    panel.hass = makeHass({ "binary_sensor.charging": "on" }, { callWS: hass.callWS });
    await settle();
    expect(count("sessions/list")).toBe(before + 1);
    panel.hass.connection.addEventListener("ready", () => undefined);
    (panel.hass as typeof hass).connection.comeBack();
    await settle();
    expect(count("sessions/list")).toBe(before + 2);
    panel.remove();
    expect((panel.hass as typeof hass).connection.listeners).toBe(1);
  });

  it("changes its page by its links, and leaves other clicks to the browser", async () => {
    await show();
    const [, , verify] = panel.renderRoot.querySelectorAll<HTMLAnchorElement>(".tabs a");
    const click = (more: MouseEventInit): MouseEvent => {
      const event = new MouseEvent("click", {
        bubbles: true,
        cancelable: true,
        composed: true,
        ...more,
      });
      verify?.dispatchEvent(event);
      return event;
    };
    expect(click({ ctrlKey: true }).defaultPrevented).toBe(false);
    expect(click({}).defaultPrevented).toBe(true);
    await settle();
    expect(window.location.pathname).toBe("/lovato-dmed4/verify");
    expect(text()).toContain("Paste signed records");
  });
});

describe("another page", () => {
  const link = (place: number): HTMLElement | undefined =>
    [...panel.renderRoot.querySelectorAll<HTMLElement>(".tabs a")][place];

  it("has its heading in the title, and the focus on it", async () => {
    await show("/archive");
    expect(document.title).toBe("Archive – Home Assistant");
    expect(root()).toHaveProperty("activeElement", null);
    link(2)?.click();
    await settle();
    expect(document.title).toBe("Verify a record – Home Assistant");
    expect(root()).toHaveProperty("activeElement.tagName", "H2");
    link(0)?.click();
    await settle();
    expect(document.title).toBe("Sessions – Home Assistant");
    find<HTMLElement>("td a").click();
    await settle();
    expect(document.title).toBe("Session of Jan 2, 2026, 10:00 – Home Assistant");
    expect(root()).toHaveProperty("activeElement.tagName", "H2");
  });

  it("takes the focus when it is opened, not whenever something is chosen", async () => {
    await show();
    const search = find<HTMLInputElement>("input[name=search]");
    search.focus();
    choose(find("select[name=range]"), "last_year");
    await settle();
    expect(root()).toHaveProperty("activeElement", search);
  });
});

describe("the overview", () => {
  it("invites who has no charges yet, but not who filters them away", async () => {
    answers["sessions/list"] = { ...PAGE, sessions: [], total: 0 };
    await show();
    expect(text()).toContain("No sessions yet");
    panel.remove();
    await show("?search=x");
    expect(text()).toContain("No sessions match these filters.");
  });

  it("goes to the last page when there are fewer than there were", async () => {
    answers["sessions/list"] = { ...PAGE, sessions: [], total: 30, offset: 100 };
    await show("?page=5");
    expect(window.location.search).toBe("?page=2");
    expect(asked("sessions/list")).toMatchObject({ offset: 25, limit: 25 });
  });

  it("searches when typing has stopped", async () => {
    await show();
    const before = count("sessions/list");
    const field = find<HTMLInputElement>("input[name=search]");
    for (const value of ["0", "04", "04A"]) {
      field.value = value;
      field.dispatchEvent(new InputEvent("input"));
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(count("sessions/list")).toBe(before);
    await vi.advanceTimersByTimeAsync(200);
    await settle();
    expect(count("sessions/list")).toBe(before + 1);
    expect(asked("sessions/list")).toMatchObject({ search: "04A", offset: 0 });
  });

  it("asks the first archive where there are several, and says what cannot be reached", async () => {
    answers["archive/info"] = info(
      {},
      { device_id: "meter-2", archive: 1, name: "Meter two", available: false, waiting: 3 },
    );
    await show();
    expect(asked("sessions/list")).toMatchObject({ device_id: [METER] });
    expect(text()).toContain("The archive of Meter two cannot be reached");
  });

  it("downloads what is shown", async () => {
    answers["auth/sign_path"] = { path: "/signed" };
    await show(`?search=04A2&meter=${METER}&until=2026-01-05`);
    const follow = vi.spyOn(HTMLAnchorElement.prototype, "click").mockReturnValue();
    const forms = ["xlsx", "csv", "zip"];
    const buttons = [...root().querySelectorAll<HTMLElement>(".downloads button")];
    expect(buttons.map((button) => button.textContent.trim().toLowerCase())).toEqual(forms);
    for (const [place, form] of forms.entries()) {
      buttons[place]?.click();
      await settle();
      expect(hass.callWS).toHaveBeenLastCalledWith({
        type: "auth/sign_path",
        path: `/api/lovato_dmed4/entry-1/sessions.${form}?device_id=${METER}&search=04A2&until=2026-01-06`,
        expires: 60,
      });
    }
    const [link] = follow.mock.contexts as HTMLAnchorElement[];
    expect(link?.getAttribute("href")).toBe("/signed");
    follow.mockRestore();
  });

  it("asks for the same days for list and chart, and says which", async () => {
    const days = { since: "2025-12-01", until: "2026-01-01" };
    answers["sessions/energy"] = { ...ENERGY, period: "day", sessions: 0, series: [] };
    await show("?range=last_month");
    expect(asked("sessions/list")).toMatchObject(days);
    expect(asked("sessions/energy")).toMatchObject({ ...days, period: "day" });
    expect(text()).toContain("Dec 1, 2025 to Dec 31, 2025: 0 sessions");
    const range = find<HTMLSelectElement>("select[name=range]");
    // A range of one's own begins as what was shown.
    choose(range, "custom");
    await settle();
    expect(window.location.search).toBe("?since=2025-12-01&until=2025-12-31");
    choose(find("input[name=until]"), "2025-12-15");
    await settle();
    expect(asked("sessions/list")).toMatchObject({ ...days, until: "2025-12-16" });
    expect(asked("sessions/energy")).toMatchObject({ ...days, until: "2025-12-16" });
    choose(find("select[name=range]"), "all");
    await settle();
    expect(window.location.search).toBe("");
    expect(asked("sessions/list")).not.toHaveProperty("since");
    expect(root().querySelector("input[type=date]")).toBe(null);
  });

  it("offers all sessions where there are none in the range", async () => {
    answers["sessions/list"] = { ...PAGE, sessions: [], total: 0 };
    await show("?range=this_month");
    find<HTMLElement>(".empty button").click();
    await settle();
    expect(window.location.search).toBe("");
    expect(asked("sessions/list")).not.toHaveProperty("since");
  });

  it("shows bars by day only once it is known that they are few", async () => {
    const bucket = { start: "2025-11-01", imported: "1.000", exported: "0", sessions: 1 };
    const series = { ...NOBODY, identification: "04A2", imported: "1.000", exported: "0" };
    answers["sessions/energy"] = ({ period }: { period: string }) => ({
      ...ENERGY,
      period,
      sessions: 1,
      series: [{ ...series, sessions: 1, buckets: [bucket] }],
    });
    await show();
    const asks = vi
      .mocked(hass.callWS)
      .mock.calls.flatMap(([{ type, period }]) =>
        String(type).endsWith("/energy") ? [period] : [],
      );
    expect(asks).toEqual(["month", "day"]);
    expect(root().querySelectorAll(".bar")).toHaveLength(71); // 1 November to 10 January
    bucket.start = "2024-11-01";
    panel.remove();
    vi.mocked(hass.callWS).mockClear();
    await show();
    expect(count("sessions/energy")).toBe(1);
    expect([...root().querySelectorAll(".tick")].at(-1)?.textContent).toBe("Jan 2026");
    // There is nothing to choose.
    expect(root().querySelector(".switch")).toBe(null);
  });

  it("names drivers before their identifications, and finds them by name", async () => {
    const named = { ...SESSION, ...ANNA };
    answers["sessions/list"] = { ...PAGE, sessions: [named, SESSION], total: 2 };
    answers["drivers/list"] = { drivers: [{ driver_id: 12, name: "Anna Rossi" }], unnamed: [] };
    const buckets = [{ start: "2026-01-02", imported: "2.500", exported: "0", sessions: 1 }];
    const sums = { imported: "2.500", exported: "0", sessions: 1, buckets };
    answers["sessions/energy"] = {
      ...ENERGY,
      period: "day",
      sessions: 2,
      series: [
        { ...ANNA, identification: "04A2", ...sums },
        { ...NOBODY, identification: "04B3", ...sums },
      ],
    };
    await show("?range=this_month");
    const [first, second] = root().querySelectorAll("td.who");
    const words = (of: Element | undefined): string =>
      of?.textContent.trim().replace(/\s+/g, " ") ?? "";
    expect(words(first)).toBe("Anna Rossi 04A2 · RFID card (ISO 14443)");
    expect(words(second)).toBe("04A2 RFID card (ISO 14443)");
    expect([...root().querySelectorAll(".legend span")].map((one) => words(one))).toEqual([
      "Anna Rossi",
      "04B3",
    ]);
    expect([...root().querySelectorAll(".numbers th[scope=col]")].map((one) => words(one))).toEqual(
      ["Day", "Anna Rossi", "04B3", "Total"],
    );
    find<HTMLElement>(".legend button").click();
    await settle();
    expect(window.location.search).toBe("?driver=12&range=this_month");
    expect(asked("sessions/list")).toMatchObject({ driver_id: [12] });
    const driver = find<HTMLSelectElement>("select[name=driver]");
    expect([...driver.options].map(({ text: name }) => name.trim())).toEqual([
      "All drivers",
      "Anna Rossi",
    ]);
    expect(driver.value).toBe("12");
    expect(find(".legend button").getAttribute("aria-pressed")).toBe("true");
    choose(driver, "");
    await settle();
    expect(asked("sessions/list")).not.toHaveProperty("driver_id");
    panel.remove();
    await show("?driver=99");
    expect(find("select[name=driver] option[value='99']").textContent).toContain(
      "A deleted driver",
    );
  });

  it("shows the values of a bar that is touched", async () => {
    const buckets = [{ start: "2026-01-02", imported: "2.500", exported: "0", sessions: 1 }];
    const sums = { imported: "2.500", exported: "0", sessions: 1, buckets };
    const series = [{ ...ANNA, identification: "04A2", ...sums }];
    answers["sessions/energy"] = { ...ENERGY, period: "day", sessions: 1, series };
    await show("?range=this_month");
    expect(text()).toContain("Choose a bar to see its values.");
    root().querySelectorAll(".bar")[1]?.dispatchEvent(new PointerEvent("pointerenter"));
    await settle();
    const values = (): string => find(".values").textContent.replace(/\s+/g, " ");
    expect(values()).toContain("Friday, January 2, 2026: 2.50 kWh Anna Rossi 2.50");
    const leave = (pointerType: string): boolean =>
      find(".plot").dispatchEvent(new PointerEvent("pointerleave", { pointerType }));
    leave("touch");
    await settle();
    expect(values()).toContain("2.50 kWh");
    leave("mouse");
    await settle();
    expect(values()).toContain("Choose a bar");
  });

  it("shows what sessions cost where there are prices, and why one has no cost", async () => {
    const rates = { energy: "0.45", currency: "EUR" };
    const cost = { ...SESSION.cost, amount: "1234.50", reason: null, rates };
    answers["sessions/list"] = { ...PAGE, sessions: [{ ...SESSION, cost }, SESSION], total: 2 };
    await show();
    expect(root().querySelector("td.cost")).toBe(null);
    answers["prices/list"] = { prices: [{ price_id: 1 }], currency: "EUR", time_zone: "" };
    panel.remove();
    await show();
    const costs = [...root().querySelectorAll("td.cost")].map((one) => one.textContent.trim());
    expect(costs).toEqual(["€1,234.50", "–No price was set for this session."]);
  });

  it("shows the columns that were chosen in this browser", async () => {
    await show();
    const heads = (): string[] =>
      [...root().querySelectorAll(".sessions th")].map((one) => one.textContent.trim());
    const usual = ["Start", "Duration", "Energy", "Driver (identification)", "Tariff", "Verdict"];
    expect(heads()).toEqual(usual);
    for (const [name, there] of Object.entries({ tariff: false, end: true })) {
      const box = find<HTMLInputElement>(`.columns input[name=${name}]`);
      expect(box.checked).toBe(!there);
      box.checked = there;
      box.dispatchEvent(new Event("change"));
    }
    await settle();
    const chosen = ["Start", "End", "Duration", "Energy", "Driver (identification)", "Verdict"];
    expect(heads()).toEqual(chosen);
    panel.remove();
    await show();
    expect(heads()).toEqual(chosen);
    localStorage.setItem("lovato_dmed4.columns", '{"begin":false,"end":"yes","tariff":1}');
    panel.remove();
    await show();
    expect(heads()).toEqual(usual);
    localStorage.setItem("lovato_dmed4.columns", "null");
    panel.remove();
    await show();
    expect(heads()).toEqual(usual);
  });

  it("says why a download failed", async () => {
    answers["auth/sign_path"] = Object.assign(new Error(), { message: "not today" });
    await show();
    find<HTMLElement>(".downloads button").click();
    await settle();
    expect(text()).toContain("not today");
  });
});

describe("a charge's page", () => {
  it("explains what is wrong, part by part, also with codes of a newer server", async () => {
    await show("/session/7");
    expect(asked("sessions/get")).toEqual({ type: "lovato_dmed4/sessions/get", session_id: 7 });
    for (const words of [
      "The record T9 appears twice",
      "its signature and the key do not belong together",
      "code_of_tomorrow YY",
      "Nothing can be billed unless every signature is verified.",
      "shows the time of this record as informative only",
      "Imported 01.00.B0",
      "157.269 kWh",
      "Good",
      "GW1",
      "Home Assistant has no recorded power",
    ])
      expect(text()).toContain(words);
    // Whatever a record says is text.
    expect(find("pre").textContent).toBe("OCMF|<b>|");
    const xml = [...root().querySelectorAll("button")].filter((one) =>
      one.textContent.includes("XML"),
    );
    expect(xml.map(({ disabled }) => disabled)).toEqual([true, true]);
  });

  it.each(
    Object.keys(strings.config_panel.outcome).flatMap((outcome) =>
      Object.keys(strings.config_panel.verdict).map((verdict) => [outcome, verdict] as const),
    ),
  )("contradicts itself nowhere: %s, %s", async (outcome, verdict) => {
    const ended = !["open", "end_missing"].includes(outcome);
    const good = verdict === "valid";
    const [signature, key] = {
      valid: ["valid", "own"],
      inconsistent: ["valid", "former"],
      key_changed: ["valid", "rejected"],
      unverifiable: ["no_key", "none"],
      invalid: ["invalid", "own"],
    }[verdict] ?? ["", ""];
    const signed = signature === "valid";
    const clock = {
      quality: "synchronised",
      billable: good && ended,
      reason: good ? (ended ? null : "no_end") : "signature",
      informative: false,
    };
    const session = {
      ...DETAIL,
      outcome,
      verdict,
      clock,
      findings: outcome === "open" ? [{ ...FINDING, code: "end_missing" }] : [],
      transparency: { accepted: signed, refusal: signed ? null : "signature" },
      ...(ended ? {} : { end: null, duration: null }),
    };
    const record = {
      ...RECORD,
      // What is inconsistent are records that are good each.
      verdict: verdict === "inconsistent" ? "valid" : verdict,
      signature: { ...RECORD.signature, verdict: signature },
      key: { ...RECORD.key, verdict: key },
      clock: clock.billable ? clock : { ...clock, reason: signed ? "session" : "signature" },
      deviations: [],
      transparency: session.transparency,
    };
    answers["sessions/get"] = { ...session, record_reports: [record] };
    answers["sessions/list"] = { ...PAGE, sessions: [session] };
    await show("/session/7");
    const facts = [...root().querySelectorAll("dt")].map((one) => one.textContent.trim());
    expect(facts.includes("End")).toBe(ended);
    expect(facts.includes("Duration")).toBe(ended);
    expect(facts.includes("Last known time")).toBe(!ended);
    expect(text()).not.toContain("0:00:00");
    if (outcome === "end_missing") expect(text()).not.toContain("still running");
    // Without a good signature nothing on the page is called good, nor can be billed.
    const goods = [...root().querySelectorAll(".tone.success")].map(
      (one) => one.parentElement?.querySelector("h4")?.textContent ?? "Consistency",
    );
    const trusted = ["valid", "inconsistent"].includes(verdict);
    if (!trusted) expect(goods).toEqual([]);
    expect(goods.filter((one) => one === "Clock").length).toBe(good && ended ? 2 : 0);
    // Of the records, and of the session only where that is good.
    expect(goods.filter((one) => one === "Transparency software").length).toBe(
      good ? 2 : trusted ? 1 : 0,
    );
    expect(goods.includes("Key")).toBe(trusted);
    expect(goods.includes("Consistency")).toBe(good && outcome !== "open");
    expect(text().includes("duration can be billed")).toBe(good && ended);
    expect(text()).not.toMatch(/made by|signed by/i);
    // The list says the same.
    panel.remove();
    localStorage.setItem("lovato_dmed4.columns", '{"end":true,"duration":true}');
    await show();
    const cell = (name: string): string => find(`td.${name}`).textContent.trim();
    expect(cell("end") === "–").toBe(!ended);
    expect(/\d:\d\d/.test(cell("duration"))).toBe(ended);
  });

  it("names the driver, and leads from a finding to its record", async () => {
    answers["sessions/get"] = { ...DETAIL, ...ANNA };
    await show("/session/7");
    expect(text()).toContain("Anna Rossi 04A2 · RFID card (ISO 14443)");
    const record = find<HTMLDetailsElement>("details.record");
    record.open = false;
    record.scrollIntoView = vi.fn();
    find<HTMLElement>("button.link").click();
    expect(record.open).toBe(true);
    expect(record.scrollIntoView).toHaveBeenCalledOnce();
    expect(root()).toHaveProperty("activeElement.tagName", "SUMMARY");
  });

  it("shows a status that OCMF does not have as the meter wrote it", async () => {
    const [reading] = RECORD.readings;
    const readings = ["Z", "g", "G"].map((status) => ({ ...reading, status }));
    answers["sessions/get"] = { ...DETAIL, record_reports: [{ ...RECORD, readings }] };
    await show("/session/7");
    const shown = [...root().querySelectorAll("td.status")].map((one) => one.textContent.trim());
    expect(shown).toEqual(["Z (not a status of OCMF)", "g (not a status of OCMF)", "Good"]);
  });

  it("says times and figures of findings in the reader's notation", async () => {
    const values = ["2026-01-02T10:30:05,000+0100 S", "2026-01-02T10:29:59,000+0100 S"];
    const findings = [
      { code: "time_backward", severity: "error", record_id: 3, values },
      { code: "cycle_differs", severity: "note", record_id: 3, values: ["1234.5", "1234.6"] },
      { code: "pagination_gap", severity: "note", record_id: 3, values: ["T9", "T11"] },
    ];
    answers["sessions/get"] = { ...DETAIL, findings };
    await show("/session/7");
    for (const words of ["Jan 2, 2026, 10:29:59 comes after Jan 2, 2026, 10:30:05", "1,234.5 kWh"])
      expect(text()).toContain(words);
    expect(text()).toContain("between T9 and T11");
  });

  it("shows the power where the curve is touched", async () => {
    const at = (clock: string): number => Date.parse(`2026-01-02T${clock}+01:00`) / 1000;
    answers["history/history_during_period"] = {
      "sensor.renamed_power": [
        { s: "10", lu: at("10:00:00") },
        { s: "22.5", lu: at("10:15:00") },
      ],
    };
    await show("/session/7");
    const plot = find(".plot");
    vi.spyOn(plot, "getBoundingClientRect").mockReturnValue({ left: 0 } as DOMRect);
    const point = async (type: string, part: number, pointerType = "touch"): Promise<string> => {
      // 720 pixels, of which 44 are for the scale and 8 are free.
      plot.dispatchEvent(new PointerEvent(type, { clientX: 44 + part * 668, pointerType }));
      await settle();
      return find(".values").textContent.trim().replace(/\s+/g, " ");
    };
    expect(await point("pointerdown", 0.25)).toBe("10:07: 10.00 kW");
    expect(await point("pointermove", 0.5)).toBe("10:15: 22.50 kW");
    expect(await point("pointermove", 2)).toBe("10:30: 22.50 kW");
    expect(await point("pointerleave", 2)).toBe("10:30: 22.50 kW");
    expect(await point("pointerleave", 2, "mouse")).toContain("Point at the curve");
  });

  it("says that there is no such charge", async () => {
    answers["sessions/get"] = Object.assign(new Error(), { message: "no such charge" });
    await show("/session/8?meter=meter-2");
    expect(asked("sessions/get")).toMatchObject({ session_id: 8, device_id: ["meter-2"] });
    expect(text()).toContain("no such charge");
  });
});

describe("the page that verifies", () => {
  it("asks for what was pasted, with a key only if there is one", async () => {
    const found = { ...RECORD, device_id: null, record_id: null, session_id: null };
    answers["records/verify"] = { ...found, records: [found] };
    await show("/verify");
    find<HTMLTextAreaElement>("textarea[name=record]").value = "  OCMF|a|b \n";
    find<HTMLFormElement>("form").dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
    await settle();
    expect(asked("records/verify")).toEqual({
      type: "lovato_dmed4/records/verify",
      record: "OCMF|a|b",
    });
    expect(find("#result").textContent).toContain("Invalid");
    expect(text()).toContain("57.269 kWh from Jan 2, 2026");
    // Of a forgery, nobody is named as the one who signed it.
    expect(text()).not.toContain("igned by");
    find<HTMLTextAreaElement>("textarea[name=public_key]").value = "3059 ";
    find<HTMLFormElement>("form").dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
    await settle();
    expect(asked("records/verify")).toMatchObject({ public_key: "3059" });
  });

  it("names nobody as the one who signed with a key that is not accepted", async () => {
    const found = {
      ...RECORD,
      verdict: "key_changed",
      signature: { ...RECORD.signature, verdict: "valid" },
      key: { ...RECORD.key, verdict: "changed" },
      device_id: METER,
      record_id: null,
      session_id: null,
    };
    answers["records/verify"] = { ...found, records: [found] };
    await show("/verify");
    find<HTMLTextAreaElement>("textarea[name=record]").value = "OCMF|a|b";
    find<HTMLFormElement>("form").dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
    await settle();
    expect(find("#result").textContent).toContain("Key not accepted");
    expect(text()).not.toMatch(/signed by/i);
    expect(root().querySelector("#result .success")).toBe(null);
  });

  it("says nothing good of what is not a record", async () => {
    const found = {
      ...RECORD,
      verdict: "unverifiable",
      legible: false,
      signature: { verdict: "malformed", reason: "not_a_record", algorithm: null },
      deviations: [],
      device_id: null,
      record_id: null,
      session_id: null,
    };
    answers["records/verify"] = { ...found, records: [] };
    await show("/verify");
    find<HTMLTextAreaElement>("textarea[name=record]").value = "hello world";
    find<HTMLFormElement>("form").dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
    await settle();
    expect(text()).not.toContain("complies with the OCMF specification");
    expect(root().querySelector(".tone.success")).toBe(null);
  });

  it("gives a verdict on each of several records, out of a file that was chosen", async () => {
    const good = {
      ...RECORD,
      verdict: "valid",
      signature: { ...RECORD.signature, verdict: "valid" },
      device_id: METER,
      record_id: 3,
      session_id: 7,
      identification: { ...RECORD.identification, data: "04a2" },
    };
    answers["drivers/list"] = {
      drivers: [{ ...ANNA, name: "Anna Rossi", identifications: [{ value: "04A2", type: null }] }],
      unnamed: [],
    };
    const bad = { ...RECORD, device_id: null, record_id: null, session_id: null };
    answers["records/verify"] = { ...good, records: [good, bad] };
    await show("/verify");
    const input = find<HTMLInputElement>("input[type=file]");
    const choose = async (size: number): Promise<void> => {
      const file = new File(["OCMF|a|b\nOCMF|c|d"], "records.ocmf");
      Object.defineProperty(file, "size", { value: size });
      Object.defineProperty(input, "files", { value: [file], configurable: true });
      input.dispatchEvent(new Event("change"));
      await settle();
    };
    await choose(3_000_000);
    expect(text()).toContain("too large");
    expect(asked("records/verify")).toBe(undefined);
    await choose(17);
    expect(asked("records/verify")).toMatchObject({ record: "OCMF|a|b\nOCMF|c|d" });
    expect(text()).toContain("Records found: 2");
    expect(root().querySelectorAll(".banner").length).toBe(2);
    expect(text()).toContain("Signed by Meter one.");
    // Who has the identification is known here only.
    expect(text()).toContain("Anna Rossi · 04a2 ·");
    expect(text()).toContain("Anna Rossi 04a2");
  });
});

describe("a file that is verified", () => {
  const chosen = async (content: BlobPart): Promise<string> => {
    answers["records/verify"] = { ...RECORD, records: [] };
    await show("/verify");
    const input = find<HTMLInputElement>("input[type=file]");
    const file = new File([content], "record.ocmf");
    Object.defineProperty(input, "files", { value: [file], configurable: true });
    input.dispatchEvent(new Event("change"));
    await settle();
    return (asked("records/verify") as { record: string }).record;
  };
  const bytes = (base64: string): Uint8Array =>
    Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

  it("is sent byte for byte where a text would not be the same", async () => {
    const lines = 'OCMF|{\r\n  "PG": "T1"\r\n}|{}';
    expect(new TextDecoder().decode(bytes(await chosen(lines)))).toBe(lines);
    // A meter that writes the letters of western Europe in a byte each.
    const latin = Uint8Array.from('OCMF|{"TT":"\u00e4"}|{}', (letter) => letter.charCodeAt(0));
    expect(bytes(await chosen(latin))).toEqual(latin);
    // Until the text is edited.
    find<HTMLTextAreaElement>("textarea[name=record]").value = "OCMF|{}|{}";
    find<HTMLFormElement>("form").dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
    await settle();
    expect(asked("records/verify")).toMatchObject({ record: "OCMF|{}|{}" });
  });

  it("is read as Windows writes it", async () => {
    const text = 'OCMF|{"TT":"ä"}|{}';
    const wide = Uint16Array.from(`\ufeff${text}`, (letter) => letter.charCodeAt(0));
    expect(await chosen(wide)).toBe(text);
  });
});

describe("the archive's page", () => {
  it("says what is lost, failed, behind and waiting", async () => {
    answers["archive/info"] = info({
      failed: 2,
      waiting: 4,
      available: false,
      sync: {
        running: false,
        fetched: 0,
        missing: 5,
        lost: 1,
        failed: true,
        overwrites_soon: true,
        unreadable: false,
      },
    });
    await show("/archive");
    for (const words of [
      "with an invalid signature: 2",
      "Number of times this happened: 1",
      "about to overwrite records",
      "Fetching the records was interrupted",
      "Waiting to be stored",
      "Not complete yet",
      "No key of this meter is known yet.",
    ])
      expect(text()).toContain(words);
    expect(find<HTMLButtonElement>(".check button").disabled).toBe(true);
  });

  it("shows the alarm about another key, and leads to what is wrong", async () => {
    await show("/archive");
    expect(text()).not.toContain("has not been accepted");
    panel.remove();
    answers["archive/info"] = info({ failed: 1, alarm: { expected: "AA:01", found: "BB:02" } });
    await show("/archive");
    const alarm = find("[role=alert]").textContent.replace(/\s+/g, " ");
    expect(alarm).toContain("accepted key: AA:01");
    expect(alarm).toContain("new key: BB:02");
    const links = [...root().querySelectorAll(".notice a")].map((one) => one.getAttribute("href"));
    expect(links).toEqual(["/config/repairs", `/lovato-dmed4?meter=${METER}&verdict=invalid`]);
  });

  it("looks again every few seconds, as long as it is open", async () => {
    await show("/archive");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(count("archive/info")).toBe(3);
    panel.remove();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(count("archive/info")).toBe(3);
    await show("/verify");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(count("archive/info")).toBe(4);
  });

  it("verifies the archive that is meant", async () => {
    answers["archive/info"] = info({}, { device_id: "meter-2", archive: 1, name: "Meter two" });
    answers["archive/verify"] = { records: 12, suspicious: 1, failed: 1 };
    await show("/archive");
    [...root().querySelectorAll<HTMLElement>(".check button")].at(-1)?.click();
    await settle();
    expect(asked("archive/verify")).toMatchObject({ device_id: ["meter-2"] });
    expect(text()).toContain(
      "Records verified: 12. To be reviewed: 1. With an invalid signature: 1.",
    );
  });
});
