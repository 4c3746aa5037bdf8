import { DOMAIN } from "../common/hass";

/** What the start dialog was filled in with; empty fields are left to the integration's options. */
export interface StartFields {
  /** The number of a driver; empty for one who is not listed. */
  readonly driver_id: string;
  readonly identification_type: string;
  readonly identification_level: string;
  readonly identification_data: string;
  readonly tariff_text: string;
}

export interface Remembered extends StartFields {
  /** Whether the identification may be kept: it is personal, and a wall tablet is shared. */
  readonly keepIdentification: boolean;
}

export const NOTHING: Remembered = {
  driver_id: "",
  identification_type: "",
  identification_level: "",
  identification_data: "",
  tariff_text: "",
  keepIdentification: false,
};

const keyOf = (deviceId: string): string => `${DOMAIN}.start.${deviceId}`;

/** What was used last for a meter in this browser. */
export function recall(deviceId: string): Remembered {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyOf(deviceId)) ?? "{}");
    const found = stored as Readonly<Record<string, unknown>>;
    const kept = Object.entries(NOTHING).map(([key, nothing]: [string, unknown]) => [
      key,
      typeof found[key] === typeof nothing ? found[key] : nothing,
    ]);
    return Object.fromEntries(kept) as Remembered;
  } catch {
    return NOTHING;
  }
}

/** Keep it for the next time; the identification only if the user chooses so. */
export function remember(deviceId: string, fields: Remembered): void {
  const kept = fields.keepIdentification
    ? fields
    : { ...fields, driver_id: "", identification_data: "" };
  try {
    localStorage.setItem(keyOf(deviceId), JSON.stringify(kept));
  } catch {
    // A browser without storage does not remember; everything else works.
  }
}
