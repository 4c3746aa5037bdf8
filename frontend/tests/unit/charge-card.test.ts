// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import "../../src/card";
import { ChargeCard } from "../../src/card/charge-card";
import { CONFIG_FORM, suggest } from "../../src/card/config";
import { typeFor, type StartDialog } from "../../src/card/start-dialog";
import type { PowerTrace } from "../../src/card/trace";
import type { RecordResponse } from "../../src/common/actions";
import type { HomeAssistant } from "../../src/common/hass";
import { FORM, METER, fakeHass, localize, measuring, type FakeConnection } from "./hass";

type Hass = ReturnType<typeof fakeHass>;

const CHARGING = { "binary_sensor.charging": measuring("active"), "sensor.power": "62.5" };

const RECORD: RecordResponse = {
  record: 'OCMF|{"IT":"ISO14443","ID":"04A2"}|{}',
  record_url: "/api/lovato_dmed4/1/last_record.ocmf",
  signature: "valid",
  verdict: "valid",
  pagination: "T7",
  readings: [],
};

let card: ChargeCard;
let onScreen: (visible: boolean) => void;

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await vi.advanceTimersByTimeAsync(0);
  await card.updateComplete;
}

/** A sign of life without values: those of the entities are shown. */
function hear(hass: Hass): void {
  const values = { power: null, voltage: null, current: null };
  hass.connection.subscriptions.at(-1)?.send({ time: Date.now() / 1000, ...values });
}

async function show(hass: Hass, config: object = {}): Promise<void> {
  card = document.createElement("lovato-dmed4-charge-card") as ChargeCard;
  card.setConfig({ type: "custom:lovato-dmed4-charge-card", device_id: METER, ...config });
  card.hass = hass;
  document.body.append(card);
  await settle();
  hear(hass);
  await settle();
}

const text = (): string => card.renderRoot.textContent.replace(/\s+/g, " ");

const buttons = (): string[] =>
  [...card.renderRoot.querySelectorAll("ha-card button")].map((button) =>
    button.textContent.trim(),
  );

function press(name: string): void {
  const all = [...card.renderRoot.querySelectorAll("button")];
  const found = all.find((button) => button.textContent.trim() === name);
  if (!found) throw new Error(`there is no button ${name}`);
  found.click();
}

function actions(hass: HomeAssistant): string[] {
  return vi.mocked(hass.callService).mock.calls.map(([, action]) => action);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(report: (entries: { isIntersecting: boolean }[]) => void) {
        onScreen = (isIntersecting) => {
          report([{ isIntersecting }]);
        };
      }
      observe(): void {
        onScreen(true);
      }
      disconnect(): void {
        // nothing is observed
      }
    },
  );
});

