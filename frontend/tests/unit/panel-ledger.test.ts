// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { readIdentifications } from "../../src/panel/drivers-page";
import { localMoment } from "../../src/panel/prices-page";
import type { HomeAssistant } from "../../src/common/hass";
import type { RecordsPanel } from "../../src/panel/records-panel";
import { METER, fakeHass } from "./hass";
import { ARCHIVE } from "./panel";

const ANNA = {
  driver_id: 3,
  name: "Anna",
  identifications: [{ value: "04A2", type: "ISO14443" }],
  address: "",
  email: "anna@example.com",
  person: "person.anna",
  note: "",
  active: true,
};
const STRANGER = {
  identification: "04B3",
  identification_type: "ISO14443",
  sessions: 5,
  last: "2026-01-02T10:00:00+01:00",
  suggestion: "Blue tag",
};
const RATES = {
  energy: "0.4712",
  exported: null,
  minute: "0.02",
  session: null,
  vat: "19",
  currency: "EUR",
};
const PRICE = {
  price_id: 4,
  rates: RATES,
  since: "2025-12-31T23:00:00+00:00",
  until: null,
  device_id: METER,
  meter: "Meter one",
  driver_id: 3,
  driver: "Anna",
  time_from: "22:00",
  time_until: "06:00",
  price_entity: null,
};
const SUMS = {
  sessions: 3,
  imported: "57.269",
  exported: "0.000",
  billed: 2,
  billed_energy: "50.000",
  costs: [{ currency: "EUR", amount: "23.50" }],
  left_out: [{ reason: "invalid", sessions: 1 }],
};
const COSTS = {
  ...SUMS,
  by_driver: [
    { ...SUMS, sessions: 2, left_out: [], driver_id: 3, driver: "Anna", identification: null },
    {
      ...SUMS,
      sessions: 1,
      billed: 0,
      costs: [],
      driver_id: null,
      driver: null,
      identification: "04B3",
    },
  ],
  by_meter: [
    { ...SUMS, device_id: METER, meter: "Meter one" },
    { ...SUMS, device_id: null, meter: null },
  ],
};
const ISSUER = {
  name: "Garage",
  address: "Street 1\nCity",
  email: "",
  phone: "",
  tax_id: "",
  note: "",
  city: "",
  party_id: "",
};

let answers: Record<string, unknown>;
let hass: ReturnType<typeof fakeHass>;
let panel: RecordsPanel;

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await vi.advanceTimersByTimeAsync(0);
}

async function show(path: string): Promise<void> {
  window.history.replaceState(null, "", `/lovato-dmed4${path}`);
  panel = document.createElement("lovato-dmed4-panel") as RecordsPanel;
  panel.hass = hass;
  panel.route = { prefix: "/lovato-dmed4", path };
  document.body.append(panel);
  await settle();
}

function root(): DocumentFragment {
  const page = panel.renderRoot.querySelector(".content > *:last-child");
  if (!page?.shadowRoot) throw new Error("there is no page");
  return page.shadowRoot;
}

const text = (): string => root().textContent.replace(/\s+/g, " ");

function find<Wanted extends Element = HTMLElement>(selector: string): Wanted {
  const found = root().querySelector<Wanted>(selector);
  if (!found) throw new Error(`there is no ${selector}`);
  return found;
}

function fill(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values))
    find<HTMLInputElement>(`dialog [name=${name}]`).value = value;
}

async function submit(): Promise<void> {
  find("dialog form").dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
  await settle();
}

async function press(label: string): Promise<void> {
  const buttons = [...root().querySelectorAll<HTMLElement>("button")];
  const found = buttons.find(
    (button) =>
      (button.getAttribute("aria-label") ?? button.textContent).trim().replace(/\s+/g, " ") ===
      label,
  );
  if (!found) throw new Error(`there is no button ${label}`);
  found.click();
  await settle();
}

