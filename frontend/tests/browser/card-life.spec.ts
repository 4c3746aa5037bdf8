import {
  type Bench,
  cardOf,
  expect,
  frames,
  leaveIdle,
  showCards,
  stateOf,
  test,
  visit,
} from "./bench";

const IDENTITY = {
  identification_type: "ISO14443",
  identification_level: "VERIFIED",
  identification_data: "04A2B3C4D5E680",
  tariff_text: "0.45 EUR/kWh",
};

test.afterEach(async ({ bench }) => leaveIdle(bench));

test("is there on every cold load", async ({ browser, bench, storageState }) => {
  const path = await bench.dashboard(cardOf(bench, "modbus_tcp"));
  const known = { baseURL: bench.stand.url, ...(storageState ? { storageState } : {}) };
  // A card that is registered the wrong way is missing in every second of them.
  for (let load = 0; load < 5; load += 1) {
    // A browser that knows nothing yet.
    const context = await browser.newContext(known);
    const page = await context.newPage();
    await page.goto(path);
    await expect(page.locator("lovato-dmed4-charge-card").getByText("Ready")).toBeVisible();
    await context.close();
  }
});

// A live poll begins with the measures and reads the fast registers next; a stream reads only those.
const MEASURES = "0400010020";
const FAST = "0401ff000a";

async function countRequests(bench: Bench): Promise<{ polls: number; streamed: number }> {
  const all = await bench.order<string[]>("requests", { meter: "modbus_tcp" });
  // The last poll may not be done yet.
  const requests = all.slice(0, all.lastIndexOf(MEASURES));
  const polls = requests.filter((request) => request === MEASURES).length;
  return { polls, streamed: requests.filter((request) => request === FAST).length - polls };
}

test("moves with each sample while it is seen, and only then", async ({ page, bench }) => {
  await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
  const events = frames(page);
  const card = await showCards(bench, page, cardOf(bench, "modbus_tcp"));
  await expect(stateOf(card)).toContainText("Charging");
  const power = card.locator(".power");
  const texts = new Set<string | null>();
  await expect.poll(async () => texts.add(await power.textContent()).size).toBeGreaterThan(3);
  const before = events.length;
  const { streamed } = await countRequests(bench);
  await expect.poll(() => events.length).toBeGreaterThan(before + 20);
  await expect
    .poll(async () => (await countRequests(bench)).streamed)
    .toBeGreaterThan(streamed + 10);

  await visit(page, "/history");
  await expect(card).toHaveCount(0);
  const nextPoll = async (): Promise<number> => {
    const { polls } = await countRequests(bench);
    await expect.poll(async () => (await countRequests(bench)).polls).toBeGreaterThan(polls);
    return (await countRequests(bench)).streamed;
  };
  await nextPoll(); // a last read may have been under way
  const left = await nextPoll();
  // Between two polls, a stream makes many.
  expect(await nextPoll()).toBe(left);
});

test("stays alive through a restart of Home Assistant", async ({ page, bench, complaints }) => {
  await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
  const events = frames(page);
  const cards = await showCards(bench, page, cardOf(bench, "modbus_tcp"), cardOf(bench, "rest"));
  await expect.poll(() => events.length).toBeGreaterThan(10);
  await bench.order("restart");
  events.length = 0;
  await expect.poll(() => events.length).toBeGreaterThan(20);
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
  await expect(stateOf(card)).toContainText("Not reachable since");
  await expect(card.getByRole("button", { name: "Start charging" })).toBeDisabled();
  await expect(card.locator(".power")).toContainText("–");
  await bench.order("plug", { meter: "rest" });
  await expect(stateOf(card)).toHaveText("Ready");
  await expect(card.getByRole("button", { name: "Start charging" })).toBeEnabled();
});

test.describe("for who does not like motion", () => {
  test.use({ reducedMotion: "reduce" });

  test("draws once a second", async ({ page, bench }) => {
    await bench.act("modbus_tcp", "start_charge_cycle", IDENTITY);
    const events = frames(page);
    const card = await showCards(bench, page, cardOf(bench, "modbus_tcp"));
    await expect(stateOf(card)).toContainText("Charging");
    const trace = card.locator("dmed4-power-trace");
    // Drawings, and the seconds in which they were made by the page's own clock.
    await trace.evaluate((element) => {
      const begin = performance.now();
      let count = 0;
      const observer = new MutationObserver(() => {
        count += 1;
        element.setAttribute("data-drawn", `${count} ${(performance.now() - begin) / 1000}`);
      });
      const options = { subtree: true, attributes: true, childList: true };
      observer.observe(element.shadowRoot ?? element, options);
    });
    const drawn = async (): Promise<number[]> =>
      ((await trace.getAttribute("data-drawn")) ?? "0 0").split(" ").map(Number);
    const before = events.length;
    await expect.poll(async () => (await drawn())[0]).toBeGreaterThan(3);
    const [count = NaN, seconds = NaN] = await drawn();
    // One at the begin, one more when the recorded past arrives.
    expect(count).toBeLessThanOrEqual(seconds + 2);
    expect(events.length - before).toBeGreaterThan(count);
  });
});