afterEach(() => {
  card.remove();
  localStorage.clear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the card", () => {
  it("shows what the meter does", async () => {
    await show(fakeHass(CHARGING));
    expect(text()).toContain("DMED404");
    expect(text()).toContain("Charging");
    expect(text()).toContain("62.50 kW");
  });

  it("shows nothing before the texts have come, and then all", async () => {
    let loaded = false;
    const later = (key: string): string => (loaded ? localize(key) : "");
    await show(fakeHass({}, { localize: later }));
    expect(card.renderRoot.querySelector("[aria-busy]")).not.toBe(null);
    loaded = true;
    card.hass = { ...fakeHass(), localize: (key) => later(key) };
    await settle();
    expect(text()).toContain("Ready");
  });

  it("says what is missing", async () => {
    await show(fakeHass(), { device_id: "gone" });
    expect(text()).toContain("no longer set up");
    card.setConfig({ type: "custom:lovato-dmed4-charge-card" });
    await settle();
    expect(text()).toContain("Choose a meter");
    expect(() => {
      card.setConfig({ type: "", device_id: 5 as unknown as string });
    }).toThrow("device_id");
  });

  it("is drawn again for its own meter only", async () => {
    const hass = fakeHass();
    await show(hass);
    const drawn = vi.spyOn(card as unknown as { render(): unknown }, "render");
    const kitchen = { entity_id: "light.kitchen", state: "on", attributes: {}, last_changed: "" };
    card.hass = { ...hass, states: { ...hass.states, "light.kitchen": kitchen } };
    await settle();
    expect(drawn).not.toHaveBeenCalled();
    card.hass = { ...hass, states: fakeHass(CHARGING).states };
    await settle();
    expect(drawn).toHaveBeenCalled();
    expect(text()).toContain("Charging");
  });

  it("keeps a running session on screen while the meter cannot be reached", async () => {
    const reset = { last_reset: new Date(Date.now() - 65_000).toISOString() };
    const energy = { state: "12.5", attributes: reset };
    const hass = fakeHass({ ...CHARGING, "sensor.cycle_energy_imported": energy });
    await show(hass);
    const gone = { state: "unavailable", last_changed: new Date().toISOString() };
    const lost = {
      "binary_sensor.charging": gone,
      "sensor.cycle_energy_imported": "unavailable",
      "event.charge_cycle": { state: "x", attributes: { event_type: "started" } },
    };
    vi.mocked(hass.callService).mockClear();
    card.hass = fakeHass(lost, { callService: hass.callService });
    await settle();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(text()).toMatch(/Not reachable since \d+:\d+; charging then/);
    expect(text()).toContain("12.50 kWh");
    expect(text()).toContain("0:01:05");
    // What cannot be answered is not asked for: Home Assistant would log it for each browser.
    expect(hass.callService).not.toHaveBeenCalled();

    const ended = { state: "x", attributes: { event_type: "failed", step: "start" } };
    card.hass = fakeHass({ ...lost, "event.charge_cycle": ended });
    await settle();
    expect(text()).toMatch(/Not reachable since \d+:\d+/);
    expect(text()).not.toContain("charging then");
    expect(text()).not.toContain("12.50 kWh");
  });

  it("counts the duration by Home Assistant's clock", async () => {
    const begin = Date.now() - 65_000;
    const energy = { state: "1", attributes: { last_reset: new Date(begin).toISOString() } };
    const hass = fakeHass({ ...CHARGING, "sensor.cycle_energy_imported": energy });
    await show(hass);
    expect(text()).toContain("0:01:05");
    hass.connection.newest.accept();
    await vi.advanceTimersByTimeAsync(1000);
    expect(text()).toContain("0:01:06");
    const ahead = (Date.now() + 3_600_000) / 1000;
    hass.connection.newest.send({ time: ahead, power: 50, voltage: 400, current: 125 });
    await settle();
    expect(text()).toContain("1:01:06");
    expect(text()).toContain("50.00 kW");
  });
});