function asked(command: string): Record<string, unknown> | undefined {
  const calls = vi.mocked(hass.callWS).mock.calls.map(([message]) => message);
  return calls.findLast(({ type }) => type === `lovato_dmed4/${command}`);
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-01-10T12:00:00Z") });
  answers = {
    "archive/info": { version: "1.0.0", meters: [ARCHIVE] },
    "drivers/list": { drivers: [ANNA], unnamed: [STRANGER] },
    "drivers/save": ANNA,
    "drivers/delete": { deleted: 3 },
    "prices/list": { prices: [PRICE], currency: "EUR", time_zone: "Europe/Rome" },
    "prices/save": PRICE,
    "prices/delete": { deleted: 4 },
    "prices/apply": { changed: 7 },
    "costs/sum": COSTS,
    "issuer/get": ISSUER,
    "issuer/save": ISSUER,
    "auth/sign_path": { path: "/signed" },
  };
  hass = fakeHass(
    {},
    {
      callWS: vi.fn(({ type }: { type: string }) => {
        const answer = answers[type.replace("lovato_dmed4/", "")];
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      }) as unknown as HomeAssistant["callWS"],
    },
  );
});

afterEach(() => {
  panel.remove();
  localStorage.clear();
  vi.useRealTimers();
});

describe("drivers", () => {
  it("are added with all that is known of them", async () => {
    await show("/drivers");
    expect(text()).toContain("Anna");
    await press("Add driver");
    fill({ name: " Ben ", identifications: "04C4\n\n 04D5 \n04C4", email: "ben@example.com" });
    await submit();
    expect(asked("drivers/save")).toEqual({
      type: "lovato_dmed4/drivers/save",
      name: "Ben",
      identifications: [
        { value: "04C4", type: null },
        { value: "04D5", type: null },
      ],
      address: "",
      email: "ben@example.com",
      person: "",
      note: "",
      active: true,
    });
    expect(root().querySelector("dialog")).toBeNull();
  });

  it("keep their number and the types of their identifications", async () => {
    await show("/drivers");
    await press("Edit: Anna");
    fill({ name: "Anna B." });
    find<HTMLInputElement>("dialog [name=active]").checked = false;
    await submit();
    expect(asked("drivers/save")).toMatchObject({
      driver_id: 3,
      name: "Anna B.",
      identifications: ANNA.identifications,
      person: "person.anna",
      active: false,
    });
  });

  it("are deleted after a question only", async () => {
    await show("/drivers");
    await press("Delete: Anna");
    expect(text()).toContain("Delete Anna?");
    await press("Cancel");
    expect(asked("drivers/delete")).toBeUndefined();
    await press("Delete: Anna");
    await submit();
    expect(asked("drivers/delete")).toMatchObject({ driver_id: 3 });
  });

  it("are made of an identification that has turned up", async () => {
    await show("/drivers");
    expect(text()).toContain("Sessions: 5");
    await press("Name: 04B3");
    expect(find<HTMLInputElement>("dialog [name=name]").value).toBe("Blue tag");
    await submit();
    expect(asked("drivers/save")).toMatchObject({
      name: "Blue tag",
      identifications: [{ value: "04B3", type: "ISO14443" }],
    });
  });

  it("get an identification that has turned up, when the button says so", async () => {
    await show("/drivers");
    const select = find<HTMLSelectElement>(".stranger select");
    select.value = "3";
    select.dispatchEvent(new Event("change"));
    await settle();
    // With the arrow keys, others are chosen on the way to the right one.
    expect(asked("drivers/save")).toBeUndefined();
    find(".stranger form").dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
    await settle();
    expect(asked("drivers/save")).toMatchObject({
      driver_id: 3,
      identifications: [...ANNA.identifications, { value: "04B3", type: "ISO14443" }],
    });
  });

  it("are named from a session, once", async () => {
    await show("/drivers?search=04B3");
    expect(find<HTMLInputElement>("dialog [name=identifications]").value).toBe("04B3");
    expect(window.location.search).toBe("");
    await press("Cancel");
    expect(root().querySelector("dialog")).toBeNull();
  });

  it("are listed as usual where the identification has a name by now", async () => {
    await show("/drivers?search=04A2");
    expect(text()).toContain("Anna");
    expect(root().querySelector("dialog")).toBeNull();
    expect(window.location.search).toBe("");
  });

  it("leave the focus to the heading when they are gone", async () => {
    await show("/drivers");
    await press("Delete: Anna");
    answers["drivers/list"] = { drivers: [], unnamed: [] };
    await submit();
    expect((root() as ShadowRoot).activeElement).toBe(find("h2"));
  });

  it("stay in the form when they could not be saved, and why is said there", async () => {
    answers["drivers/save"] = Object.assign(new Error(), { message: "belongs to Ben" });
    await show("/drivers");
    await press("Edit: Anna");
    await submit();
    expect(find("dialog").textContent).toContain("belongs to Ben");
    await press("Cancel");
    expect(text()).not.toContain("belongs to Ben");
  });
});

