import { readFile } from "node:fs/promises";

import type { Locator } from "@playwright/test";

import {
  axeViolations,
  cardOf,
  expect,
  frames,
  leaveIdle,
  leftInEnglish,
  showCards,
  stateOf,
  test,
  tooSmall,
} from "./bench";

/** Of nobody whom other tests give a name. */
const IDENTITY = {
  identification_type: "ISO14443",
  identification_level: "VERIFIED",
  identification_data: "04D7E8F9A0B180",
  tariff_text: "0.45 EUR/kWh",
};

test.afterEach(async ({ bench }) => leaveIdle(bench));

test("starts a charge, reads it, ends it and shows its verified record", async ({
  page,
  bench,
}) => {
  const card = await showCards(bench, page, cardOf(bench, "modbus_tcp"));
  await expect(stateOf(card)).toHaveText("Ready");
  await card.getByRole("button", { name: "Start charging" }).click();
  const dialog = page.getByRole("dialog", { name: "Start charging" });
  await dialog.getByLabel("Identification type").selectOption("RFID card (ISO 14443)");
  await dialog.getByLabel("Identification level").selectOption("Verified");
  await dialog.getByLabel("Driver (identification)", { exact: true }).fill("Käfer");
  await dialog.getByLabel("Tariff").fill(IDENTITY.tariff_text);
  await dialog.getByRole("button", { name: "Start" }).click();
  await expect(dialog.getByText("Use only letters without accents")).toBeVisible();
  await dialog
    .getByLabel("Driver (identification)", { exact: true })
    .fill(IDENTITY.identification_data);
  await dialog.getByRole("button", { name: "Start" }).click();
  await expect(dialog).toBeHidden();

  await expect(stateOf(card)).toHaveText(`Charging · ${IDENTITY.identification_data}`);
  await expect.poll(() => figure(card, ".power")).toBeGreaterThan(50);
  await expect(card.getByText("Record of the start · T1")).toBeVisible();
  await expect(card.locator("p", { hasText: /^Verified$/ })).toBeVisible();
  await expect.poll(() => figure(card, ".cycle")).toBeGreaterThan(0);
  await expect(card.getByText(/^0:00:\d\d$/)).toBeVisible();

  await card.getByRole("button", { name: "Intermediate reading" }).click();
  await expect(card.getByText("Intermediate reading · T2")).toBeVisible();
  await expect(stateOf(card)).toHaveText(`Charging · ${IDENTITY.identification_data}`);

  await card.getByRole("button", { name: "End charging" }).click();
  const question = page.getByRole("dialog", { name: "End this charging session?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(stateOf(card)).toContainText("Charging");
  await card.getByRole("button", { name: "End charging" }).click();
  await question.getByRole("button", { name: "End charging" }).click();
  await expect(stateOf(card)).toHaveText("Ready");
  await expect(card.getByText("Record of the last session · T3")).toBeVisible();
  await expect(card.locator("p", { hasText: /^Verified$/ })).toBeVisible();
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
  await card.getByRole("button", { name: "Start charging" }).click();
  await expect(dialog.getByLabel("Tariff")).toHaveValue(IDENTITY.tariff_text);
  await expect(dialog.getByLabel("Identification type")).toHaveValue("ISO14443");
  await expect(dialog.getByLabel("Driver (identification)", { exact: true })).toHaveValue("");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("tells why a charge does not start", async ({ page, bench }) => {
  const card = await showCards(bench, page, cardOf(bench, "rest"));
  await card.getByRole("button", { name: "Start charging" }).click();
  const dialog = page.getByRole("dialog", { name: "Start charging" });
  await dialog.getByLabel("Tariff").fill("x".repeat(300));
  await dialog.getByRole("button", { name: "Start" }).click();
  const told = dialog.getByRole("alert").filter({ hasText: "The field tariff_text is too long" });
  await expect(told).toBeVisible();
  await expect(stateOf(card)).toHaveText("Ready");
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
  await expect(card.getByRole("button", { name: "End charging" })).toBeEnabled();
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
      await expect(cards.first().locator("p", { hasText: /^Verified$/ })).toBeVisible();
      await cards.first().getByText("Display").click();
      // The colours of a button differ while the mouse is over it.
      await cards.first().getByRole("button", { name: "End charging" }).hover();
      expect(await axeViolations(cards.first())).toEqual([]);
      await cards.last().getByRole("button", { name: "Start charging" }).click();
      await expect(page.getByRole("dialog", { name: "Start charging" })).toBeVisible();
      expect(await axeViolations(cards.last())).toEqual([]);
      await page.keyboard.press("Escape");
      await cards.first().getByRole("button", { name: "End charging" }).click();
      await expect(page.getByRole("dialog", { name: "End this charging session?" })).toBeVisible();
      expect(await axeViolations(cards.first())).toEqual([]);
    });
  });

test("is reached by keyboard alone", async ({ page, bench }) => {
  const card = await showCards(bench, page, cardOf(bench, "rest"));
  const start = card.getByRole("button", { name: "Start charging" });
  await start.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Start charging" });
  await expect(dialog.getByLabel("Identification type")).toBeFocused();
  for (let field = 0; field < 4; field += 1) await page.keyboard.press("Tab");
  await expect(dialog.getByLabel("Remember the identification")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(start).toBeFocused();
  // A whole session: the button that ends it stands where the one was that began it.
  await page.keyboard.press("Enter");
  await expect(dialog.getByLabel("Identification type")).toBeFocused();
  for (let field = 0; field < 6; field += 1) await page.keyboard.press("Tab");
  await expect(dialog.getByRole("button", { name: "Start" })).toBeFocused();
  await page.keyboard.press("Enter");
  const end = card.locator("ha-card button.end");
  await expect(end).toBeFocused();
  await page.keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: "End this charging session?" });
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(start).toBeEnabled();
  await expect(start).toBeFocused();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("fits, and fingers hit everything", async ({ page, bench }) => {
    await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
    const cards = await showCards(bench, page, cardOf(bench, "modbus_tcp"), cardOf(bench, "rest"));
    await expect(stateOf(cards.first())).toContainText("Charging");
    await expect(cards.first().locator("p", { hasText: /^Verified$/ })).toBeVisible();
    await cards.first().getByText("Display").click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      390,
    );
    const targets = cards.locator("ha-card").locator("button, select, summary");
    expect(await targets.count()).toBeGreaterThan(8);
    expect(await tooSmall(targets)).toEqual([]);
    await cards.last().getByRole("button", { name: "Start charging" }).click();
    const dialog = page.getByRole("dialog", { name: "Start charging" });
    await expect(dialog.getByRole("button", { name: "Cancel" })).toBeInViewport();
  });
});

