import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

import axe from "axe-core";
import {
  test as base,
  expect,
  type BrowserContext,
  type ConsoleMessage,
  type Locator,
  type Page,
  type Request,
  type WebError,
} from "@playwright/test";

const REPOSITORY = new URL("../../..", import.meta.url).pathname;

export interface Meter {
  readonly device_id: string;
  readonly entry_id: string;
  /** Entity IDs by translation key. */
  readonly entities: Readonly<Record<string, string>>;
}

export type Card = Readonly<Record<string, unknown>>;
export type Transport = "rest" | "modbus_tcp";
export type User = "admin" | "guest";

interface Stand {
  readonly url: string;
  readonly admin: Tokens;
  readonly guest: Tokens;
  readonly meters: Readonly<Record<Transport, Meter>>;
}

interface Tokens {
  readonly access_token: string;
  readonly expires_in: number;
}

/** A charge that a meter has made before the tests begin (simulator/past.py). */
export interface PastCharge {
  readonly hours_ago: number;
  readonly minutes: number;
  /** Of the records, such as `ID` and `TT`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly reads?: number;
}

/** What there is when a bench starts; both oldest first. */
export interface Start {
  /** With it, there are no charges but these: Home Assistant is a new one. */
  readonly past?: Readonly<Partial<Record<Transport, readonly PastCharge[]>>>;
  /** Whether Home Assistant has recorded the power of the past, too. */
  readonly remember?: boolean;
}

/** A real Home Assistant with simulated meters (tests/bench/bench.py). */
export class Bench {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #started: string | undefined;
  #stand: Stand | undefined;
  #dashboards = 0;
  #nowhere: string | undefined;
  readonly #spoken = new Map<User, string>();

