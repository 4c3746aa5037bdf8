import { DOMAIN, type HomeAssistant } from "./hass";

/** What the actions that return a record say about it (charging/identity.py). */
export interface RecordResponse {
  /** The OCMF text as the meter signed it. */
  readonly record: string;
  readonly record_url: string;
  /** Whether the address is that of the archive, which has other formats as well. */
  readonly archived?: boolean;
  /** "valid" only if the key is accepted for the meter, too. */
  readonly verdict: string;
  readonly signature: string;
  readonly pagination?: string | null;
  /** Who has the identification. */
  readonly driver?: string | null;
  readonly readings: readonly Reading[];
}

/** What others than administrators get of a step: that it was done. */
export interface WithoutRecord {
  readonly record: null;
}

export interface Reading {
  readonly time: string | null;
  readonly transaction: string | null;
  /** Decimal text. */
  readonly value: string | null;
  readonly unit: string | null;
}

export async function act<Response>(
  hass: HomeAssistant,
  action: string,
  data: Readonly<Record<string, unknown>>,
): Promise<Response | undefined> {
  // Errors are shown where they belong, not in a toast.
  return (await hass.callService<Response>(DOMAIN, action, data, undefined, false, true)).response;
}

export async function callEntity(
  hass: HomeAssistant,
  service: string,
  entityId: string,
  data: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const [domain = ""] = entityId.split(".", 1);
  const fields = { entity_id: entityId, ...data };
  await hass.callService(domain, service, fields, undefined, false, false);
}

/** Let the browser download from one of our addresses, as Home Assistant's own pages do. */
export async function download(hass: HomeAssistant, url: string): Promise<void> {
  const path = url.includes("authSig=")
    ? url
    : (await hass.callWS<{ path: string }>({ type: "auth/sign_path", path: url, expires: 60 }))
        .path;
  const link = document.createElement("a");
  link.href = hass.hassUrl(path);
  link.download = "";
  link.click();
}
