/** What a live trace of ten samples a second costs the browser: `npm run measure`. */

import type { CDPSession, Page } from "@playwright/test";

import { cardOf, expect, frames, showCards, stateOf, test } from "./bench";

const SECONDS = 20;
const MOST = 0.1;

interface Cost {
  /** Of the page's main thread, as a share of one core. */
  readonly page: number;
  /** Of all processes of the browser, which has no graphics card here and draws with the processor. */
  readonly browser: number;
}

test("what the live trace costs", async ({ page, bench }) => {
  const identity = { identification_type: "LOCAL", identification_data: "1" };
  await bench.act("modbus_tcp", "start_charge_cycle", identity);
  const events = frames(page);
  const card = await showCards(bench, page, cardOf(bench, "modbus_tcp"));
  await expect(stateOf(card)).toContainText("Charging");
  await expect.poll(() => events.length).toBeGreaterThan(30);

  const before = events.length;
  const shown = await cost(page);
  const rate = (events.length - before) / SECONDS;
  // What Home Assistant's own page costs is none of the card's. It would put the card itself back.
  await card.evaluate((element) => element.closest("hui-card")?.remove());
  const gone = await cost(page);
  const percent = (part: keyof Cost): string => (100 * (shown[part] - gone[part])).toFixed(1);
  process.stdout.write(
    `${rate.toFixed(1)} samples a second: ${percent("page")} % of a core in the page's thread, ` +
      `${percent("browser")} % in all processes of the browser\n`,
  );
  expect(rate).toBeGreaterThan(9);
  expect(shown.browser - gone.browser).toBeLessThan(MOST);
});

async function cost(page: Page): Promise<Cost> {
  const own = await page.context().newCDPSession(page);
  const all = await page.context().browser()?.newBrowserCDPSession();
  if (!all) throw new Error("there is no browser");
  await own.send("Performance.enable");
  const before = [await taskSeconds(own), await processorSeconds(all)] as const;
  await page.waitForTimeout(1000 * SECONDS);
  const after = [await taskSeconds(own), await processorSeconds(all)] as const;
  await own.detach();
  await all.detach();
  return { page: (after[0] - before[0]) / SECONDS, browser: (after[1] - before[1]) / SECONDS };
}

async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN;
}

async function processorSeconds(session: CDPSession): Promise<number> {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}
