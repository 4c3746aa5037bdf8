/** What the card and the panel use of Home Assistant's frontend, and nothing more of it. */

export const DOMAIN = "lovato_dmed4";

export interface EntityState {
  readonly entity_id: string;
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly last_changed: string;
}

export interface EntityEntry {
  readonly entity_id: string;
  readonly device_id?: string;
  readonly platform?: string;
  readonly translation_key?: string;
}

export interface DeviceEntry {
  readonly id: string;
  readonly name: string | null;
  readonly name_by_user: string | null;
}

export interface Locale {
  readonly language: string;
  /** Such as `decimal_comma`, `none` or `language`. */
  readonly number_format: string;
  /** `12`, `24`, or what the language or the system has. */
  readonly time_format: string;
  /** `server`, or that of the browser. */
  readonly time_zone?: string;
}

export type Unsubscribe = () => Promise<void>;

export interface Connection {
  readonly connected: boolean;
  subscribeMessage<Message>(
    callback: (message: Message) => void,
    message: Readonly<Record<string, unknown>>,
    options: { resubscribe: boolean },
  ): Promise<Unsubscribe>;
  addEventListener(event: "ready" | "disconnected", callback: () => void): void;
  removeEventListener(event: "ready" | "disconnected", callback: () => void): void;
}

export type Values = Readonly<Record<string, string | number>>;

export interface HomeAssistant {
  readonly states: Readonly<Record<string, EntityState>>;
  readonly entities: Readonly<Record<string, EntityEntry>>;
  readonly devices: Readonly<Record<string, DeviceEntry>>;
  readonly connection: Connection;
  readonly connected: boolean;
  readonly language: string;
  readonly locale: Locale;
  readonly config: { readonly time_zone: string };
  readonly user?: { readonly is_admin: boolean };
  localize(key: string, values?: Values): string;
  /** Resolves to the `localize` that has them. */
  loadBackendTranslation(category: string, integration: string): Promise<HomeAssistant["localize"]>;
  callWS<Answer>(message: Readonly<Record<string, unknown>>): Promise<Answer>;
  callService<Response>(
    domain: string,
    service: string,
    data: Readonly<Record<string, unknown>>,
    target: undefined,
    notifyOnError: boolean,
    returnResponse: boolean,
  ): Promise<{ readonly response?: Response }>;
  hassUrl(path: string): string;
}

/** How errors come back from Home Assistant. */
export interface HassError {
  readonly code?: string | number;
  readonly message?: string;
  readonly translation_domain?: string;
  readonly translation_key?: string;
  readonly translation_placeholders?: Values;
}

export function deviceName(hass: HomeAssistant, deviceId: string): string {
  const device = hass.devices[deviceId];
  return device?.name_by_user ?? device?.name ?? "";
}
