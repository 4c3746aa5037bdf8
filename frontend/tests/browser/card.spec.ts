import { readFile } from "node:fs/promises";

import type { Locator, Page } from "@playwright/test";

import { axeViolations, cardOf, expect, frames, leftInEnglish, showCards, test } from "./bench";

const IDENTITY = {
  identification_type: "ISO14443",
  identification_level: "VERIFIED",
  identification_data: "04A2B3C4D5E680",
  tariff_text: "0.45 EUR/kWh",
};

const MEASURED_SECONDS = 8;

/** Where the state stands in words. */
const stateOf = (card: Locator): Locator => card.locator(".state");

test.afterEach(async ({ bench }) => {
  // Each test finds the meters idle and without errors.
  for (const transport of ["rest", "modbus_tcp"] as const) {
    await bench.order("plug", { meter: transport });
    await bench.act(transport, "end_charge_cycle").catch(() => undefined);
    await bench.act(transport, "reset_errors");
  }
});

test("is there on every cold load", async ({ browser, bench, storageState }) => {
  test.setTimeout(240_000);
  const path = await bench.dashboard(cardOf(bench, "modbus_tcp"));
  const known = { baseURL: bench.stand.url, ...(storageState ? { storageState } : {}) };
  let shown = 0;
  for (let load = 0; load < 10; load += 1) {
    // A browser that knows nothing yet.
    const context = await browser.newContext(known);
    const page = await context.newPage();
    await page.goto(path);
    await expect(page.locator("lovato-dmed4-charge-card").getByText("Ready")).toBeVisible();
    shown += 1;
    await context.close();
  }
  expect(shown).toBe(10);
});

