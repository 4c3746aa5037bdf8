/** The panel: the sessions and records of all meters. */

import { readFile } from "node:fs/promises";

import type { Download, Locator, Page } from "@playwright/test";

import {
  axeViolations,
  expect,
  leftInEnglish,
  placesOf,
  test,
  tooSmall,
  visit,
  type PastCharge,
  type Place,
} from "./bench";

const PANEL = "/lovato-dmed4";

const ALICE = "04A2B3C4D5E680";
const BOB = "DE8AACA2B3C4D5";
const CAROL = "047C19E2B35A81";
const HOSTILE = '<img src=x onerror="alert(1)">';
const HOSTILE_TARIFF = "<script>document.body.remove()</script>";

/** The day that it is in Home Assistant's time zone. */
const TODAY = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Rome" }).format(Date.now());

/** 27 of Alice and one hostile one at the first meter; three of Bob and one of Carol at the other. */
const PAST: Readonly<Record<"rest" | "modbus_tcp", readonly PastCharge[]>> = {
  rest: [
    ...Array.from({ length: 27 }, (_, place) => ({
      hours_ago: sinceNoon(28 - place),
      minutes: 1 + place,
      fields: { ID: ALICE, TT: "0.45 EUR/kWh" },
    })),
    { hours_ago: 10, minutes: 2, fields: { ID: HOSTILE, TT: HOSTILE_TARIFF } },
  ],
  modbus_tcp: [
    { hours_ago: sinceNoon(80), minutes: 3, fields: { ID: CAROL, TT: "Staff" } },
    ...[9, 6, 3].map((days) => ({
      hours_ago: sinceNoon(days) - 2,
      minutes: 5,
      reads: 1,
      fields: { IT: "EMAID", ID: BOB, TT: "0.59 EUR/kWh" },
    })),
  ],
};
const CHARGES = PAST.rest.length + PAST.modbus_tcp.length;
const PER_PAGE = 25;

test.use({ start: { past: PAST } });

const table = (page: Page): Locator => page.getByRole("table", { name: "Charging sessions" });
const rows = (page: Page): Locator => table(page).locator("tbody").getByRole("row");
const range = (page: Page): Locator => page.locator(".paging span");

async function open(page: Page, path = ""): Promise<void> {
  await visit(page, `${PANEL}${path}`);
  await expect(page.getByRole("heading", { level: 1, name: "Charging records" })).toBeVisible();
}

/** Open the newest charge of somebody. */
async function openCharge(page: Page, who: string): Promise<void> {
  await open(page, `?search=${encodeURIComponent(who)}`);
  await rows(page).first().getByRole("link").click();
  await expect(page.getByRole("heading", { level: 2, name: /^Session of / })).toBeVisible();
}

async function save(page: Page, button: Locator): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return textOf(download);
}

async function textOf(download: Download): Promise<string> {
  return readFile(await download.path(), "utf8");
}

/** Make another record of it, which the signature does not fit. */
const tampered = (record: string): string => record.replace('"ID":"', '"ID":"X');

test("shows the energy of the list's days, by day, month and identification", async ({ page }) => {
  await open(page);
  const chart = page.getByRole("img", { name: /: 32 sessions, / });
  const first = daysAgo(80);
  await expect(chart.locator(".bar")).toHaveCount(81);
  const legend = page.locator(".legend li");
  await expect(legend).toHaveCount(4);
  await expect(legend.first()).toContainText(ALICE);

  await page.getByText("Show as a table").click();
  const numbers = page.getByRole("table", { name: "Energy in kWh" });
  await expect(numbers.locator("tbody tr").last()).toContainText(String(Number(first.slice(8))));

  // What a bar is made of is said where it is touched.
  await chart.locator(".bar").first().hover();
  await expect(page.locator(".values")).toContainText(new RegExp(`kWh.*${CAROL}`, "s"));

  await page.getByRole("button", { name: "Month" }).click();
  const [year = "", month = ""] = first.split("-");
  const [thisYear = "", thisMonth = ""] = daysAgo(0).split("-");
  const months = 12 * (Number(thisYear) - Number(year)) + Number(thisMonth) - Number(month) + 1;
  await expect(chart.locator(".bar")).toHaveCount(months);
  // A month with its year in two digits could be read as a day.
  await expect(chart.locator("text.tick").last()).toHaveText(/^\D+ \d{4}$/);
  await expect(page).toHaveURL(/\?period=month$/);
  // Whose colour is chosen is searched for.
  await legend.getByRole("button", { name: BOB }).click();
  await expect(page).toHaveURL(new RegExp(`search=${BOB}&period=month`));
  await expect(rows(page)).toHaveCount(3);
  await expect(legend).toHaveCount(1);
  await legend.getByRole("button", { name: BOB }).click();
  await expect(page).toHaveURL(/\?period=month$/);
});

