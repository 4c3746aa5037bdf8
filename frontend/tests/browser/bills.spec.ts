/** From records to a bill: drivers, prices, costs, a statement and a receipt. */

import { readFile } from "node:fs/promises";

import type { Locator, Page } from "@playwright/test";

import { axeViolations, expect, leftInEnglish, test, visit, type PastCharge } from "./bench";

const PANEL = "/lovato-dmed4";

const ALICE = "04A2B3C4D5E680";
const BOB = "047C19E2B35A81";

const charges = (id: string, ...hours: readonly number[]): readonly PastCharge[] =>
  hours.map((hours_ago) => ({ hours_ago, minutes: 10, fields: { IT: "ISO14443", ID: id } }));

test.use({
  start: { past: { rest: [...charges(ALICE, 72, 48), ...charges(BOB, 24)] } },
});
test.describe.configure({ mode: "serial" });

async function open(page: Page, path: string): Promise<void> {
  await visit(page, `${PANEL}${path}`);
  await expect(page.getByRole("heading", { level: 1, name: "Charging records" })).toBeVisible();
}

async function save(page: Page, button: Locator): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return readFile(await download.path());
}

test("names who has charged", async ({ page }) => {
  await open(page, "/drivers");
  await page.getByRole("button", { name: `Name: ${ALICE}` }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Identifications")).toHaveValue(ALICE);
  // Without a name, the browser itself refuses.
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await dialog.getByLabel("Name").fill("Alice");
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Drivers" }).locator("li")).toContainText(ALICE);
  await expect(page.getByRole("button", { name: `Name: ${ALICE}` })).toHaveCount(0);
  const belongs = page.getByLabel(`Belongs to …: ${BOB}`);
  await belongs.selectOption("Alice");
  await page.getByRole("button", { name: `Assign: ${BOB}` }).click();
  await expect(belongs).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Drivers" }).locator("li")).toContainText(BOB);
  await page.getByRole("button", { name: "Edit: Alice" }).click();
  await dialog.getByLabel("Identifications").fill(ALICE);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: `Name: ${BOB}` })).toBeVisible();
});

test("offers a name from the session, with the keyboard alone", async ({ page }) => {
  await open(page, `?search=${BOB}`);
  const session = page.getByRole("table", { name: "Charging sessions" }).getByRole("link").first();
  await session.focus();
  await page.keyboard.press("Enter");
  const link = page.getByRole("link", { name: "Name the driver" });
  await expect(page.locator("dl").first()).toContainText("No price was set for this session.");
  await link.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await expect(dialog.getByLabel("Identifications")).toHaveValue(BOB);
  await page.keyboard.type("Bob");
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  const remove = page.getByRole("button", { name: "Delete: Bob" });
  await remove.focus();
  await page.keyboard.press("Enter");
  // The first button of the question is the one that changes nothing.
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(remove).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 2, name: "Drivers", exact: true })).toBeFocused();
  await expect(page.getByRole("button", { name: `Name: ${BOB}` })).toBeVisible();
});