describe("prices", () => {
  it("are said in words", async () => {
    await show("/prices");
    expect(text()).toContain("€0.4712 per kWh, €0.02 per minute, 19 % VAT included");
    expect(text()).toContain("Meter one · Anna · daily 22:00 to 06:00");
  });

  it("are added with what was filled in", async () => {
    await show("/prices");
    await press("Add price");
    expect(find<HTMLInputElement>("dialog [name=since]").value).toBe("2026-01-10T00:00");
    fill({ energy: "0.5", session: "1.20" });
    await submit();
    expect(asked("prices/save")).toEqual({
      type: "lovato_dmed4/prices/save",
      since: "2026-01-10T00:00",
      energy: "0.5",
      session: "1.20",
    });
  });

  it("keep what they hold for when they are changed", async () => {
    await show("/prices");
    await press("Edit: €0.4712 per kWh, €0.02 per minute, 19 % VAT included");
    await submit();
    expect(asked("prices/save")).toEqual({
      type: "lovato_dmed4/prices/save",
      price_id: 4,
      since: "2026-01-01T00:00",
      energy: "0.4712",
      minute: "0.02",
      vat: "19",
      device_id: METER,
      driver_id: 3,
      time_from: "22:00",
      time_until: "06:00",
    });
  });

  it("keep their currency, whatever Home Assistant's has become", async () => {
    answers["prices/list"] = { prices: [PRICE], currency: "CHF", time_zone: "Europe/Rome" };
    await show("/prices");
    await press("Edit: €0.4712 per kWh, €0.02 per minute, 19 % VAT included");
    expect(text()).toContain("(EUR)");
    expect(text()).not.toContain("(CHF)");
  });

  it("of a meter that is gone can be deleted, not changed into prices for all", async () => {
    answers["prices/list"] = {
      prices: [{ ...PRICE, device_id: null, meter: "pk-1" }],
      currency: "EUR",
      time_zone: "Europe/Rome",
    };
    await show("/prices");
    expect(text()).toContain("pk-1");
    const labels = [...root().querySelectorAll("li button")].map((button) =>
      button.getAttribute("title"),
    );
    expect(labels).toEqual(["Delete"]);
  });

  it("cannot be meant for a meter without a device", async () => {
    const bare = { ...ARCHIVE, device_id: null, name: "Meter two" };
    answers["archive/info"] = { version: "1.0.0", meters: [ARCHIVE, bare] };
    await show("/prices");
    await press("Add price");
    const options = find("[name=device_id]").querySelectorAll("option");
    expect([...options].map((option) => option.textContent.trim())).toEqual([
      "All meters",
      "Meter one",
    ]);
  });

  it("are refused in the reader's words", async () => {
    answers["prices/save"] = Object.assign(new Error(), {
      message: "in English",
      translation_domain: "lovato_dmed4",
      translation_key: "price_without_energy",
    });
    await show("/prices");
    await press("Add price");
    await submit();
    expect(find("dialog [role=alert], dialog .notice").textContent).toContain(
      "A price per kWh is missing.",
    );
  });

  it("are deleted after a question only", async () => {
    await show("/prices");
    await press("Delete: €0.4712 per kWh, €0.02 per minute, 19 % VAT included");
    expect(asked("prices/delete")).toBeUndefined();
    await submit();
    expect(asked("prices/delete")).toMatchObject({ price_id: 4 });
  });

  it("are applied to the past, and to how much is said", async () => {
    await show("/prices");
    await press("Apply to past sessions");
    fill({ since: "2025-10-01T00:00" });
    await submit();
    expect(asked("prices/apply")).toEqual({
      type: "lovato_dmed4/prices/apply",
      since: "2025-10-01T00:00",
    });
    expect(text()).toContain("Sessions with another price than before: 7");
  });
});