describe("watching", () => {
  it("goes on only while the card can be seen", async () => {
    const { connection } = await shown(fakeHass());
    expect(connection.subscriptions).toHaveLength(1);
    connection.newest.accept();
    await settle();
    onScreen(false);
    await settle();
    expect(connection.newest.unsubscribe).toHaveBeenCalledOnce();
    expect(connection.listeners).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.subscriptions).toHaveLength(1);
    onScreen(true);
    expect(connection.subscriptions).toHaveLength(2);

    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    expect(connection.listeners).toBe(0);
    vi.restoreAllMocks();
    document.dispatchEvent(new Event("visibilitychange"));
    expect(connection.subscriptions).toHaveLength(3);
    card.remove();
    expect(connection.listeners).toBe(0);
  });

  it("is not done for previews, nor for a meter that is not there", async () => {
    const { connection } = await shown(fakeHass(), { device_id: "gone" });
    expect(connection.subscriptions).toHaveLength(0);
    card.setConfig({ type: "", device_id: METER });
    card.preview = true;
    await settle();
    expect(connection.subscriptions).toHaveLength(0);
  });

  it("moves to another meter with the settings", async () => {
    const { connection } = await shown(fakeHass());
    card.setConfig({ type: "", device_id: "other" });
    expect(connection.listeners).toBe(0);
  });

  it("does not show for long what is not true any more", async () => {
    const { connection } = await shown(fakeHass(CHARGING));
    await vi.advanceTimersByTimeAsync(300); // figures can't be read that change faster
    const sample = { time: Date.now() / 1000, power: 99, voltage: 400, current: 125 };
    connection.newest.send(sample);
    await settle();
    expect(text()).toContain("99.00 kW");
    await vi.advanceTimersByTimeAsync(17_000);
    expect(text()).toContain("62.50 kW");
  });

  it("fills the trace in from what was recorded", async () => {
    const now = Date.now() / 1000;
    const history = [
      { s: "unavailable", lu: now - 400 },
      { s: "10", lu: now - 200 },
      { s: "unknown", lu: now - 100 },
      { s: "20", lu: now - 50 },
    ];
    const callWS = vi.fn().mockResolvedValue({ "sensor.renamed_power": history });
    await shown(fakeHass(CHARGING, { callWS }));
    expect(callWS).toHaveBeenCalledWith(
      expect.objectContaining({ entity_ids: ["sensor.renamed_power"] }),
    );
    const trace = card.renderRoot.querySelector<PowerTrace>("dmed4-power-trace");
    await trace?.updateComplete;
    const lines = trace?.renderRoot.querySelectorAll(".line") ?? [];
    expect(lines).toHaveLength(2); // broken where nothing was known
    expect(trace?.renderRoot.textContent).toContain("25 kW");

    if (!trace) throw new Error("there is no trace");
    vi.spyOn(trace, "getBoundingClientRect").mockReturnValue({ left: 10, width: 314 } as DOMRect);
    const point = async (type: string, clientX: number, pointerType = "touch"): Promise<string> => {
      trace.dispatchEvent(new PointerEvent(type, { clientX, pointerType }));
      await vi.advanceTimersByTimeAsync(1);
      await trace.updateComplete;
      return trace.renderRoot.querySelector(".value")?.textContent.replace(/\s+/g, " ") ?? "";
    };
    // 300 pixels are 300 seconds.
    expect(await point("pointerdown", 10 + 300 - 150)).toMatch(/^10\.00 kW · −0:02:(29|30|31)$/);
    expect(await point("pointermove", 310)).toContain("20.00 kW · −0:00:00");
    expect(await point("pointerleave", 310)).toContain("20.00 kW");
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await point("pointerleave", 310)).toBe("");
    expect(await point("pointermove", 310, "mouse")).toContain("20.00 kW");
    expect(await point("pointerleave", 310, "mouse")).toBe("");
  });

  async function shown(hass: Hass, config: object = {}): Promise<{ connection: FakeConnection }> {
    await show(hass, config);
    return hass;
  }
});