test("has one range of time for list and chart, which stays in the address", async ({ page }) => {
  await open(page);
  const range = page.getByLabel("Period");
  await expect(range).toHaveValue("all");
  await range.selectOption("Last year");
  await expect(page).toHaveURL(/\?range=last_year$/);
  const year = Number(daysAgo(0).slice(0, 4)) - 1;
  const caption = page.locator("figcaption");
  await expect(caption).toContainText(`Jan 1, ${year} to Dec 31, ${year}: 0 sessions`);
  await expect(page.getByText("No energy was charged in this period.")).toBeVisible();
  await expect(page.getByText("No sessions match these filters.")).toBeVisible();
  await page.reload();
  await expect(range).toHaveValue("last_year");
  await range.selectOption("Custom");
  await expect(page.getByLabel("From")).toHaveValue(`${year}-01-01`);
  await expect(page.getByLabel("To", { exact: true })).toHaveValue(`${year}-12-31`);
  await page.getByRole("button", { name: "Show all sessions" }).click();
  await expect(range).toHaveValue("all");
  await expect(page.getByRole("img", { name: /: 32 sessions, / })).toBeVisible();
  await range.selectOption("This month");
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(range).toHaveValue("all");
});

test("keeps filters and page in the address", async ({ page, bench }) => {
  await open(page);
  await expect(range(page)).toHaveText(`1–${PER_PAGE} of ${CHARGES}`);
  await expect(rows(page)).toHaveCount(PER_PAGE);
  await page.getByRole("button", { name: "Next page" }).click();
  await expect(range(page)).toHaveText(`${PER_PAGE + 1}–${CHARGES} of ${CHARGES}`);
  await expect(rows(page)).toHaveCount(CHARGES - PER_PAGE);
  await expect(page.getByRole("button", { name: "Next page" })).toBeDisabled();
  await page.reload();
  await expect(range(page)).toHaveText(`${PER_PAGE + 1}–${CHARGES} of ${CHARGES}`);
  await page.goBack();
  await expect(range(page)).toHaveText(`1–${PER_PAGE} of ${CHARGES}`);

  const { device_id } = bench.stand.meters.modbus_tcp;
  await page.getByRole("combobox", { name: "Meter" }).selectOption(device_id);
  await expect(range(page)).toHaveText("1–4 of 4");
  await page.getByLabel("Period").selectOption("Custom");
  await page.getByLabel("From").fill(daysAgo(20));
  await expect(range(page)).toHaveText("1–3 of 3");
  await page.getByLabel("To", { exact: true }).fill(daysAgo(5));
  await expect(range(page)).toHaveText("1–2 of 2");
  await page.getByLabel("Search").fill("  0.59 ");
  await expect(page).toHaveURL(/search=/);
  await page.getByRole("combobox", { name: "Verdict" }).selectOption("Verified");
  await expect(page).toHaveURL(/verdict=valid/);
  await expect(range(page)).toHaveText("1–2 of 2");

  await page.reload();
  await expect(range(page)).toHaveText("1–2 of 2");
  await expect(page.getByRole("combobox", { name: "Meter" })).toHaveValue(device_id);
  await expect(page.getByLabel("From")).toHaveValue(daysAgo(20));
  await expect(page.getByRole("combobox", { name: "Verdict" })).toHaveValue("valid");

  // What the server is asked for is what is downloaded.
  const csv = await save(page, page.getByRole("button", { name: "CSV" }));
  expect(csv.trim().split("\r\n")).toHaveLength(3);
  expect(await save(page, page.getByRole("button", { name: "XLSX" }))).toMatch(/^PK/);

  await page.getByRole("combobox", { name: "Verdict" }).selectOption("Invalid signature");
  await expect(page.getByText("No sessions match these filters.")).toBeVisible();
  await page.goBack();
  await expect(range(page)).toHaveText("1–2 of 2");
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(range(page)).toHaveText(`1–${PER_PAGE} of ${CHARGES}`);
  await expect(page.getByLabel("Search")).toHaveValue("");
  await expect(page.getByRole("combobox", { name: "Meter" })).toHaveValue("");
  await expect(page).toHaveURL(new RegExp(`${PANEL}$`));
});

