import { DOMAIN, type HomeAssistant } from "./hass";

/** What the dialog for a start has to know (web/rights.py). */
export interface StartForm {
  /** What the meter is started with where a field is left empty. */
  readonly identification_type: string;
  readonly identification_level: string;
  /** Null where there is one that the user may not see. */
  readonly identification_data: string | null;
  readonly tariff_text: string;
  /** The type of another identification; NONE where its form decides, by the first that fits. */
  readonly other_type: string;
  readonly forms: readonly (readonly [type: string, pattern: string])[];
  readonly types: readonly string[];
  readonly levels: readonly string[];
  /** In whose name a charge can be started: of others than administrators, only their own. */
  readonly drivers: readonly (readonly [id: number, name: string])[];
  /** The one who is logged in. */
  readonly driver: number | null;
}

/** Which steps of a charge the user may take on a meter, and the version of the integration. */
export interface Rights {
  readonly start?: boolean;
  readonly read?: boolean;
  readonly end?: boolean;
  readonly version?: string;
  /** There for those who may start. */
  readonly form?: StartForm;
}

/** Ask Home Assistant, which decides by the same rule when a step is to be taken. */
export async function loadRights(
  hass: HomeAssistant,
  device_id: string,
): Promise<Rights | undefined> {
  try {
    return await hass.callWS<Rights>({ type: `${DOMAIN}/rights`, device_id });
  } catch {
    return undefined;
  }
}
