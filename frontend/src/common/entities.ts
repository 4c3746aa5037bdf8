import { DOMAIN, type EntityState, type HomeAssistant } from "./hass";

/** Entity IDs of a meter by domain and translation key, which renaming does not change. */
export type MeterEntities = ReadonlyMap<string, string>;

export type EntityKey =
  | "binary_sensor.charging"
  | "binary_sensor.hardware"
  | "binary_sensor.problem"
  | "event.charge_cycle"
  | "select.display_page"
  | "sensor.current"
  | "sensor.cycle_energy_exported"
  | "sensor.cycle_energy_imported"
  | "sensor.power"
  | "sensor.records_archived"
  | "sensor.signature_status"
  | "sensor.voltage"
  | "switch.display";

export function findEntities(hass: HomeAssistant, deviceId: string): MeterEntities {
  const found = new Map<string, string>();
  for (const { entity_id, device_id, platform, translation_key } of Object.values(hass.entities)) {
    if (device_id === deviceId && platform === DOMAIN && translation_key)
      found.set(`${entity_id.split(".", 1).join()}.${translation_key}`, entity_id);
  }
  return found;
}

export function stateOf(
  hass: HomeAssistant,
  entities: MeterEntities,
  key: EntityKey,
): EntityState | undefined {
  return hass.states[entities.get(key) ?? ""];
}

/** Devices that are meters: remote displays measure no power. */
export function findMeters(hass: HomeAssistant): string[] {
  return Object.values(hass.entities)
    .filter(({ platform, translation_key }) => platform === DOMAIN && translation_key === "power")
    .flatMap(({ device_id }) => device_id ?? []);
}

export function isThere(state: EntityState | undefined): state is EntityState {
  return state !== undefined && state.state !== "unavailable" && state.state !== "unknown";
}

/** How many of the card's unit one of the user's is: people may choose other units for entities. */
const FACTORS: Readonly<Record<string, number>> = {
  mW: 1e-6,
  W: 1e-3,
  kW: 1,
  MW: 1e3,
  µV: 1e-6,
  mV: 1e-3,
  V: 1,
  kV: 1e3,
  mA: 1e-3,
  A: 1,
  Wh: 1e-3,
  kWh: 1,
  MWh: 1e3,
  GWh: 1e6,
  J: 1 / 3.6e6,
  kJ: 1 / 3600,
  MJ: 1 / 3.6,
  GJ: 1000 / 3.6,
};

/** The value of a sensor in kW, V, A or kWh; null where it has none. */
export function numberOf(state: EntityState | undefined, value = state?.state): number | null {
  const unit = String(state?.attributes["unit_of_measurement"]);
  // Neither `unavailable` nor `unknown` is a number.
  const number = Number.parseFloat(value ?? "") * (FACTORS[unit] ?? 1);
  return Number.isFinite(number) ? number : null;
}

export function listOf(state: EntityState | undefined, attribute: string): string[] {
  const value = state?.attributes[attribute];
  return Array.isArray(value) ? value.map(String) : [];
}