test("has a price, and applies it to the past", async ({ page }) => {
  await open(page, "/prices");
  await page.getByRole("button", { name: "Add price" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Holds from").fill("2024-01-01T00:00");
  // The server refuses what the browser cannot know, and the dialog stays.
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toContainText("A price per kWh is missing.");
  await dialog.getByLabel("Per kWh (EUR)", { exact: true }).fill("0.5");
  await dialog.getByLabel("VAT included, in %").fill("20");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("€0.50 per kWh, 20 % VAT included")).toBeVisible();
  await page.getByRole("button", { name: "Apply to past sessions" }).click();
  await dialog.getByLabel("From").fill("2024-01-01T00:00");
  await dialog.getByRole("button", { name: "Apply to past sessions" }).click();
  await expect(page.getByText(/^Sessions with another price than before: \d$/)).toBeVisible();
});

test("adds up what it costs, to the last row, and makes a statement of it", async ({ page }) => {
  await open(page, "/billing");
  const table = page.getByRole("region", { name: "By driver" }).getByRole("table");
  await expect(table.locator("tbody tr")).toHaveCount(2);
  await expect(table.locator("tbody")).toContainText("Alice");
  await expect(table.locator("tbody")).toContainText(BOB);
  const costs = await table.locator("td:last-child").allInnerTexts();
  const [total = 0, ...others] = costs.map((cost) => Number(cost.replace("€", ""))).reverse();
  expect(total).toBeGreaterThan(0);
  expect(others.reduce((sum, cost) => sum + cost)).toBeCloseTo(total, 9);

  const pdf = await save(page, page.getByRole("button", { name: "Statement (PDF)" }));
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  const workbook = await save(page, page.getByRole("button", { name: "Statement (XLSX)" }));
  expect(workbook.subarray(0, 2).toString()).toBe("PK");

  await table.getByRole("link", { name: "Alice" }).click();
  await expect(page).toHaveURL(/driver=\d+/);
  const rows = page.getByRole("table", { name: "Charging sessions" }).locator("tbody tr");
  await expect(rows).toHaveCount(2);
  await rows.first().getByRole("link").click();
  await expect(page.locator("dl")).toContainText([/Cost\s*€\d+\.\d\d/]);
  const receipt = await save(page, page.getByRole("button", { name: "Receipt" }));
  expect(receipt.subarray(0, 5).toString()).toBe("%PDF-");
});

for (const [name, use] of Object.entries({
  "in light colours": { colorScheme: "light" },
  "in dark colours": { colorScheme: "dark" },
  "on a phone": { viewport: { width: 390, height: 844 }, hasTouch: true },
} as const))
  test.describe(name, () => {
    test.use(use);

    test("can be used by everybody", async ({ page }) => {
      const panel = page.locator("lovato-dmed4-panel");
      for (const [path, ready, dialog] of [
        ["/billing", "By driver", undefined],
        ["/drivers", "Identifications without a driver", "Add driver"],
        ["/prices", "€0.50 per kWh, 20 % VAT included", "Add price"],
      ] as const) {
        await open(page, path);
        await expect(page.getByText(ready).first()).toBeVisible();
        expect(await axeViolations(panel)).toEqual([]);
        if (!dialog) continue;
        await page.getByRole("button", { name: dialog }).click();
        await expect(page.getByRole("dialog")).toBeVisible();
        expect(await axeViolations(panel)).toEqual([]);
        await page.keyboard.press("Escape");
        await expect(page.getByRole("dialog")).toHaveCount(0);
      }
    });
  });

for (const [language, ...headings] of [
  ["de", "Kosten", "Fahrer", "Preise"],
  ["es", "Costes", "Conductores", "Precios"],
  ["fr", "Coûts", "Conducteurs", "Prix"],
  ["it", "Costi", "Conducenti", "Prezzi"],
] as const)
  test.describe(`in ${language}, on a phone`, () => {
    test.use({ language, viewport: { width: 360, height: 740 }, hasTouch: true });

    test("has all its texts, and room for them", async ({ page }) => {
      const panel = page.locator("lovato-dmed4-panel");
      for (const [place, path] of ["/billing", "/drivers", "/prices"].entries()) {
        const name = headings[place] ?? "";
        await visit(page, `${PANEL}${path}`);
        const heading = page.getByRole("heading", { level: 2, name, exact: true });
        await expect(heading).toBeVisible();
        await expect(page).toHaveTitle(`${name} – Home Assistant`);
        expect(await leftInEnglish(panel, language)).toEqual([]);
        expect(await axeViolations(panel)).toEqual([]);
        const main = page.locator("lovato-dmed4-panel main");
        expect(await main.evaluate((each) => each.scrollWidth - each.clientWidth)).toBe(0);
        if (path !== "/billing") continue;
        // No column is cut off, and no name is broken into letters.
        const table = page.locator(".scroll").first();
        await expect(table.getByRole("cell").last()).toBeVisible();
        expect(await table.evaluate((each) => each.scrollWidth - each.clientWidth)).toBe(0);
        const alice = await table.getByRole("link", { name: "Alice" }).boundingBox();
        expect(alice?.height).toBeLessThan(30);
      }
    });
  });