test("tells everything of a charge and its records", async ({ page, bench }) => {
  const records = await bench.order<string[]>("records", { meter: "modbus_tcp" });
  const mine = records.slice(-3);
  await openCharge(page, BOB);
  await expect(page.locator(".banner")).toContainText("Verified");
  const about = page.getByRole("region", { name: "This session" });
  for (const fact of [BOB, "Contract (EMAID)", "Verified", "0.59 EUR/kWh", "0:05:00"])
    await expect(about).toContainText(fact);
  await expect(about).toContainText(/\d\.\d{3} kWh/);
  await expect(page.getByText("The records are consistent.", { exact: true })).toBeVisible();
  await expect(page.getByText("Home Assistant has no recorded power")).toBeVisible();

  const shown = page.locator("details.record");
  await expect(shown).toHaveCount(3);
  for (const [place, record] of mine.entries()) {
    const part = shown.nth(place);
    if (place < 2) await part.locator("summary").first().click();
    for (const title of ["Signature", "Key", "Clock", "Format", "Transparency software"])
      await expect(part.getByRole("heading", { name: title })).toBeVisible();
    await expect(part).toContainText("The signature is verified");
    await expect(part.getByRole("row")).toHaveCount(7);
    await part.locator("summary", { hasText: "Signed text" }).click();
    await expect(part.locator("pre").first()).toHaveText(record);
    expect(await save(page, part.getByRole("button", { name: "OCMF" }))).toBe(record);
    expect(await save(page, part.getByRole("button", { name: "XML" }))).toContain("<value");
  }
  const whole = await save(page, about.getByRole("button", { name: "OCMF" }));
  for (const record of mine) expect(whole).toContain(record);
  expect(await save(page, about.getByRole("button", { name: "CSV" }))).toContain(BOB);
  for (const form of ["XLSX", "ZIP"])
    expect(await save(page, about.getByRole("button", { name: form }))).toMatch(/^PK/);

  await page.getByRole("link", { name: "All sessions" }).click();
  await expect(page).toHaveURL(new RegExp(`${PANEL}\\?search=${BOB}$`));
  await expect(rows(page)).toHaveCount(3);
});

test("follows a charge that begins and ends elsewhere, through a restart", async ({
  page,
  bench,
  complaints,
}) => {
  const identity = { identification_type: "LOCAL", identification_data: "NOW-1" };
  await open(page, "?search=NOW-1");
  await expect(page.getByText("No sessions match these filters.")).toBeVisible();
  await bench.order("restart");
  await bench.act("modbus_tcp", "start_charge_cycle", identity);
  const row = rows(page).filter({ hasText: "NOW-1" });
  await expect(row).toContainText("Not ended yet");
  await row.getByRole("link").click();
  await expect(page.getByText("Signed records: 1")).toBeVisible();
  await bench.act("modbus_tcp", "end_charge_cycle");
  await expect(page.getByText("Signed records: 2")).toBeVisible();
  await expect(page.getByRole("img", { name: /^Up to \d+\.\d kW in 0:0/ })).toBeVisible();
  await expect(page.locator(".banner")).toContainText("Verified");
  // Home Assistant's own pages complain of its absence; ours do not.
  complaints.splice(0, Infinity, ...complaints.filter((text) => text.includes("dmed4")));
});

test("shows hostile texts as texts", async ({ page }) => {
  await openCharge(page, HOSTILE);
  await expect(page.locator(".banner")).toContainText("Verified");
  const about = page.getByRole("region", { name: "This session" });
  await expect(about).toContainText(HOSTILE);
  await expect(about).toContainText(HOSTILE_TARIFF);
  await page.getByRole("link", { name: "All sessions" }).click();
  await expect(rows(page).first()).toContainText(HOSTILE_TARIFF);
  expect(await page.locator("lovato-dmed4-panel").locator("img, script").count()).toBe(0);
});

