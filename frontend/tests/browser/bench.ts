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
  readonly past?: Readonly<Partial<Record<Transport, readonly PastCharge[]>>>;
  /** Whether Home Assistant has recorded the power of the past, too. */
  readonly remember?: boolean;
}

/** A real Home Assistant with simulated meters (tests/bench/bench.py). */
export class Bench {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #stand: Stand | undefined;
  #dashboards = 0;

  constructor(name: string) {
    const program = ["-m", "tests.bench.bench", `${REPOSITORY}/.demo/${name}`];
    this.#child = spawn(`${REPOSITORY}/.venv/bin/python`, program, { cwd: REPOSITORY });
    this.#child.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async start(start: Start): Promise<void> {
    this.#stand = await this.order<Stand>("start", start);
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
const NOISE = [/demo\.home-assistant\.io/, /ERR_NAME_NOT_RESOLVED/];

interface Options {
  user: User;
  language: string;
}

interface Fixtures {
  complaints: string[];
}

interface WorkerFixtures {
  start: Start;
  bench: Bench;
  contexts: Map<string, BrowserContext>;
}

export const test = base.extend<Options & Fixtures, WorkerFixtures>({
  start: [{}, { option: true, scope: "worker" }],
  user: ["admin", { option: true }],
  language: ["en", { option: true }],

  bench: [
    async ({ start }, use, { project, parallelIndex }) => {
      const bench = new Bench(`${project.name}-${parallelIndex}`);
      await bench.start(start);
      await use(bench);
      const complaints = await bench.order<string[]>("complaints");
      await bench.stop();
      expect(complaints, "errors of ours in Home Assistant's log").toEqual([]);
    },
    { scope: "worker", timeout: 240_000 },
  ],

  storageState: async ({ bench, user, language }, use) => {
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

  /** Those that tests have used so far, by what sets them apart. */
  contexts: [
    async ({ browser }, use) => {
      const contexts = new Map<string, BrowserContext>();
      await use(contexts);
      if (browser.isConnected()) for (const context of contexts.values()) await context.close();
    },
    { scope: "worker" },
  ],

  /**
   * The browser that tests of a kind share: it has seen Home Assistant before, and does not fetch and
   * compile its frontend again. What pages store is that of the test alone.
   */
  context: async (
    { browser, contexts, storageState, viewport, colorScheme, hasTouch, reducedMotion },
    use,
  ) => {
    const kind = JSON.stringify([viewport, colorScheme, hasTouch, reducedMotion]);
    let context = contexts.get(kind);
    if (context && storageState) await context.setStorageState(storageState);
    context ??= await browser.newContext();
    contexts.set(kind, context);
    await use(context);
    await leaveEmpty(context);
  },

  /** Its only page. */
  page: async ({ context, viewport }, use) => {
    const page = context.pages()[0] ?? (await context.newPage());
    if (viewport) await page.setViewportSize(viewport);
    await use(page);
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

/** Leave one page in a browser, without anything in it. */
async function leaveEmpty(context: BrowserContext): Promise<void> {
  const [page, ...others] = context.pages();
  for (const other of others) await other.close();
  if (!page?.url().startsWith("http")) return;
  page.removeAllListeners("websocket");
  await page.evaluate(() => {
    sessionStorage.clear();
  });
  await page.goto("about:blank");
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
  await page.goto(await bench.dashboard(...cards));
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

/** What arrives at a page of the live streams, from now on. */
export function frames(page: Page): string[] {
  const found: string[] = [];
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      found.push(...(String(payload).match(/\{"time":[^}]*"power"[^}]*\}/g) ?? []));
    });
  });
  return found;
}

/** Check a part of the page against WCAG 2.2 AA; returns what is wrong with it. */
export async function axeViolations(part: Locator): Promise<string[]> {
  await part.page().evaluate(axe.source);
  return part.evaluate(async (element) => {
    const page = window as unknown as { axe: typeof axe };
    const { violations } = await page.axe.run(element, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
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