describe("commands", () => {
  it("are for those who may charge", async () => {
    const rights = { start: true, read: false, end: true };
    const more = {
      user: { is_admin: false },
      callWS: vi.fn().mockResolvedValue(rights),
      callService: vi.fn().mockResolvedValue({ response: { ...RECORD, record: null } }),
    };
    const hass = fakeHass(CHARGING, more);
    await show(hass);
    expect(more.callWS).toHaveBeenCalledWith({ type: "lovato_dmed4/rights", device_id: METER });
    expect(buttons()).toEqual(["End charging"]);
    press("End charging");
    [...card.renderRoot.querySelectorAll<HTMLButtonElement>("dialog .end")].at(-1)?.click();
    await settle();
    expect(actions(hass)).toEqual(["end_charge_cycle"]);
    // The record is for administrators, and so are reset and display.
    expect(card.renderRoot.querySelector(".record, details")).toBe(null);
    card.hass = fakeHass({}, more);
    await settle();
    expect(buttons()).toEqual(["Start charging"]);
  });

  it("are asked for again when the meter is set up again", async () => {
    const callWS = vi.fn().mockResolvedValue({ start: false, read: false, end: false });
    const more = { user: { is_admin: false }, callWS };
    await show(fakeHass({}, more));
    expect(text()).toContain("Only administrators can start and end charging here.");
    callWS.mockResolvedValue({ start: true, read: true, end: true });
    card.hass = fakeHass({ "binary_sensor.charging": "unavailable" }, more);
    await settle();
    card.hass = fakeHass({}, more);
    await settle();
    expect(text()).not.toContain("Only administrators");
    expect(buttons()).toEqual(["Start charging"]);
  });

  it("come with an offer to reload a page that is older than the server", async () => {
    vi.stubGlobal("VERSION", "1.0.0");
    const callWS = vi.fn().mockResolvedValue({ start: true, version: "1.0.0" });
    await show(fakeHass({}, { callWS }));
    expect(buttons()).not.toContain("Reload");
    callWS.mockResolvedValue({ start: true, version: "1.0.1" });
    card.remove();
    await show(fakeHass({}, { callWS }));
    expect(text()).toContain("was updated since this page was opened");
    expect(buttons()).toContain("Reload");
  });

  it("are not for others", async () => {
    const hass = fakeHass(
      {
        ...CHARGING,
        "binary_sensor.problem": { state: "on", attributes: { errors: ["sha_failed"] } },
      },
      { user: { is_admin: false }, callWS: vi.fn().mockResolvedValue({}) },
    );
    await show(hass);
    expect(buttons()).toEqual([]);
    expect(text()).toContain("Signature: hash failed");
    expect(text()).toContain("Only administrators can start and end charging here.");
    expect(card.renderRoot.querySelector("dialog, dmed4-start-dialog, details")).toBe(null);
    expect(hass.callService).not.toHaveBeenCalled();
  });

  it("can be left out by the card's settings", async () => {
    await show(fakeHass(), { controls: false, record: false, display: false });
    expect(buttons()).toEqual([]);
  });

  it("start a charge with what was entered", async () => {
    const callService = vi.fn().mockResolvedValue({ response: RECORD });
    const hass = fakeHass({}, { callService });
    await show(hass);
    callService.mockClear();
    press("Start charging");
    const dialog = card.renderRoot.querySelector<StartDialog>("dmed4-start-dialog");
    await dialog?.updateComplete;
    const [data, tariff] = dialog?.renderRoot.querySelectorAll("input:not([type])") ?? [];
    enter(data, "Ümlaut");
    enter(tariff, "0.45 EUR/kWh");
    await dialog?.updateComplete;
    submit(dialog);
    await settle();
    expect(callService).not.toHaveBeenCalled();
    expect(dialog?.renderRoot.textContent).toContain("letters without accents");

    enter(data, "04A2");
    submit(dialog);
    await settle();
    expect(callService).toHaveBeenCalledExactlyOnceWith(
      "lovato_dmed4",
      "start_charge_cycle",
      { device_id: METER, identification_data: "04A2", tariff_text: "0.45 EUR/kWh" },
      undefined,
      false,
      true,
    );
    expect(text()).toContain("Verified");
    expect(localStorage.getItem(`lovato_dmed4.start.${METER}`)).not.toContain("04A2");
  });

  it("show what an empty field stands for, and what an identification is taken for", async () => {
    const form = {
      ...FORM,
      identification_type: "LOCAL",
      identification_level: "TRUSTED",
      identification_data: null,
      tariff_text: "Staff",
    };
    await show(fakeHass({}, { callWS: vi.fn().mockResolvedValue({ start: true, form }) }));
    press("Start charging");
    const dialog = card.renderRoot.querySelector<StartDialog>("dmed4-start-dialog");
    await dialog?.updateComplete;
    const first = (): string[] =>
      [...(dialog?.renderRoot.querySelectorAll("select") ?? [])].map(
        ({ options }) => options[0]?.textContent.trim() ?? "",
      );
    const [data, tariff] =
      dialog?.renderRoot.querySelectorAll<HTMLInputElement>("input:not([type])") ?? [];
    expect(first()).toEqual(["At the charging point (preset)", "Trusted (preset)"]);
    expect(data?.placeholder).toBe("Preset by an administrator");
    expect(tariff?.placeholder).toBe("Staff");
    enter(data, "04A2B3C4");
    await dialog?.updateComplete;
    expect(first()).toEqual(["RFID card (ISO 14443) (by its form)", "Trusted (preset)"]);
    const [types] = dialog?.renderRoot.querySelectorAll("select") ?? [];
    expect([...(types?.options ?? [])].map(({ value }) => value)).toEqual([
      "",
      "ISO14443",
      "LOCAL",
    ]);
  });

  it("offer the drivers by name, the one who is logged in first of all", async () => {
    const form = {
      ...FORM,
      drivers: [
        [3, "Anna"],
        [7, "Bert"],
      ] as const,
      driver: 7,
    };
    const callService = vi.fn().mockResolvedValue({ response: RECORD });
    const callWS = vi.fn().mockResolvedValue({ start: true, form });
    await show(fakeHass({}, { callWS, callService }));
    const dialog = card.renderRoot.querySelector<StartDialog>("dmed4-start-dialog");
    const drivers = (): HTMLSelectElement | null | undefined =>
      dialog?.renderRoot.querySelector<HTMLSelectElement>("select[name=driver_id]");
    const field = (name: string): Element | null | undefined =>
      dialog?.renderRoot.querySelector(`[name=${name}]`);
    const open = async (): Promise<void> => {
      press("Start charging");
      await dialog?.updateComplete;
    };
    const choose = async (value: string): Promise<void> => {
      const select = drivers();
      if (select) select.value = value;
      select?.dispatchEvent(new Event("change"));
      await dialog?.updateComplete;
    };
    const given = async (): Promise<unknown> => {
      callService.mockClear();
      submit(dialog);
      await settle();
      return callService.mock.calls[0]?.[2];
    };
    await open();
    expect([...(drivers()?.options ?? [])].map((option) => option.textContent.trim())).toEqual([
      "Other (enter an identification)",
      "Anna",
      "Bert",
    ]);
    expect(drivers()?.value).toBe("7");
    expect(field("identification_data")).toBe(null);
    expect(field("identification_type")).toBe(null);
    expect(await given()).toEqual({ device_id: METER, driver_id: "7" });

    await open();
    await choose("");
    enter(field("identification_data") ?? undefined, "04A2");
    await dialog?.updateComplete;
    // What was entered before somebody else was chosen is not sent beside.
    await choose("3");
    expect(await given()).toEqual({ device_id: METER, driver_id: "3" });

    await open();
    expect(drivers()?.value).toBe("7");
    await choose("");
    enter(field("identification_data") ?? undefined, "04A2");
    expect(await given()).toEqual({ device_id: METER, identification_data: "04A2" });
  });

  it.each([
    ["", "NONE", "ISO15693"],
    ["04A2B3C4", "NONE", "ISO14443"],
    ["04A2B3C", "NONE", "UNDEFINED"],
    ["x04A2B3C4x", "NONE", "UNDEFINED"],
    ["04A2B3C4", "LOCAL", "LOCAL"],
  ])("take %s with %s for %s", (data, other_type, expected) => {
    expect(typeFor(data, { ...FORM, identification_type: "ISO15693", other_type })).toBe(expected);
  });

  it("stay as they were while Home Assistant starts", async () => {
    const callWS = vi.fn().mockResolvedValue({ start: true });
    const more = { user: { is_admin: false }, callWS };
    await show(fakeHass({}, more));
    callWS.mockRejectedValue({ code: "unknown_command" });
    card.hass = fakeHass({ "binary_sensor.charging": "unavailable" }, more);
    await settle();
    expect(text()).not.toContain("Only administrators");
    callWS.mockResolvedValue({ start: false });
    card.hass = fakeHass({ "binary_sensor.charging": "unavailable" }, more);
    await settle();
    expect(text()).toContain("Only administrators");
  });

  it("tell in the dialog why a charge did not start", async () => {
    const refused = { translation_domain: "lovato_dmed4", translation_key: "cycle_active" };
    const callService = vi.fn().mockRejectedValue(refused);
    await show(fakeHass({}, { callService }));
    press("Start charging");
    const dialog = card.renderRoot.querySelector<StartDialog>("dmed4-start-dialog");
    await dialog?.updateComplete;
    submit(dialog);
    await settle();
    await dialog?.updateComplete;
    expect(dialog?.renderRoot.querySelector(".error")?.textContent).toContain(
      "A charging session is running",
    );
    expect(card.renderRoot.querySelector(".banner")).toBe(null);
  });

  it("end a charge after a question, one at a time", async () => {
    let finish: (answer: unknown) => void = () => undefined;
    const callService = vi.fn().mockImplementation((_domain: string, action: string) =>
      action === "end_charge_cycle"
        ? new Promise((resolve) => {
            finish = resolve;
          })
        : Promise.resolve({ response: RECORD }),
    );
    const hass = fakeHass(CHARGING, { callService });
    await show(hass);
    expect(text()).toContain("· 04A2");
    press("End charging");
    const dialog = card.renderRoot.querySelector("dialog");
    expect(dialog?.open).toBe(true);
    expect(actions(hass)).not.toContain("end_charge_cycle");
    dialog?.querySelector<HTMLButtonElement>("button.end")?.click();
    await settle();
    expect(dialog?.open).toBe(false);
    expect(text()).toContain("Ending…");
    press("Intermediate reading");
    await settle();
    expect(actions(hass)).not.toContain("read_charge_cycle");
    finish({ response: { ...RECORD, pagination: "T8" } });
    await settle();
    expect(text()).toContain("T8");
    expect(text()).toContain("Charging has ended.");
  });

  it("tell what went wrong until it is read", async () => {
    const callService = vi.fn().mockRejectedValue({ message: "The meter went away" });
    await show(fakeHass(CHARGING, { callService }));
    press("Intermediate reading");
    await settle();
    expect(card.renderRoot.querySelector("[role=alert]")?.textContent).toContain("went away");
    press("Close");
    await settle();
    expect(card.renderRoot.querySelector("[role=alert]")).toBe(null);
  });

  it("are not given to a meter that is lost, nor from a preview", async () => {
    await show(fakeHass({ "binary_sensor.charging": "unavailable" }));
    expect(disabled()).toEqual(buttons());
    const hass = fakeHass(CHARGING);
    card.hass = hass;
    card.preview = true;
    await settle();
    expect(disabled()).toEqual(buttons());
  });

  it("switch the display and choose its page", async () => {
    const hass = fakeHass({
      "select.display_page": { state: "power", attributes: { options: ["voltage", "power"] } },
    });
    await show(hass);
    press("On");
    await settle();
    press("Off");
    await settle();
    const select = card.renderRoot.querySelector<HTMLSelectElement>("details select");
    expect(select?.textContent).toContain("Voltage");
    enter(select ?? undefined, "voltage");
    await settle();
    expect(vi.mocked(hass.callService).mock.calls.map((call) => call.slice(0, 3))).toEqual([
      ["lovato_dmed4", "get_last_record", { device_id: METER }],
      ["switch", "turn_on", { entity_id: "switch.renamed_display" }],
      ["switch", "turn_off", { entity_id: "switch.renamed_display" }],
      ["select", "select_option", { entity_id: "select.renamed_display_page", option: "voltage" }],
    ]);
  });

  const disabled = (): string[] =>
    [
      ...card.renderRoot.querySelectorAll('ha-card button:is([disabled], [aria-disabled="true"])'),
    ].map((button) => button.textContent.trim());

  function enter(field: Element | undefined, value: string): void {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement))
      throw new Error("there is no such field");
    field.value = value;
    field.dispatchEvent(new Event("input"));
    field.dispatchEvent(new Event("change"));
  }

  function submit(dialog: StartDialog | null): void {
    dialog?.renderRoot.querySelector("form")?.dispatchEvent(new Event("submit"));
  }
});