test.describe("for an ordinary user", () => {
  test.use({ user: "guest" });

  test("has measurements and may end the session, but sees no records", async ({ page, bench }) => {
    await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
    const events = frames(page);
    const card = await showCards(bench, page, cardOf(bench, "modbus_tcp"));
    await expect(stateOf(card)).toHaveText("Charging");
    await expect.poll(() => events.length).toBeGreaterThan(10);
    await expect.poll(() => figure(card, ".power")).toBeGreaterThan(50);
    // Who may use the buttons of the meter may charge; its settings are for administrators.
    await expect(card.getByRole("button")).toHaveText(["Intermediate reading", "End charging"]);
    await expect(card.getByRole("combobox")).toHaveCount(0);
    for (const secret of [IDENTITY.identification_data, "Signature", "Record of"])
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
    await expect(cards.first().getByText("Verifiziert")).toBeVisible();
    await expect(cards.first().locator(".power")).toContainText(/\d,\d\d kW/);
    await cards.last().getByRole("button", { name: "Laden starten" }).click();
    const dialog = page.getByRole("dialog", { name: "Laden starten" });
    await expect(dialog.getByLabel("Tarif")).toBeVisible();
    await expect(cards.first().getByLabel("Leistung in den letzten 5 Minuten")).toBeVisible();
    for (const card of await cards.all()) expect(await leftInEnglish(card, "de")).toEqual([]);
  });
});

async function figure(card: Locator, selector: string): Promise<number> {
  return Number.parseFloat((await card.locator(selector).innerText()).replace(/^\D*/, ""));
}