test("verifies a pasted record", async ({ page, bench }) => {
  const [record = ""] = await bench.order<string[]>("records", { meter: "rest" });
  const key = await bench.order<string>("key", { meter: "rest" });
  await open(page, "/verify");
  const text = page.getByLabel("Record (OCMF)");
  const verify = page.getByRole("button", { name: "Verify", exact: true });
  const result = page.locator("#result");

  await text.fill(`${record}\n`);
  await verify.click();
  await expect(result).toContainText("Verified");
  await expect(result).toContainText("The same record is in the archive.");
  await expect(result).toBeFocused();
  await expect(page.getByText("was checked with the meter's own key")).toBeVisible();

  await text.fill(tampered(record));
  await verify.click();
  await expect(result).toContainText("Invalid");
  await expect(result).toContainText("This record is not in the archive.");

  await text.fill(record);
  await page.getByLabel("Public key (optional)").fill(key);
  await verify.click();
  await expect(result).toContainText("Verified");
  await page.getByLabel("Public key (optional)").fill("no key");
  await verify.click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(result).toHaveCount(0);

  await page.getByLabel("Public key (optional)").fill("");
  await text.fill("<b>nonsense</b>");
  await verify.click();
  await expect(result).toContainText("Not verifiable");
  expect(await axeViolations(page.locator("lovato-dmed4-panel"))).toEqual([]);

  await text.fill(record);
  await verify.click();
  await result.getByRole("link", { name: "Show the session" }).click();
  await expect(page.getByRole("heading", { level: 2, name: /^Session of / })).toBeVisible();
});

test("tells how far the archive is", async ({ page, bench }) => {
  const meter = "modbus_tcp";
  const had = (await bench.order<string[]>("records", { meter })).length;
  await open(page, "/archive");
  const title = page.getByRole("heading", { level: 2, name: "DMED404R/D0600" });
  const card = page.locator(".card").filter({ has: title });
  await expect(card).toContainText(`Records ${had}`, { useInnerText: true });
  await expect(card).toContainText("Completely archived");
  await expect(card).toContainText("The key that is accepted for this meter.");

  await bench.order("slow", { meter, seconds: 0.1 });
  await bench.order("fill", { meter, records: 12 });
  await synchronise(page, bench.stand.meters[meter].device_id);
  await expect(card).toContainText("Being fetched");
  await expect(card.getByRole("progressbar")).toBeVisible();
  await expect(card).toContainText(/[1-9]\d* of 12 records fetched/);
  await bench.order("unplug", { meter });
  await expect(card).toContainText("Fetching the records was interrupted");
  await expect(card).toContainText("Not complete yet");
  await expect(card).toContainText("This meter cannot be reached at the moment.");
  await bench.order("slow", { meter, seconds: 0 });
  await bench.order("plug", { meter });
  await expect(card).toContainText("Completely archived");
  await expect(card).toContainText(`Records ${had + 12}`, { useInnerText: true });

  const [record = ""] = await bench.order<string[]>("records", { meter });
  await bench.order("plant", { meter, record: tampered(record) });
  await bench.order("plant", { meter, record: "nobody can read this" });
  await synchronise(page, bench.stand.meters[meter].device_id);
  await expect(card).toContainText("Records with an invalid signature: 1.");
  await expect(page.getByRole("heading", { name: /^Records without a session: / })).toBeVisible();
  await page.getByRole("button", { name: "Verify all records" }).click();
  await expect(page.getByText(/Records verified: \d+\. To be reviewed: [1-9]/)).toBeVisible();
  expect(await axeViolations(page.locator("lovato-dmed4-panel"))).toEqual([]);

  await open(page, "?verdict=invalid");
  await rows(page).first().getByRole("link").click();
  await expect(page.locator(".banner.danger")).toBeVisible();
  const forged = page.locator("details.record").filter({ hasText: "Invalid" });
  await expect(forged).toContainText(
    "The text of the record, its signature and the key do not belong together.",
  );
  expect(await axeViolations(page.locator("lovato-dmed4-panel"))).toEqual([]);
});

async function synchronise(page: Page, deviceId: string): Promise<void> {
  await page.evaluate((device_id) => {
    const app = document.querySelector("home-assistant") as unknown as {
      hass: { callService: (...all: unknown[]) => Promise<unknown> };
    };
    const data = { device_id };
    const call = ["lovato_dmed4", "synchronise_records", data, undefined, false, true];
    // It is answered when all are fetched, or when that fails.
    app.hass.callService(...call).catch(() => undefined);
  }, deviceId);
}

