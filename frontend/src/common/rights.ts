import { DOMAIN, type HomeAssistant } from "./hass";

/** Which steps of a charge the user may take on a meter. */
export interface Rights {
  readonly start: boolean;
  readonly read: boolean;
  readonly end: boolean;
}

export const ALL: Rights = { start: true, read: true, end: true };
const NONE: Rights = { start: false, read: false, end: false };

/** Ask Home Assistant, which decides by the same rule when a step is to be taken. */
export async function loadRights(hass: HomeAssistant, deviceId: string): Promise<Rights> {
  if (hass.user?.is_admin) return ALL;
  try {
    return await hass.callWS<Rights>({ type: `${DOMAIN}/rights`, device_id: deviceId });
  } catch {
    return NONE;
  }
}