  constructor(name: string) {
    const program = ["-m", "tests.bench.bench", `${REPOSITORY}/.demo/${name}`];
    this.#child = spawn(`${REPOSITORY}/.venv/bin/python`, program, { cwd: REPOSITORY });
    this.#child.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Whether it was started for this. */
  isStarted(reason: string): boolean {
    return this.#started === reason;
  }

  /** Have new meters, and a new Home Assistant if they have a past. */
  async start(reason: string, start: Start): Promise<void> {
    await this.check();
    const former = this.#stand?.admin.access_token;
    this.#started = undefined;
    this.#stand = await this.order<Stand>("start", start);
    this.#started = reason;
    if (this.#stand.admin.access_token === former) return;
    this.#nowhere = undefined;
    this.#spoken.clear();
  }

  /** Let a user's profile have a language. Pages that are open follow, but not at once. */
  async speak(user: User, language: string): Promise<void> {
    if (this.#spoken.get(user) === language) return;
    await this.order("speak", { user, language });
    this.#spoken.set(user, language);
  }

  /** Look for errors of ours in Home Assistant's log. */
  async check(): Promise<void> {
    if (this.#started === undefined) return;
    const complaints = await this.order<string[]>("complaints");
    expect(
      complaints,
      `errors of ours in Home Assistant's log, started for ${this.#started}`,
    ).toEqual([]);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.stdin.end();
    await ended;
  }

  get stand(): Stand {
    if (!this.#stand) throw new Error("the bench has not been started");
    return this.#stand;
  }

  /** Give an order, one of the methods of `Bench` in tests/bench/bench.py. */
  async order<Result = null>(name: string, data: object = {}): Promise<Result> {
    this.#child.stdin.write(`${JSON.stringify({ do: name, ...data })}\n`);
    return (await this.#answer()) as Result;
  }

  /** Make a dashboard with cards; returns its path. */
  async dashboard(...cards: readonly Card[]): Promise<string> {
    this.#dashboards += 1;
    const path = `test-${this.#dashboards}`;
    const sections = cards.map((card) => ({ type: "grid", cards: [card] }));
    await this.order("dashboard", { path, views: [{ type: "sections", sections }] });
    return `/${path}`;
  }

  /** A page of Home Assistant without anything of ours. */
  async nowhere(): Promise<string> {
    this.#nowhere ??= await this.dashboard();
    return this.#nowhere;
  }

  async act<Response>(transport: Transport, action: string, data: object = {}): Promise<Response> {
    const meter = this.stand.meters[transport].device_id;
    return this.order("act", { meter, action, ...data });
  }

  async #answer(): Promise<unknown> {
    const line = await this.#lines.next();
    if (line.done) throw new Error("the bench has ended");
    const { result, error } = JSON.parse(line.value) as { result?: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return result;
  }
}

/** What Home Assistant's own pages say that is none of our business. */
const NOISE = [
  /demo\.home-assistant\.io/,
  /ERR_NAME_NOT_RESOLVED/,
  // It gives the panel that is being left the settings of the page that is being loaded.
  /reading '(_panel_custom|trust_external)'/,
];

interface Options {
  user: User;
  language: string;
}

interface Fixtures {
  start: Start;
  bench: Bench;
  complaints: string[];
}

interface Stored {
  readonly name: string;
  readonly value: string;
}

/** What tests share of the browser. */
interface Shared {
  page?: Page;
  /** Whose Home Assistant the page shows. */
  shows?: string;
  /** Whether its screen can be touched. */
  touch?: boolean;
}

interface WorkerFixtures {
  benchOfAll: Bench;
  shared: Shared;
}

export const test = base.extend<Options & Fixtures, WorkerFixtures>({
  start: [{}, { option: true }],
  user: ["admin", { option: true }],
  language: ["en", { option: true }],

  benchOfAll: [
    // eslint-disable-next-line no-empty-pattern -- Playwright wants one, to see what is needed
    async ({}, use, { project, parallelIndex }) => {
      const bench = new Bench(`${project.name}-${parallelIndex}`);
      await use(bench);
      await bench.check();
      await bench.stop();
    },
    { scope: "worker", timeout: 240_000 },
  ],

  /** The tests of a file that start with the same have the same; all others have other meters. */
  bench: [
    async ({ benchOfAll, start, shared }, use, { file }) => {
      const reason = JSON.stringify([file, start]);
      if (!benchOfAll.isStarted(reason)) {
        if (start.past) {
          // No page looks for the Home Assistant that ends.
          await shared.page?.goto("about:blank");
          delete shared.shows;
        }
        await benchOfAll.start(reason, start);
      }
      await use(benchOfAll);
    },
    { timeout: 240_000 },
  ],

  storageState: async ({ bench, user, language }, use) => {
    await bench.speak(user, language);
    const { stand } = bench;
    const tokens = {
      ...stand[user],
      hassUrl: stand.url,
      clientId: `${stand.url}/`,
      expires: Date.now() + stand[user].expires_in * 1000,
    };
    const items = {
      hassTokens: JSON.stringify(tokens),
      selectedLanguage: JSON.stringify(language),
      dockedSidebar: '"auto"',
    };
    const localStorage = Object.entries(items).map(([name, value]) => ({ name, value }));
    await use({ cookies: [], origins: [{ origin: stand.url, localStorage }] });
  },

  baseURL: async ({ bench }, use) => {
    await use(bench.stand.url);
  },

  shared: [
    async ({ browser }, use) => {
      const shared: Shared = {};
      await use(shared);
      if (browser.isConnected()) await shared.page?.context().close();
    },
    { scope: "worker" },
  ],

  context: async ({ browser, shared }, use) => {
    if (!shared.page) {
      // Each test says anew whether its screen can be touched.
      const context = await browser.newContext({ hasTouch: false });
      shared.page = await context.newPage();
      keepFrames(shared.page);
    }
    await use(shared.page.context());
  },

  /**
   * The page that tests share. It stays in Home Assistant, as that of a person does, who does not load
   * all anew to go elsewhere or to have another language. What pages store is that of the test alone.
   */
  page: async (
    {
      context,
      shared,
      bench,
      user,
      language,
      storageState,
      viewport,
      hasTouch,
      colorScheme,
      reducedMotion,
    },
    use,
  ) => {
    const { page } = shared;
    if (!page || typeof storageState !== "object") throw new Error("there is no page");
    const items = storageState.origins[0]?.localStorage ?? [];
    const shows = `${user} of ${bench.stand[user].access_token}`;
    // Where there was no mouse, there seems to be none until the page is loaded anew.
    const mouse = shared.touch && !hasTouch;
    if (shared.shows === shows && !mouse) await page.waitForFunction(speaks, language);
    else {
      // Playwright's own way to set what is stored empties the browser's cache, too.
      await page.goto(`${bench.stand.url}/robots.txt`);
      await store(page, items);
      await page.goto("about:blank");
    }
    shared.shows = shows;
    shared.touch = hasTouch;
    if (viewport) await page.setViewportSize(viewport);
    const devtools = await context.newCDPSession(page);
    await devtools.send("Emulation.setTouchEmulationEnabled", { enabled: hasTouch });
    await page.emulateMedia({ colorScheme, reducedMotion });
    await use(page);
    if (!page.url().startsWith("http")) return;
    await visit(page, await bench.nowhere());
    await store(page, items);
    await devtools.detach();
  },

  /** What pages of the test complain about; there must be nothing in it at its end. */
  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      const stop = listen(context, complaints);
      await use(complaints);
      stop();
      expect(complaints.filter((text) => !NOISE.some((noise) => noise.test(text)))).toEqual([]);
    },
    { auto: true },
  ],
});

/** Whether Home Assistant's page is in a language. */
function speaks(language: string): boolean {
  const app = document.querySelector("home-assistant") as unknown as {
    hass?: { language: string };
  };
  return app.hass?.language === language;
}

/** Go somewhere as links do; the first time, Home Assistant is loaded. */
export async function visit(page: Page, path: string): Promise<void> {
  if (!page.url().startsWith("http")) {
    await page.goto(path);
    return;
  }
  // A dashboard that was just made is not known to a page that was loaded before.
  await page.waitForFunction(
    (to) => {
      const app = document.querySelector("home-assistant") as unknown as {
        hass?: { panels: object };
      };
      return Object.keys(app.hass?.panels ?? {}).includes(to);
    },
    path.split(/[/?]/)[1] ?? "",
  );
  await page.evaluate((to) => {
    history.pushState(null, "", to);
    dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
  }, path);
}

/** Let a page have stored this, and nothing else. */
async function store(page: Page, items: readonly Stored[]): Promise<void> {
  await page.evaluate((all) => {
    sessionStorage.clear();
    localStorage.clear();
    for (const { name, value } of all) localStorage.setItem(name, value);
  }, items);
}

/** Note what pages complain about, until the function is called that is returned. */
function listen(context: BrowserContext, complaints: string[]): () => void {
  const noteMessage = (message: ConsoleMessage): void => {
    if (message.type() === "error") complaints.push(`${message.text()} ${message.location().url}`);
  };
  const noteError = (error: WebError): void => {
    complaints.push(String(error.error()));
  };
  const noteHost = (request: Request): void => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== "127.0.0.1")
      complaints.push(`Another host is asked: ${request.url()}`);
  };
  context.on("console", noteMessage);
  context.on("weberror", noteError);
  context.on("request", noteHost);
  return () => {
    context.off("console", noteMessage);
    context.off("weberror", noteError);
    context.off("request", noteHost);
  };
}

/** Show cards on a dashboard of their own. */
export async function showCards(
  bench: Bench,
  page: Page,
  ...cards: readonly Card[]
): Promise<Locator> {
  await visit(page, await bench.dashboard(...cards));
  return page.locator("lovato-dmed4-charge-card");
}

export function cardOf(bench: Bench, transport: Transport, config: Card = {}): Card {
  const { device_id } = bench.stand.meters[transport];
  return { type: "custom:lovato-dmed4-charge-card", device_id, ...config };
}

/** Where a card says the state in words. */
export const stateOf = (card: Locator): Locator => card.locator(".state");

/** Each test finds the meters idle and without errors. */
export async function leaveIdle(bench: Bench): Promise<void> {
  for (const transport of ["rest", "modbus_tcp"] as const) {
    await bench.order("plug", { meter: transport });
    await bench.act(transport, "end_charge_cycle").catch(() => undefined);
    await bench.act(transport, "reset_errors");
  }
}

const FRAMES = new WeakMap<Page, string[]>();

/** Note from now on what arrives at a page of the live streams. */
function keepFrames(page: Page): void {
  const found: string[] = [];
  FRAMES.set(page, found);
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      found.push(...(String(payload).match(/\{"time":[^}]*"power"[^}]*\}/g) ?? []));
    });
  });
}

