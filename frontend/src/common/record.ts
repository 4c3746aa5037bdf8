import type { Reading, RecordResponse } from "./actions";

export type RecordKind = "begin" | "intermediate" | "end" | "power_failure";

/** What an overview shows of a signed record. */
export interface RecordSummary {
  readonly kind: RecordKind;
  readonly time: Date | null;
  /** kWh since the begin of the charge; null where the record does not state it. */
  readonly energy: number | null;
  /** Why it is not verified, or "valid": of a good signature, whether its key is accepted, too. */
  readonly verdict: string;
  readonly pagination: string | null;
  /** Formats with the addresses where they are. */
  readonly downloads: readonly (readonly [format: string, url: string])[];
  /** Who charged: the driver's name, if there is one, before the identification. */
  readonly who: string;
}

/** A meter gives three readings of the begin, then the same of the end (charging/identity.py). */
const READINGS = 6;

const KINDS: Readonly<Record<string, RecordKind>> = {
  B: "begin",
  E: "end",
  r: "end",
  L: "end",
  R: "end",
  A: "end",
  P: "power_failure",
};

export function summarise(response: RecordResponse): RecordSummary {
  const { readings, signature, verdict, pagination, record_url, archived } = response;
  const last = readings.at(-1);
  const half = readings[readings.length / 2];
  // Only the first of the readings of a moment names time and transaction, the others inherit them.
  const transaction = half?.transaction ?? last?.transaction ?? "";
  const time = half?.time ?? last?.time;
  return {
    kind: KINDS[transaction] ?? "intermediate",
    time: time ? new Date(time) : null,
    energy: readings.length === READINGS ? difference(readings[0], half) : null,
    verdict: signature === "valid" ? verdict : signature,
    pagination: pagination ?? null,
    downloads: [
      ["OCMF", record_url],
      ...(archived ? [["XML", record_url.replace(/ocmf\b/, "xml")] as const] : []),
    ],
    who: [response.driver, identificationOf(response.record)].filter(Boolean).join(" · "),
  };
}

/** The energy between two readings, to the decimals that they have. */
function difference(from: Reading | undefined, to: Reading | undefined): number | null {
  if (!from?.value || !to?.value) return null;
  const value = Number(to.value) - Number(from.value);
  const factor = { Wh: 1e-3, kWh: 1 }[to.unit ?? ""];
  return Number.isFinite(value) && factor ? Number((value * factor).toFixed(6)) : null;
}

/** What the record says of who charged. Between the first two bars there is nothing but JSON. */
function identificationOf(record: string): string {
  try {
    const { ID } = JSON.parse(record.split("|", 2)[1] ?? "") as { ID?: unknown };
    return typeof ID === "string" ? ID : "";
  } catch {
    return "";
  }
}