for (const colorScheme of ["light", "dark"] as const)
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme });

    test("can be used by everybody", async ({ page }) => {
      const panel = page.locator("lovato-dmed4-panel");
      await open(page, `?search=${BOB}`);
      await page.getByText("Show as a table").click();
      await expect(rows(page)).toHaveCount(3);
      expect(await axeViolations(panel)).toEqual([]);
      await rows(page).first().getByRole("link").click();
      await page.locator("summary", { hasText: "Signed text" }).last().click();
      expect(await axeViolations(panel)).toEqual([]);
      await page.getByRole("link", { name: "Verify a record" }).click();
      await expect(page.getByLabel("Record (OCMF)")).toBeVisible();
      expect(await axeViolations(panel)).toEqual([]);
      await page.getByRole("link", { name: "Archive" }).click();
      await expect(page.getByText("Completely archived").first()).toBeVisible();
      expect(await axeViolations(panel)).toEqual([]);
    });
  });

test("names drivers, finds them by name, and shows what they pay", async ({ page }) => {
  await open(page);
  const ask = (command: string, data: object): Promise<Readonly<Record<string, number>>> =>
    page.evaluate(
      ([type, fields]) => {
        const app = document.querySelector("home-assistant") as unknown as {
          hass: { callWS: (message: object) => Promise<Readonly<Record<string, number>>> };
        };
        return app.hass.callWS({ type: `lovato_dmed4/${type}`, ...fields });
      },
      [command, data] as const,
    );
  const identifications = [BOB, CAROL];
  const { driver_id } = await ask("drivers/save", { name: "Bob Rossi", identifications });
  const { price_id } = await ask("prices/save", { since: daysAgo(200), energy: "0.5" });
  await page.reload();
  await page.getByRole("combobox", { name: "Driver" }).selectOption("Bob Rossi");
  await expect(rows(page)).toHaveCount(4);
  await expect(page).toHaveURL(new RegExp(`driver=${driver_id}`));
  const names = page.locator("td.who");
  await expect(names.first()).toHaveText(
    new RegExp(`^\\s*Bob Rossi\\s+${BOB} · Contract \\(EMAID\\)`),
  );
  await expect(names.last()).toContainText(CAROL);
  await expect(page.locator(".legend li")).toHaveText([/Bob Rossi/]);
  const energy = await page.locator("td.energy").first().innerText();
  const cost = await page.locator("td.cost").first().innerText();
  expect(Number(cost.replace(/[^\d.]/g, ""))).toBeCloseTo(Number.parseFloat(energy) / 2, 1);
  await page.locator(".columns summary").click();
  await page.getByLabel("Cost").uncheck();
  await expect(page.locator("td.cost")).toHaveCount(0);
  await page.reload();
  await expect(rows(page)).toHaveCount(4);
  await expect(page.locator("td.cost")).toHaveCount(0);
  await rows(page).first().getByRole("link").click();
  const about = page.getByRole("region", { name: "This session" });
  await expect(about).toContainText(new RegExp(`Bob Rossi\\s+${BOB}`));
  await ask("prices/delete", { price_id });
  await ask("drivers/delete", { driver_id });
});

test("is reached by keyboard alone", async ({ page }) => {
  await open(page, `?search=${BOB}`);
  await expect(rows(page)).toHaveCount(3);
  await page.getByLabel("Search").focus();
  const link = rows(page).first().getByRole("link");
  await tabTo(page, link);
  await page.keyboard.press("Enter");
  const back = page.getByRole("link", { name: "All sessions" });
  await expect(page.getByRole("heading", { level: 2, name: /^Session of / })).toBeFocused();
  await expect(page).toHaveTitle(/^Session of .* – Home Assistant$/);
  await page.getByRole("link", { name: "Sessions", exact: true }).focus();
  await tabTo(page, page.getByRole("button", { name: "ZIP" }));
  await back.focus();
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(3);
  await expect(page.getByRole("heading", { level: 2, name: "Sessions" })).toBeFocused();
  await expect(page).toHaveTitle("Sessions – Home Assistant");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });

  test("fits, and fingers hit everything", async ({ page }) => {
    const fits = async (): Promise<void> => {
      const main = page.locator("lovato-dmed4-panel main");
      expect(
        await main.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
      ).toBeLessThanOrEqual(0);
      const targets = main.locator("button, select, input, summary, textarea");
      expect(await tooSmall(targets)).toEqual([]);
    };
    await open(page);
    await expect(rows(page)).toHaveCount(PER_PAGE);
    await fits();
    await rows(page).first().getByRole("link").click();
    await expect(page.locator("details.record")).toHaveCount(2);
    await fits();
    // No column of the readings is cut off.
    const cells = page.locator("details[open] .readings td");
    const places = await placesOf(cells);
    expect(places).toHaveLength(await cells.count());
    const inside = ({ left, right, width }: Place): boolean =>
      left >= 0 && width > 0 && right <= 360;
    expect(places.filter((place) => !inside(place))).toEqual([]);
    await page.getByRole("link", { name: "Verify a record" }).click();
    await expect(page.getByLabel("Record (OCMF)")).toBeVisible();
    await fits();
    await page.getByRole("link", { name: "Archive" }).click();
    await expect(page.getByText("Completely archived").first()).toBeVisible();
    await fits();
  });
});

