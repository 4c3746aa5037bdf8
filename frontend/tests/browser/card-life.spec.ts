import { cardOf, expect, frames, leaveIdle, showCards, stateOf, test } from "./bench";

const IDENTITY = {
  identification_type: "ISO14443",
  identification_level: "VERIFIED",
  identification_data: "04A2B3C4D5E680",
  tariff_text: "0.45 EUR/kWh",
};

test.afterEach(async ({ bench }) => leaveIdle(bench));

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

test("moves ten times a second while it is seen, and only then", async ({ page, bench }) => {
  await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
  const events = frames(page);
  const card = await showCards(bench, page, cardOf(bench, "modbus_tcp"));
  await expect(stateOf(card)).toContainText("Charging");
  await expect.poll(() => events.length).toBeGreaterThan(10);

  const begin = Date.now();
  const seen = events.length;
  await expect.poll(() => events.length - seen).toBeGreaterThan(20);
  const rate = (1000 * (events.length - seen)) / (Date.now() - begin);
  expect(rate).toBeGreaterThan(5);
  expect(rate).toBeLessThan(11);

  await page.goto("/history");
  await expect(card).toHaveCount(0);
  const asked = await bench.order<number>("requests", { meter: "modbus_tcp" });
  await page.waitForTimeout(4000);
  // Two live polls of four requests, and perhaps the slow values; a stream would make forty.
  expect((await bench.order<number>("requests", { meter: "modbus_tcp" })) - asked).toBeLessThan(20);
});

test("stays alive through a restart of Home Assistant", async ({ page, bench, complaints }) => {
  await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
  const events = frames(page);
  const cards = await showCards(bench, page, cardOf(bench, "modbus_tcp"), cardOf(bench, "rest"));
  await expect.poll(() => events.length).toBeGreaterThan(10);
  await bench.order("restart");
  events.length = 0;
  await expect.poll(() => events.length, { timeout: 40_000 }).toBeGreaterThan(20);
  await expect(stateOf(cards.first())).toContainText("Charging");
  await expect(stateOf(cards.last())).toHaveText("Ready");
  const power = await cards.first().locator(".power").textContent();
  await expect(cards.first().locator(".power")).not.toHaveText(power ?? "");
  await expect(cards.first().getByText(/^0:0\d:\d\d$/)).toBeVisible();
  // Home Assistant's own pages complain of its absence; ours do not.
  complaints.splice(0, Infinity, ...complaints.filter((text) => text.includes("dmed4")));
});

test("says that a meter is lost, and that it is back", async ({ page, bench }) => {
  const card = await showCards(bench, page, cardOf(bench, "rest"));
  await expect(stateOf(card)).toHaveText("Ready");
  await bench.order("unplug", { meter: "rest" });
  await expect(stateOf(card)).toHaveText("Not reachable", { timeout: 30_000 });
  await expect(card.getByRole("button", { name: "Start charging" })).toBeDisabled();
  await expect(card.locator(".power")).toContainText("–");
  await bench.order("plug", { meter: "rest" });
  await expect(stateOf(card)).toHaveText("Ready", { timeout: 30_000 });
  await expect(card.getByRole("button", { name: "Start charging" })).toBeEnabled();
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
