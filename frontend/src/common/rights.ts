import { DOMAIN, type HomeAssistant } from "./hass";

/** Which steps of a charge the user may take on a meter, and the version of the integration. */
export interface Rights {
  readonly start?: boolean;
  readonly read?: boolean;
  readonly end?: boolean;
  readonly version?: string;
}

/** Ask Home Assistant, which decides by the same rule when a step is to be taken. */
export async function loadRights(hass: HomeAssistant, device_id: string): Promise<Rights> {
  try {
    return await hass.callWS<Rights>({ type: `${DOMAIN}/rights`, device_id });
  } catch {
    return {};
  }
}