test("starts a charge, reads it, ends it and shows its verified record", async ({
  page,
  bench,
}) => {
  const card = await showCards(bench, page, cardOf(bench, "modbus_tcp"));
  await expect(stateOf(card)).toHaveText("Ready");
  await card.getByRole("button", { name: "Start charge" }).click();
  const dialog = page.getByRole("dialog", { name: "Start a charge" });
  await dialog.getByLabel("Identification type").selectOption("RFID card (ISO 14443)");
  await dialog.getByLabel("Identification level").selectOption("Verified");
  await dialog.getByLabel("Identification", { exact: true }).fill("Käfer");
  await dialog.getByLabel("Tariff").fill(IDENTITY.tariff_text);
  await dialog.getByRole("button", { name: "Start" }).click();
  await expect(dialog.getByText("Use only plain letters")).toBeVisible();
  await dialog.getByLabel("Identification", { exact: true }).fill(IDENTITY.identification_data);
  await dialog.getByRole("button", { name: "Start" }).click();
  await expect(dialog).toBeHidden();

  await expect(stateOf(card)).toHaveText(`Charging · ${IDENTITY.identification_data}`);
  await expect.poll(() => figure(card, ".power")).toBeGreaterThan(50);
  await expect(card.getByText("Record of the start · T1")).toBeVisible();
  await expect(card.getByText("Signature verified")).toBeVisible();
  await expect.poll(() => figure(card, ".cycle")).toBeGreaterThan(0);
  await expect(card.getByText(/^0:00:\d\d$/)).toBeVisible();

  await card.getByRole("button", { name: "Intermediate read" }).click();
  await expect(card.getByText("Intermediate record · T2")).toBeVisible();
  await expect(stateOf(card)).toHaveText(`Charging · ${IDENTITY.identification_data}`);

  await card.getByRole("button", { name: "End charge" }).click();
  const question = page.getByRole("dialog", { name: "End this charge?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(stateOf(card)).toContainText("Charging");
  await card.getByRole("button", { name: "End charge" }).click();
  await question.getByRole("button", { name: "End charge" }).click();
  await expect(stateOf(card)).toHaveText("Ready");
  await expect(card.getByText("Record of the last charge · T3")).toBeVisible();
  await expect(card.getByText("Signature verified")).toBeVisible();
  await expect(card.getByText(IDENTITY.identification_data)).toBeVisible();

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    card.getByRole("button", { name: "Download the record as OCMF" }).click(),
  ]);
  const records = await bench.order<string[]>("records", { meter: "modbus_tcp" });
  expect(records).toHaveLength(3);
  expect(await readFile(await download.path(), "utf8")).toBe(records[2]);

  // The next time all is filled in but who it was.
  await page.reload();
  await card.getByRole("button", { name: "Start charge" }).click();
  await expect(dialog.getByLabel("Tariff")).toHaveValue(IDENTITY.tariff_text);
  await expect(dialog.getByLabel("Identification type")).toHaveValue("ISO14443");
  await expect(dialog.getByLabel("Identification", { exact: true })).toHaveValue("");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("tells why a charge does not start", async ({ page, bench }) => {
  const card = await showCards(bench, page, cardOf(bench, "rest"));
  await card.getByRole("button", { name: "Start charge" }).click();
  const dialog = page.getByRole("dialog", { name: "Start a charge" });
  await dialog.getByLabel("Tariff").fill("x".repeat(300));
  await dialog.getByRole("button", { name: "Start" }).click();
  const told = dialog.getByRole("alert").filter({ hasText: "The field tariff_text is too long" });
  await expect(told).toBeVisible();
  await expect(stateOf(card)).toHaveText("Ready");
});

test("moves ten times a second while it is seen, and costs little", async ({ page, bench }) => {
  await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
  const events = frames(page);
  const card = await showCards(bench, page, cardOf(bench, "modbus_tcp"));
  await expect(stateOf(card)).toContainText("Charging");
  await expect.poll(() => events.length).toBeGreaterThan(10);

  const seen = events.length;
  const watching = await busyShare(page);
  const rate = (events.length - seen) / MEASURED_SECONDS;
  // What Home Assistant's own page costs is none of the card's.
  await card.evaluate((element) => {
    element.remove();
  });
  const share = watching - (await busyShare(page));
  test.info().annotations.push({
    type: "measured",
    description: `${rate.toFixed(1)} samples a second, ${(100 * share).toFixed(1)} % of a core`,
  });
  expect(rate).toBeGreaterThan(5);
  expect(rate).toBeLessThan(11);
  expect(share).toBeLessThan(0.1);

  await page.goto("/history");
  await expect(card).toHaveCount(0);
  const asked = await bench.order<number>("requests", { meter: "modbus_tcp" });
  await page.waitForTimeout(4000);
  // Two live polls of four requests, and perhaps the slow values; a stream would make forty.
  expect((await bench.order<number>("requests", { meter: "modbus_tcp" })) - asked).toBeLessThan(20);
});

test("stays alive through restarts of Home Assistant", async ({ page, bench, complaints }) => {
  test.setTimeout(180_000);
  await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
  const events = frames(page);
  const cards = await showCards(bench, page, cardOf(bench, "modbus_tcp"), cardOf(bench, "rest"));
  await expect.poll(() => events.length).toBeGreaterThan(10);
  for (let restart = 0; restart < 2; restart += 1) {
    await bench.order("restart");
    events.length = 0;
    await expect.poll(() => events.length, { timeout: 40_000 }).toBeGreaterThan(20);
    await expect(stateOf(cards.first())).toContainText("Charging");
    await expect(stateOf(cards.last())).toHaveText("Ready");
    const power = await cards.first().locator(".power").textContent();
    await expect(cards.first().locator(".power")).not.toHaveText(power ?? "");
  }
  await expect(cards.first().getByText(/^0:0\d:\d\d$/)).toBeVisible();
  // Home Assistant's own pages complain of its absence; ours do not.
  complaints.splice(0, Infinity, ...complaints.filter((text) => text.includes("dmed4")));
});

test("says that a meter is lost, and that it is back", async ({ page, bench }) => {
  const card = await showCards(bench, page, cardOf(bench, "rest"));
  await expect(stateOf(card)).toHaveText("Ready");
  await bench.order("unplug", { meter: "rest" });
  await expect(stateOf(card)).toHaveText("Not reachable", { timeout: 30_000 });
  await expect(card.getByRole("button", { name: "Start charge" })).toBeDisabled();
  await expect(card.locator(".power")).toContainText("–");
  await bench.order("plug", { meter: "rest" });
  await expect(stateOf(card)).toHaveText("Ready", { timeout: 30_000 });
  await expect(card.getByRole("button", { name: "Start charge" })).toBeEnabled();
});

test("shows errors in plain words, and resets them", async ({ page, bench }) => {
  await bench.order("fail", { meter: "rest", dword: 1, bit: 14 });
  const card = await showCards(bench, page, cardOf(bench, "rest"));
  await expect(stateOf(card)).toHaveText("Fault");
  const alert = card.getByRole("alert");
  await expect(alert).toContainText("The meter reports:");
  await expect(alert.getByRole("listitem")).toHaveText("Signature: hash failed");
  expect(await axeViolations(card)).toEqual([]);
  await alert.getByRole("button", { name: "Reset" }).click();
  await expect(alert).toHaveCount(0);
  await expect(stateOf(card)).toHaveText("Ready");
});

test("tells of a charge that went on after a power failure", async ({ page, bench }) => {
  await bench.act("rest", "start_charge_cycle", IDENTITY);
  await bench.order("fail_power", { meter: "rest" });
  const card = await showCards(bench, page, cardOf(bench, "rest"));
  await expect(stateOf(card)).toContainText("after a power failure");
  await expect(card.getByRole("button", { name: "End charge" })).toBeEnabled();
});

test("controls the display", async ({ page, bench }) => {
  const card = await showCards(bench, page, cardOf(bench, "rest"));
  await card.getByText("Display").click();
  await card.getByLabel("Choose a page").selectOption("Voltage");
  await expect(card.getByLabel("Choose a page")).toHaveValue("voltage");
  await card.getByRole("button", { name: "Off" }).click();
  await expect(card.getByRole("button", { name: "On" })).toBeEnabled();
  await card.getByRole("button", { name: "On" }).click();
  await expect(stateOf(card)).toHaveText("Ready");
  await expect(card.getByRole("alert")).toHaveCount(0);
});

test.describe("for an ordinary user", () => {
  test.use({ user: "guest" });

  test("has measurements, but neither commands nor records", async ({ page, bench }) => {
    await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
    const events = frames(page);
    const card = await showCards(bench, page, cardOf(bench, "modbus_tcp"));
    await expect(stateOf(card)).toHaveText("Charging");
    await expect.poll(() => events.length).toBeGreaterThan(10);
    await expect.poll(() => figure(card, ".power")).toBeGreaterThan(50);
    await expect(card.getByRole("button")).toHaveCount(0);
    await expect(card.getByRole("combobox")).toHaveCount(0);
    for (const secret of [IDENTITY.identification_data, "Signature", "Record"])
      await expect(card.getByText(secret)).toHaveCount(0);
    expect(await axeViolations(card)).toEqual([]);
  });
});

test.describe("in German", () => {
  test.use({ language: "de" });

  test("has all its texts", async ({ page, bench }) => {
    await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
    const cards = await showCards(bench, page, cardOf(bench, "modbus_tcp"), cardOf(bench, "rest"));
    await expect(stateOf(cards.first())).toContainText("Lädt");
    await expect(cards.first().getByText("Signatur geprüft und echt")).toBeVisible();
    await expect(cards.first().locator(".power")).toContainText(/\d,\d\d kW/);
    await cards.last().getByRole("button", { name: "Laden starten" }).click();
    const dialog = page.getByRole("dialog", { name: "Eine Ladung starten" });
    await expect(dialog.getByLabel("Tarif")).toBeVisible();
    await expect(cards.first().getByLabel("Leistung in den letzten 5 Minuten")).toBeVisible();
    for (const card of await cards.all()) expect(await leftInEnglish(card, "de")).toEqual([]);
  });
});

for (const colorScheme of ["light", "dark"] as const)
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme });

    test("can be used by everybody", async ({ page, bench }) => {
      await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
      const cards = await showCards(
        bench,
        page,
        cardOf(bench, "modbus_tcp"),
        cardOf(bench, "rest", { name: "Garage" }),
      );
      await expect(stateOf(cards.first())).toContainText("Charging");
      await expect(cards.first().getByText("Signature verified")).toBeVisible();
      await cards.first().getByText("Display").click();
      expect(await axeViolations(cards.first())).toEqual([]);
      await cards.last().getByRole("button", { name: "Start charge" }).click();
      await expect(page.getByRole("dialog", { name: "Start a charge" })).toBeVisible();
      expect(await axeViolations(cards.last())).toEqual([]);
      await page.keyboard.press("Escape");
      await cards.first().getByRole("button", { name: "End charge" }).click();
      await expect(page.getByRole("dialog", { name: "End this charge?" })).toBeVisible();
      expect(await axeViolations(cards.first())).toEqual([]);
    });
  });

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("fits, and fingers hit everything", async ({ page, bench }) => {
    await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
    const cards = await showCards(bench, page, cardOf(bench, "modbus_tcp"), cardOf(bench, "rest"));
    await expect(stateOf(cards.first())).toContainText("Charging");
    await expect(cards.first().getByText("Signature verified")).toBeVisible();
    await cards.first().getByText("Display").click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      390,
    );
    const targets = cards.locator("ha-card").locator("button, select, summary");
    expect(await targets.count()).toBeGreaterThan(8);
    for (const target of await targets.all()) {
      if (!(await target.isVisible())) continue;
      const box = await target.boundingBox();
      expect(box?.height, await target.innerText()).toBeGreaterThanOrEqual(44);
      expect(box?.width, await target.innerText()).toBeGreaterThanOrEqual(44);
    }
    await cards.last().getByRole("button", { name: "Start charge" }).click();
    const dialog = page.getByRole("dialog", { name: "Start a charge" });
    await expect(dialog.getByRole("button", { name: "Cancel" })).toBeInViewport();
  });
});