describe("the last record", () => {
  it("is fetched once for each change of the meter's", async () => {
    const callService = vi.fn().mockResolvedValue({ response: RECORD });
    const hass = fakeHass({}, { callService });
    await show(hass);
    expect(actions(hass)).toEqual(["get_last_record"]);
    card.hass = { ...hass, states: fakeHass({ "sensor.voltage": "1" }).states };
    await settle();
    card.hass = { ...hass, states: fakeHass({ "sensor.signature_status": "in_progress" }).states };
    await settle();
    expect(actions(hass)).toHaveLength(1);
    card.hass = { ...hass, states: fakeHass({ "sensor.signature_status": "signed" }).states };
    await settle();
    expect(actions(hass)).toHaveLength(2);
  });

  it("is not asked for while nothing is heard of the meter", async () => {
    const callService = vi.fn().mockResolvedValue({ response: RECORD });
    const hass = fakeHass({}, { callService });
    await show(hass);
    await vi.advanceTimersByTimeAsync(12_000);
    card.hass = { ...hass, states: fakeHass({ "sensor.signature_status": "signed" }).states };
    await settle();
    expect(actions(hass)).toHaveLength(1);
    hear(hass);
    await settle();
    expect(actions(hass)).toHaveLength(2);
  });

  it.each([
    ["valid", "valid", "Verified", "valid"],
    // A good signature by a key that is not the meter's is no good news.
    ["valid", "key_changed", "Key not accepted", "key_changed"],
    ["invalid", "invalid", "Invalid signature", "invalid"],
    ["no_key", "unverifiable", "No key known", "no_key"],
    ["unsupported", "unverifiable", "Method not supported", "unsupported"],
  ])(
    "with the signature %s, verdict %s, is shown as %s",
    async (signature, verdict, words, look) => {
      const callService = vi
        .fn()
        .mockResolvedValue({ response: { ...RECORD, signature, verdict } });
      await show(fakeHass({}, { callService }));
      expect(text()).toContain(words);
      const icon = card.renderRoot.querySelector(".verdict");
      expect(icon?.className.replace("verdict", "").trim()).toBe(look);
    },
  );

  it("may not be there yet", async () => {
    const callService = vi.fn().mockRejectedValue({ translation_key: "no_record" });
    await show(fakeHass({}, { callService }));
    expect(text()).toContain("No record yet");
  });

  it("is downloaded from a signed address", async () => {
    const callService = vi.fn().mockResolvedValue({ response: { ...RECORD, archived: true } });
    const callWS = vi.fn();
    const clicked = vi
      .spyOn(HTMLAnchorElement.prototype, "click")
      .mockImplementation(() => undefined);
    await show(fakeHass({}, { callService, callWS }));
    callWS.mockReset();
    for (const format of ["ocmf", "xml"])
      callWS.mockResolvedValueOnce({ path: `/api/signed.${format}?authSig=abc` });
    press("OCMF");
    press("XML");
    await settle();
    expect(callWS.mock.calls.map(([message]): unknown => message)).toEqual([
      { type: "auth/sign_path", path: "/api/lovato_dmed4/1/last_record.ocmf", expires: 60 },
      { type: "auth/sign_path", path: "/api/lovato_dmed4/1/last_record.xml", expires: 60 },
    ]);
    expect(clicked.mock.contexts.map((link) => (link as HTMLAnchorElement).href)).toEqual([
      expect.stringContaining("/api/signed.ocmf?authSig=abc"),
      expect.stringContaining("/api/signed.xml?authSig=abc"),
    ]);
    vi.restoreAllMocks();
  });
});

