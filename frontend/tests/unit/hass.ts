import { readFileSync } from "node:fs";
import { join } from "node:path";

import { vi } from "vitest";

import type {
  Connection,
  EntityState,
  HomeAssistant,
  Unsubscribe,
  Values,
} from "../../src/common/hass";
import type { StartForm } from "../../src/common/rights";

export const INTEGRATION = join(import.meta.dirname, "../../../custom_components/lovato_dmed4");

interface Tree {
  readonly [key: string]: string | Tree;
}

export function readTexts(language: string): Tree {
  return JSON.parse(
    readFileSync(join(INTEGRATION, "translations", `${language}.json`), "utf8"),
  ) as Tree;
}

const ENGLISH = readTexts("en");

/** As Home Assistant's: nothing for what is not there. Plurals are left as they are written. */
export function localize(key: string, values: Values = {}): string {
  const [, domain, ...path] = key.split(".");
  if (domain !== "lovato_dmed4") return "";
  let found: string | Tree | undefined = ENGLISH;
  for (const part of path) found = typeof found === "object" ? found[part] : undefined;
  return typeof found === "string"
    ? found.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all))
    : "";
}

export const METER = "meter-1";

/** What the server says of a start, with nothing preset. */
export const FORM: StartForm = {
  identification_type: "NONE",
  identification_level: "NONE",
  identification_data: "",
  tariff_text: "",
  other_type: "NONE",
  forms: [["ISO14443", "[0-9A-Fa-f]{8}|[0-9A-Fa-f]{14}"]],
  types: ["NONE", "ISO14443", "LOCAL"],
  levels: ["NONE", "TRUSTED"],
  drivers: [],
  driver: null,
};

/** What a meter's entities show while it is idle, by domain and translation key. */
const IDLE: Readonly<Record<string, string>> = {
  "binary_sensor.charging": "off",
  "binary_sensor.hardware": "off",
  "binary_sensor.problem": "off",
  "event.charge_cycle": "unknown",
  "select.display_page": "unknown",
  "sensor.current": "0.0",
  "sensor.cycle_energy_exported": "0.0",
  "sensor.cycle_energy_imported": "0.0",
  "sensor.power": "0.0",
  "sensor.signature_status": "none",
  "sensor.voltage": "0.0",
  "switch.display": "unknown",
};

const UNITS: Readonly<Record<string, string>> = {
  "sensor.current": "A",
  "sensor.cycle_energy_exported": "kWh",
  "sensor.cycle_energy_imported": "kWh",
  "sensor.power": "kW",
  "sensor.voltage": "V",
};

/** What the meter's status makes of *Charging*. */
export const measuring = (status: string): Partial<EntityState> => ({
  state: status.startsWith("active") ? "on" : "off",
  attributes: { status },
});

type Changes = Readonly<Record<string, string | Partial<EntityState>>>;

/** A Home Assistant with a meter whose entities were renamed, and things that are none of it. */
export function fakeHass(
  changes: Changes = {},
  more: Partial<HomeAssistant> = {},
): HomeAssistant & { connection: FakeConnection } {
  const states: Record<string, EntityState> = {};
  const entities: Record<string, HomeAssistant["entities"][string]> = {
    "light.kitchen": { entity_id: "light.kitchen", platform: "hue", translation_key: "power" },
    "sensor.other": {
      entity_id: "sensor.other",
      platform: "other",
      device_id: METER,
      translation_key: "power",
    },
  };
  for (const [key, state] of Object.entries(IDLE)) {
    const [domain, translation_key = ""] = key.split(".");
    const entity_id = `${domain}.renamed_${translation_key}`;
    entities[entity_id] = {
      entity_id,
      platform: "lovato_dmed4",
      device_id: METER,
      translation_key,
    };
    const change = changes[key] ?? {};
    const unit = UNITS[key] ? { unit_of_measurement: UNITS[key] } : {};
    const base = key === "binary_sensor.charging" ? { status: "not_initialized" } : unit;
    states[entity_id] = {
      entity_id,
      state,
      last_changed: "2026-01-01T10:00:00+00:00",
      ...(typeof change === "string" ? { state: change } : change),
      attributes: { ...base, ...(typeof change === "string" ? {} : change.attributes) },
    };
  }
  return {
    states,
    entities,
    devices: { [METER]: { id: METER, name: "DMED404", name_by_user: null } },
    connection: new FakeConnection(),
    connected: true,
    language: "en",
    locale: { language: "en", number_format: "language", time_format: "24", time_zone: "server" },
    config: { time_zone: "Europe/Rome" },
    user: { is_admin: true },
    localize,
    loadBackendTranslation: () => Promise.resolve(more.localize ?? localize),
    callWS: vi.fn(({ type }: { type: string }) =>
      type.endsWith("/rights")
        ? Promise.resolve({ start: true, read: true, end: true, form: FORM })
        : Promise.reject(Object.assign(new Error(), { code: "unknown_command" })),
    ),
    callService: vi.fn().mockResolvedValue({}),
    hassUrl: (path) => path,
    ...more,
  } as HomeAssistant & { connection: FakeConnection };
}

/** A subscription that the test answers and feeds. */
export class FakeSubscription {
  readonly unsubscribe = vi.fn<Unsubscribe>().mockResolvedValue(undefined);
  readonly answered: Promise<Unsubscribe>;
  accept: () => void = () => undefined;
  refuse: (error: unknown) => void = () => undefined;

  constructor(
    readonly send: (message: unknown) => void,
    readonly message: Readonly<Record<string, unknown>>,
    readonly options: unknown,
  ) {
    this.answered = new Promise((resolve, reject) => {
      this.accept = () => {
        resolve(this.unsubscribe);
      };
      this.refuse = reject;
    });
  }
}

export class FakeConnection implements Connection {
  connected = true;
  readonly subscriptions: FakeSubscription[] = [];
  readonly #listeners = { ready: new Set<() => void>(), disconnected: new Set<() => void>() };

  subscribeMessage<Message>(
    callback: (message: Message) => void,
    message: Readonly<Record<string, unknown>>,
    options: { resubscribe: boolean },
  ): Promise<Unsubscribe> {
    const made = new FakeSubscription(callback as (message: unknown) => void, message, options);
    this.subscriptions.push(made);
    return made.answered;
  }

  get newest(): FakeSubscription {
    const found = this.subscriptions.at(-1);
    if (!found) throw new Error("nobody has subscribed");
    return found;
  }

  addEventListener(event: "ready" | "disconnected", callback: () => void): void {
    this.#listeners[event].add(callback);
  }

  removeEventListener(event: "ready" | "disconnected", callback: () => void): void {
    this.#listeners[event].delete(callback);
  }

  get listeners(): number {
    return this.#listeners.ready.size + this.#listeners.disconnected.size;
  }

  lose(): void {
    this.connected = false;
    for (const listener of this.#listeners.disconnected) listener();
  }

  comeBack(): void {
    this.connected = true;
    for (const listener of this.#listeners.ready) listener();
  }
}
