/** The pictures of the documentation, made by scripts/screenshots. */

import { mkdir } from "node:fs/promises";

import type { Locator, Page } from "@playwright/test";

import { cardOf, expect, stateOf, test } from "./bench";
import { carPark } from "./people";

const FOLDER = new URL("../../../docs/images/", import.meta.url).pathname;
const PANEL = "/lovato-dmed4";

const IDENTITY = {
  identification_type: "ISO14443",
  identification_level: "VERIFIED",
  identification_data: "04A2B3C4D5E680",
  tariff_text: "0.45 EUR/kWh",
};

test.use({
  start: {
    past: { rest: carPark(34, 3), modbus_tcp: carPark(34, 8) },
    remember: true,
  },
});

const DRIVERS: Readonly<Record<string, string>> = {
  "Anna Rossi": "04A2B3C4D5E680",
  "Bernd Maier": "047C19E2B35A81",
  "Chiara Conti": "DE8AACA2B3C4D5",
  "Delivery van": "04F1D08AC66B80",
};

const DESKTOP = { viewport: { width: 1280, height: 860 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

const LOOKS = [
  { name: "light", use: { ...DESKTOP, colorScheme: "light" } },
  { name: "dark", use: { ...DESKTOP, colorScheme: "dark" } },
  { name: "phone", use: { ...PHONE, colorScheme: "light" } },
] as const;

const DASHBOARD = "car-park";

test.beforeAll(async ({ bench }) => {
  await mkdir(FOLDER, { recursive: true });
  const { rest, modbus_tcp } = bench.stand.meters;
  await bench.order("name", { device_id: rest.device_id, name: "Charger at the entrance" });
  await bench.order("name", { device_id: modbus_tcp.device_id, name: "Charger in the yard" });
  for (const [name, identification] of Object.entries(DRIVERS))
    await bench.act("rest", "save_driver", { name, identifications: [identification] });
  for (const meter of ["rest", "modbus_tcp"] as const)
    await bench.act(meter, "save_price", { since: "2020-01-01", energy: "0.49" });
  const cards = [cardOf(bench, "modbus_tcp"), cardOf(bench, "rest")];
  const sections = cards.map((card) => ({ type: "grid", cards: [card] }));
  await bench.order("dashboard", {
    path: DASHBOARD,
    title: "Car park",
    views: [{ type: "sections", sections }],
  });
  // It goes on while the other pictures are made, for the trace to have something to show.
  await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
});

/** Take a picture when nothing moves any more but what always does. */
async function picture(page: Page, name: string, part: Page | Locator = page): Promise<void> {
  await page.evaluate(async () => document.fonts.ready);
  await page.waitForLoadState("networkidle");
  // Icons come from the browser's own store, and the sidebar slides in: nothing tells when.
  await page.waitForTimeout(800);
  await part.screenshot({ path: `${FOLDER}${name}.png` });
}

for (const { name: look, use } of LOOKS)
  test.describe(look, () => {
    test.use(use);

    test("panel", async ({ page }) => {
      await page.goto(PANEL);
      await expect(page.getByRole("table", { name: "Charging sessions" })).toBeVisible();
      await picture(page, `panel-${look}`);
    });

    test("session", async ({ page }) => {
      await page.goto(PANEL);
      const row = page.getByRole("row").filter({ hasText: "DE8AACA2B3C4D5" }).first();
      await row.getByRole("link").click();
      await expect(page.getByRole("img", { name: /^Up to/ })).toBeVisible();
      await picture(page, `session-${look}`);
      if (look !== "light") return;
      await page.setViewportSize({ width: 1000, height: 2400 });
      await picture(page, "record-light", page.locator("details.record").last());
    });

    test("verify", async ({ page, bench }) => {
      const [record = ""] = await bench.order<string[]>("records", { meter: "rest" });
      await page.goto(`${PANEL}/verify`);
      await page.getByLabel("Record (OCMF)").fill(record);
      await page.getByRole("button", { name: "Verify", exact: true }).click();
      await expect(page.locator("#result")).toBeVisible();
      await page.getByLabel("Record (OCMF)").evaluate((text) => {
        text.scrollTop = 0;
      });
      await picture(page, `verify-${look}`);
    });

    test("archive", async ({ page }) => {
      await page.goto(`${PANEL}/archive`);
      await expect(page.getByText("Completely archived").first()).toBeVisible();
      await picture(page, `archive-${look}`);
    });

    test("device", async ({ page, bench }) => {
      await page.goto(`/config/devices/device/${bench.stand.meters.modbus_tcp.device_id}`);
      await expect(page.getByText("Diagnostic").first()).toBeVisible();
      await picture(page, `device-${look}`);
    });

    test("card", async ({ page }) => {
      // No more than what there is to see.
      if (look !== "phone") await page.setViewportSize({ width: 1280, height: 660 });
      await page.goto(`/${DASHBOARD}`);
      const cards = page.locator("lovato-dmed4-charge-card");
      await expect(cards.first().locator("p", { hasText: /^Verified$/ })).toBeVisible();
      await expect(stateOf(cards.first())).toContainText("Charging");
      await expect(cards.last().locator("p", { hasText: /^Verified$/ })).toBeVisible();
      await picture(page, `card-${look}`);
    });
  });