test.describe("for an ordinary user", () => {
  test.use({ user: "guest" });

  test("is not there, nor are its commands and downloads", async ({ page, bench, complaints }) => {
    await visit(page, PANEL);
    await expect(page.locator("home-assistant-main")).toBeVisible();
    await expect(page.locator("partial-panel-resolver")).toBeAttached();
    await expect(page.getByText("Charging records")).toHaveCount(0);
    const { entry_id } = bench.stand.meters.rest;
    const answers = await page.evaluate(async (entry) => {
      const app = document.querySelector("home-assistant") as unknown as {
        hass: {
          callWS: (message: object) => Promise<unknown>;
          fetchWithAuth: (path: string) => Promise<Response>;
        };
      };
      const code = (error: { code: string }): string => error.code;
      const { status } = await app.hass.fetchWithAuth(`/api/lovato_dmed4/${entry}/sessions.csv`);
      const messages = [
        { type: "lovato_dmed4/sessions/list" },
        { type: "lovato_dmed4/archive/info" },
        { type: "lovato_dmed4/records/verify", record: "" },
      ];
      const codes = messages.map((message) => app.hass.callWS(message).then(() => "", code));
      return [status, ...(await Promise.all(codes))];
    }, entry_id);
    expect(answers).toEqual([403, "unauthorized", "unauthorized", "unauthorized"]);
    await expect(page.locator("lovato-dmed4-panel")).toHaveCount(0);
    expect(complaints.splice(0)).toEqual([expect.stringContaining("403 (Forbidden)")]);
  });
});

for (const [language, title] of [
  ["de", "Ladedatensätze"],
  ["es", "Registros de carga"],
  ["fr", "Enregistrements de charge"],
  ["it", "Archivio ricariche"],
] as const)
  test.describe(`in ${language}, on a phone`, () => {
    test.use({ language, viewport: { width: 360, height: 740 }, hasTouch: true });

    test("has all its texts, and can be used by everybody", async ({ page }) => {
      const panel = page.locator("lovato-dmed4-panel");
      const check = async (): Promise<void> => {
        expect(await leftInEnglish(panel, language)).toEqual([]);
        expect(await axeViolations(panel)).toEqual([]);
      };
      await visit(page, `${PANEL}?search=${BOB}`);
      await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
      await expect(panel.locator("td.energy")).toContainText(Array(3).fill(/\d,\d{3} kWh/));
      await panel.locator(".columns summary").click();
      await panel.locator(".numbers summary").click();
      await check();
      await panel.locator("tbody").getByRole("link").first().click();
      await expect(panel.locator("details.record")).toHaveCount(3);
      await check();
      await panel.locator(".tabs a[href$=verify]").click();
      await panel.locator("textarea").first().fill("x");
      await panel.locator("form button").click();
      await expect(panel.locator("#result")).toBeVisible();
      await check();
      await panel.locator(".tabs a[href$=archive]").click();
      await expect(panel.locator(".keys li").first()).toBeVisible();
      await check();
    });
  });

async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let stop = 0; stop < 30; stop += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element.matches(":focus"))) return;
  }
  throw new Error("it cannot be reached by the Tab key");
}

/** A day in Home Assistant's time zone, as the address has it. */
function daysAgo(days: number): string {
  return new Date(Date.parse(TODAY) - days * 86_400_000).toISOString().slice(0, 10);
}

/** The hours since about noon of a day: whatever time it is now, and whether clocks have been put back since. */
function sinceNoon(days: number): number {
  return (Date.now() - Date.parse(`${daysAgo(days)}T11:00Z`)) / 3_600_000;
}