describe("what dashboards ask", () => {
  it("is answered", async () => {
    await show(fakeHass());
    expect(card.getCardSize()).toBeGreaterThan(0);
    expect(card.getGridOptions()).toEqual({ columns: 12, min_columns: 6, rows: "auto" });
    expect(ChargeCard.getStubConfig(fakeHass())).toEqual({ device_id: METER });
    expect(ChargeCard.getStubConfig(fakeHass({}, { entities: {} }))).toEqual({ device_id: "" });
    expect(ChargeCard.getConfigForm()).toBe(CONFIG_FORM);
    for (const field of CONFIG_FORM.schema)
      expect(CONFIG_FORM.computeLabel(field as { name: "name" }, localize)).toBeTruthy();
  });

  it("is a suggestion for the entities of meters", async () => {
    await show(fakeHass());
    expect(suggest(fakeHass(), "sensor.renamed_power")).toEqual({
      config: { type: "custom:lovato-dmed4-charge-card", device_id: METER },
    });
    expect(suggest(fakeHass(), "sensor.other")).toBe(null);
    expect(suggest(fakeHass(), "light.kitchen")).toBe(null);
    expect(suggest(fakeHass(), "sensor.unknown")).toBe(null);
  });

  it("is offered to the card picker once", () => {
    expect(window.customCards).toEqual([
      expect.objectContaining({ type: "lovato-dmed4-charge-card", getEntitySuggestion: suggest }),
    ]);
  });
});