/** What arrives at a page of the live streams, from now on. */
export function frames(page: Page): string[] {
  const found = FRAMES.get(page);
  if (!found) throw new Error("nothing is noted of this page");
  found.length = 0;
  return found;
}

export interface Place {
  readonly html: string;
  readonly left: number;
  readonly right: number;
  readonly width: number;
  readonly height: number;
}

/** Where those of some elements are that can be seen. */
export async function placesOf(elements: Locator): Promise<Place[]> {
  return elements.evaluateAll((all) =>
    all
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      .map((element) => {
        const { left, right, width, height } = element.getBoundingClientRect();
        return { html: element.outerHTML.slice(0, 200), left, right, width, height };
      }),
  );
}

/** Those of some elements that can be seen but are too small for a finger. */
export async function tooSmall(elements: Locator): Promise<Place[]> {
  const places = await placesOf(elements);
  expect(places).not.toHaveLength(0);
  return places.filter(({ width, height }) => Math.min(width, height) < 44);
}

/** Check a part of the page against WCAG 2.2 AA; returns what is wrong with it. */
export async function axeViolations(part: Locator): Promise<string[]> {
  const page = part.page();
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return part.evaluate(async (element) => {
    const { axe: checker } = window as unknown as { axe: typeof axe };
    const { violations } = await checker.run(element, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      // What is right is not described, and neither sounds nor films are looked for.
      resultTypes: ["violations"],
      preload: false,
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ""}`),
    );
  });
}

interface Texts {
  readonly [key: string]: string | Texts;
}

async function textsIn(language: string): Promise<Map<string, string>> {
  const file = `${REPOSITORY}custom_components/lovato_dmed4/translations/${language}.json`;
  const { config_panel } = JSON.parse(await readFile(file, "utf8")) as { config_panel: Texts };
  const found = new Map<string, string>();
  const walk = (texts: Texts, path: string): void => {
    for (const [key, text] of Object.entries(texts))
      if (typeof text === "string") found.set(`${path}.${key}`, text);
      else walk(text, `${path}.${key}`);
  };
  walk(config_panel, "");
  return found;
}

/** Find what is English in a part of the page, though there is another text in the language. */
export async function leftInEnglish(part: Locator, language: string): Promise<string[]> {
  const [english, other] = [await textsIn("en"), await textsIn(language)];
  const suspects = [...english].filter(([key, text]) => text !== other.get(key));
  const wrong = new Set(suspects.map(([, text]) => text));
  for (const text of other.values()) wrong.delete(text);
  const shown = await part.evaluate((root) => {
    // Options of the card are states of entities, which are translated elsewhere.
    const isOption = (node: Node): boolean => node.parentNode instanceof HTMLOptionElement;
    const walk = (node: Node): string[] => [
      ...(node.nodeType === Node.TEXT_NODE && !isOption(node)
        ? [node.textContent?.trim() ?? ""]
        : []),
      ...(node instanceof Element
        ? ["aria-label", "title", "placeholder"].map((name) => node.getAttribute(name) ?? "")
        : []),
      ...(node instanceof Element && node.shadowRoot ? walk(node.shadowRoot) : []),
      ...[...node.childNodes].flatMap(walk),
    ];
    return walk(root);
  });
  return shown.filter((text) => wrong.has(text));
}

export { expect };