test("is reached by keyboard alone", async ({ page, bench }) => {
  const card = await showCards(bench, page, cardOf(bench, "rest"));
  const start = card.getByRole("button", { name: "Start charge" });
  await start.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Start a charge" });
  await expect(dialog.getByLabel("Identification type")).toBeFocused();
  for (let field = 0; field < 4; field += 1) await page.keyboard.press("Tab");
  await expect(dialog.getByLabel("Remember the identification")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(start).toBeFocused();
});

test.describe("for who does not like motion", () => {
  test.use({ reducedMotion: "reduce" });

  test("draws once a second", async ({ page, bench }) => {
    await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
    const card = await showCards(bench, page, cardOf(bench, "modbus_tcp"));
    await expect(stateOf(card)).toContainText("Charging");
    const drawn = await card.locator("dmed4-power-trace").evaluate(async (trace) => {
      let count = 0;
      const observer = new MutationObserver(() => (count += 1));
      const options = { subtree: true, attributes: true, childList: true };
      observer.observe(trace.shadowRoot ?? trace, options);
      await new Promise((resolve) => setTimeout(resolve, 5000));
      return count;
    });
    expect(drawn).toBeGreaterThan(1);
    expect(drawn).toBeLessThanOrEqual(7);
  });
});

async function figure(card: Locator, selector: string): Promise<number> {
  return Number.parseFloat((await card.locator(selector).innerText()).replace(/^\D*/, ""));
}

/** How much of a core all the browser's processes use for a while. */
async function busyShare(page: Page): Promise<number> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  if (!session) throw new Error("there is no browser");
  const busy = async (): Promise<number> => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
  const before = await busy();
  await page.waitForTimeout(1000 * MEASURED_SECONDS);
  const share = ((await busy()) - before) / MEASURED_SECONDS;
  await session.detach();
  return share;
}
