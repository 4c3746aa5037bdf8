import {
  isThere,
  listOf,
  numberOf,
  stateOf,
  type EntityKey,
  type MeterEntities,
} from "../common/entities";
import type { EntityState, HomeAssistant } from "../common/hass";
import type { Sample } from "../common/live-watch";
import { stateName } from "../common/texts";

/** What the user asked for and the meter is busy with. */
export type Step = "starting" | "reading" | "ending" | "resetting" | "sending";

export type Phase =
  | "unavailable"
  | "fault"
  | "ready"
  | "prepared"
  | "charging"
  | "feeding_back"
  | "no_flow"
  | "after_power_failure"
  | "signing";

export type Tone = "neutral" | "primary" | "success" | "warning" | "danger";

/** What the card shows of a meter. Values in kW, V, A and kWh; null for unknown. */
export interface View {
  readonly phase: Phase;
  readonly tone: Tone;
  readonly icon: string;
  readonly charging: boolean;
  readonly power: number | null;
  readonly voltage: number | null;
  readonly current: number | null;
  readonly energy: number | null;
  readonly returned: number | null;
  /** When this charge began, in Unix milliseconds by Home Assistant's clock. */
  readonly since: number | null;
  /** The meter's errors in plain words; a reset may help against those of `resettable`. */
  readonly errors: readonly string[];
  readonly hasProblem: boolean;
  readonly resettable: boolean;
  /** What the meter says of its last signature, and when the archive got its last record. */
  readonly signature: string;
  readonly recorded: string;
  /** Since when the meter cannot be reached, and whether it was charging then. */
  readonly lost: Lost | null;
}

interface Lost {
  /** Unix milliseconds by Home Assistant's clock. */
  readonly since: number;
  readonly charging: boolean;
}

/** Less flows through an open contactor or a full battery. */
const NO_FLOW = 0.005;

const LOOKS: Readonly<Record<Phase, readonly [Tone, string]>> = {
  unavailable: ["neutral", "mdi:lan-disconnect"],
  fault: ["danger", "mdi:alert"],
  ready: ["primary", "mdi:ev-station"],
  prepared: ["primary", "mdi:timer-sand"],
  charging: ["success", "mdi:lightning-bolt"],
  feeding_back: ["primary", "mdi:transmission-tower-import"],
  no_flow: ["warning", "mdi:pause"],
  after_power_failure: ["warning", "mdi:lightning-bolt-outline"],
  signing: ["primary", "mdi:file-sign"],
};

const HARDWARE = ["board_1", "board_2", "fatal"] as const;

export function viewOf(hass: HomeAssistant, entities: MeterEntities, sample?: Sample): View {
  const state = (key: EntityKey): EntityState | undefined => stateOf(hass, entities, key);
  const running = state("binary_sensor.charging");
  const status = running?.attributes["status"];
  const energy = state("sensor.cycle_energy_imported");
  const reachable = isThere(running) && typeof status === "string";
  const charging = reachable && running.state === "on";
  const live = reachable ? sample : undefined;
  const power = live?.power ?? numberOf(state("sensor.power"));
  const signature = state("sensor.signature_status")?.state ?? "";
  const problem = state("binary_sensor.problem");
  const hardware = state("binary_sensor.hardware");
  const resettable = reachable && problem?.state === "on";
  const hasProblem = resettable || (reachable && hardware?.state === "on");
  const phase = !reachable
    ? "unavailable"
    : hasProblem && !charging
      ? "fault"
      : phaseOf(status, signature, power);
  const [tone, icon] = LOOKS[phase];
  return {
    phase,
    tone,
    icon,
    charging,
    power,
    voltage: live?.voltage ?? numberOf(state("sensor.voltage")),
    current: live?.current ?? numberOf(state("sensor.current")),
    energy: numberOf(energy),
    returned: numberOf(state("sensor.cycle_energy_exported")),
    since: charging ? beginOf(running.last_changed, energy?.attributes["last_reset"]) : null,
    errors: hasProblem
      ? [
          ...listOf(problem, "errors").map((error) =>
            stateName(hass, "binary_sensor.problem.state_attributes.errors", error),
          ),
          ...HARDWARE.flatMap((part) =>
            listOf(hardware, part).map((error) =>
              stateName(hass, `binary_sensor.hardware.state_attributes.${part}`, error),
            ),
          ),
        ]
      : [],
    hasProblem,
    resettable,
    signature,
    recorded: state("sensor.records_archived")?.state ?? "",
    lost: running?.state === "unavailable" ? lostOf(running, state("event.charge_cycle")) : null,
  };
}

/** Whether the meter was charging when it was lost says what happened last to its charges. */
function lostOf({ last_changed }: EntityState, news: EntityState | undefined): Lost {
  const { event_type, step } = news?.attributes ?? {};
  const charging =
    ["started", "read", "power_failure"].includes(String(event_type)) ||
    (event_type === "failed" && step !== "start");
  return { since: Date.parse(last_changed), charging };
}

function phaseOf(status: string, signature: string, power: number | null): Phase {
  if (status === "active_after_power_failure") return "after_power_failure";
  if (status === "active") {
    if (power === null) return "charging";
    if (power < -NO_FLOW) return "feeding_back";
    return power > NO_FLOW ? "charging" : "no_flow";
  }
  if (signature === "in_progress") return "signing";
  return status === "idle" ? "prepared" : "ready";
}

/** When the charge began: the energy was reset then; where that is not known, the status changed. */
function beginOf(changed: string, reset: unknown): number | null {
  const time = Date.parse(typeof reset === "string" ? reset : changed);
  return Number.isFinite(time) ? time : null;
}