describe("costs", () => {
  it("are shown by driver and by meter, each in a row of its own", async () => {
    await show("/billing?range=last_month");
    expect(asked("costs/sum")).toMatchObject({ since: "2025-12-01", until: "2026-01-01" });
    const [drivers, meters] = root().querySelectorAll("table");
    expect(drivers?.querySelectorAll("tbody tr")).toHaveLength(2);
    expect(drivers?.textContent).toContain("€23.50");
    expect(drivers?.textContent).toContain("04B3");
    expect(meters?.querySelectorAll("tbody tr")).toHaveLength(2);
    expect(text()).toContain("Sessions without a cost: 1. A signature is invalid.");
    expect(find<HTMLAnchorElement>("tbody a").getAttribute("href")).toBe(
      "/lovato-dmed4?driver=3&range=last_month",
    );
  });

  it("come as a statement of just what is shown", async () => {
    await show("/billing?range=last_month&driver=3");
    await press("Statement (PDF)");
    expect(asked("auth/sign_path") ?? vi.mocked(hass.callWS).mock.lastCall?.[0]).toMatchObject({
      path: "/api/lovato_dmed4/entry-1/statement.pdf?driver_id=3&since=2025-12-01&until=2026-01-01&language=en",
    });
  });

  it("lead to drivers and prices for the same days, without what is searched for", async () => {
    await show("/billing?range=last_month&search=04B3");
    const links = [...root().querySelectorAll<HTMLAnchorElement>("nav.ledger a")];
    expect(links.map((link) => link.getAttribute("href"))).toEqual([
      "/lovato-dmed4/billing?range=last_month",
      "/lovato-dmed4/drivers?range=last_month",
      "/lovato-dmed4/prices?range=last_month",
    ]);
  });

  it("have a sender, who is saved whole", async () => {
    await show("/billing");
    find<HTMLInputElement>("details [name=phone]").value = "123";
    find("details form").dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
    await settle();
    expect(asked("issuer/save")).toEqual({
      type: "lovato_dmed4/issuer/save",
      ...ISSUER,
      phone: "123",
    });
    expect(text()).toContain("Saved.");
  });

  it("are those of the first archive where there are two", async () => {
    const second = { ...ARCHIVE, device_id: "meter-2", entry_id: "entry-2", archive: 1 };
    answers["archive/info"] = { version: "1.0.0", meters: [ARCHIVE, second] };
    await show("/billing");
    expect(asked("costs/sum")).toMatchObject({ device_id: [METER] });
    expect(asked("drivers/list")).toMatchObject({ device_id: [METER] });
  });
});

describe("what is filled in", () => {
  it("is one identification a line", () => {
    const before = [{ value: "A", type: "ISO14443" }];
    expect(readIdentifications(" A \nB\n\nA", before)).toEqual([
      { value: "A", type: "ISO14443" },
      { value: "B", type: null },
    ]);
  });

  it("is a moment in the time zone of Home Assistant", () => {
    expect(localMoment("2026-03-28T23:30:00+00:00", "Europe/Rome")).toBe("2026-03-29T00:30");
    expect(localMoment("2026-06-30T22:00:00+00:00", "Europe/Rome")).toBe("2026-07-01T00:00");
  });
});
