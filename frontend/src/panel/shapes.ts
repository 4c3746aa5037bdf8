/** What Home Assistant answers to the panel: mirrors reports/shapes.py, where the fields are explained. */

import type strings from "../../../custom_components/lovato_dmed4/strings.json";

type Texts = (typeof strings)["config_panel"];

export type Verdict = keyof Texts["verdict"];
export type Outcome = keyof Texts["outcome"];
export type Severity = "note" | "warning" | "error";
export type Period = "day" | "month";

export interface Session {
  readonly session_id: number;
  readonly device_id: string | null;
  readonly meter: string | null;
  readonly begin: string | null;
  /** Null where no record of the end is known. */
  readonly end: string | null;
  readonly last_known: string | null;
  readonly duration: number | null;
  readonly imported: string | null;
  readonly exported: string | null;
  readonly identification_type: string | null;
  readonly identification: string | null;
  readonly identification_level: string | null;
  readonly tariff_text: string | null;
  readonly charge_point: string | null;
  readonly outcome: Outcome;
  readonly verdict: Verdict;
  readonly records: number;
  readonly driver_id: number | null;
  readonly driver: string | null;
  readonly cost: Cost;
}

interface Page {
  readonly total: number;
  readonly offset: number;
  readonly limit: number;
}

export interface SessionPage extends Page {
  readonly sessions: readonly Session[];
}

export interface Deviation {
  readonly code: keyof Texts["deviation"];
  readonly path: string;
  readonly severity: Severity;
}

export interface Finding {
  readonly code: keyof Texts["finding"];
  readonly severity: Severity;
  readonly record_id: number;
  readonly values: readonly string[];
}

export interface Clock {
  readonly quality: keyof Texts["clock"];
  readonly billable: boolean;
  readonly reason: keyof Texts["time_reason"] | null;
  readonly informative: boolean;
}

export interface Transparency {
  readonly accepted: boolean;
  readonly refusal: keyof Texts["refusal"] | null;
}

export interface Reading {
  readonly name: keyof Texts["register"] | null;
  readonly time: string | null;
  readonly clock: string | null;
  readonly transaction: string | null;
  readonly value: string | null;
  readonly unit: string | null;
  readonly register: string | null;
  readonly current_type: string | null;
  readonly error_flags: string | null;
  readonly status: string | null;
}

export interface Report {
  readonly verdict: Verdict;
  readonly legible: boolean;
  readonly signature: {
    readonly verdict: keyof Texts["signature"];
    readonly reason: keyof Texts["signature_reason"];
    readonly algorithm: string | null;
  };
  readonly key: {
    readonly verdict: keyof Texts["key"];
    readonly fingerprint: string | null;
    readonly public_key: string | null;
    readonly curve: string | null;
  };
  readonly deviations: readonly Deviation[];
  readonly clock: Clock;
  readonly transparency: Transparency;
  readonly kind: keyof Texts["panel"]["kind"];
  readonly begin: string | null;
  readonly end: string | null;
  readonly imported: string | null;
  readonly exported: string | null;
  readonly format_version: string | null;
  readonly pagination: string | null;
  readonly meter: {
    readonly vendor: string | null;
    readonly model: string | null;
    readonly serial_number: string | null;
    readonly firmware: string | null;
    readonly gateway: string | null;
    readonly gateway_serial_number: string | null;
  };
  readonly identification: {
    readonly identified: boolean | null;
    readonly type: string | null;
    readonly data: string | null;
    readonly level: string | null;
    readonly flags: readonly string[];
  };
  readonly tariff_text: string | null;
  readonly charge_point: string | null;
  readonly readings: readonly Reading[];
  readonly digest: string;
  readonly size: number;
  readonly raw: string;
}

export interface Links {
  readonly ocmf: string;
  readonly xml: string | null;
  /** A charge detail record; only of a session that has a cost. */
  readonly ocpi: string | null;
  readonly ocpp: string | null;
}

export interface StoredRecord extends Report {
  readonly record_id: number;
  readonly session_id: number | null;
  readonly device_id: string | null;
  readonly source: keyof Texts["source"];
  readonly arrived: string;
  readonly verified: string;
  readonly links: Links;
}

export interface SessionDetail extends Session {
  readonly findings: readonly Finding[];
  readonly clock: Clock;
  readonly transparency: Transparency;
  readonly record_reports: readonly StoredRecord[];
  readonly links: Links;
}

export interface UnassignedRecord {
  readonly record_id: number;
  readonly device_id: string | null;
  readonly meter: string | null;
  readonly signature: keyof Texts["signature"];
  readonly key: keyof Texts["key"];
  readonly pagination: string | null;
  readonly time: string | null;
  readonly source: keyof Texts["source"];
  readonly arrived: string;
  readonly links: Links;
}

export interface UnassignedPage extends Page {
  readonly records: readonly UnassignedRecord[];
}

export interface Verification extends Report {
  readonly device_id: string | null;
  readonly record_id: number | null;
  readonly session_id: number | null;
}

/** The verdict on what was handed in: on the first record, and on each of all that were found. */
export interface Verifications extends Verification {
  readonly records: readonly Verification[];
}

interface EnergySum {
  readonly imported: string;
  readonly exported: string;
  readonly sessions: number;
}

export interface EnergyBucket extends EnergySum {
  readonly start: string;
}

export interface EnergySeries extends EnergySum {
  readonly identification: string | null;
  readonly driver_id: number | null;
  readonly driver: string | null;
  readonly buckets: readonly EnergyBucket[];
}

export interface Energy extends EnergySum {
  readonly period: Period;
  readonly time_zone: string;
  readonly series: readonly EnergySeries[];
}

export interface Counts {
  readonly records: number;
  readonly suspicious: number;
  readonly failed: number;
}

export interface StoredKey {
  readonly fingerprint: string;
  readonly public_key: string;
  readonly state: keyof Texts["key_state"];
  readonly first_seen: string;
  readonly last_seen: string;
}

export interface MeterArchive extends Counts {
  readonly device_id: string | null;
  readonly entry_id: string;
  readonly name: string;
  readonly archive: number;
  readonly loaded: boolean;
  readonly available: boolean;
  readonly waiting: number;
  readonly sync: {
    readonly running: boolean;
    readonly fetched: number;
    readonly missing: number | null;
    readonly lost: number;
    readonly failed: boolean;
    readonly overwrites_soon: boolean;
    readonly unreadable: boolean;
  };
  readonly keys: readonly StoredKey[];
  readonly alarm: KeyAlarm | null;
}

/** The meter shows another key than the one that is accepted; fingerprints. */
export interface KeyAlarm {
  readonly expected: string;
  readonly found: string;
}

export interface ArchiveInfo {
  readonly version: string;
  readonly meters: readonly MeterArchive[];
}

// --- Drivers, prices and costs: mirrors reports/billing_shapes.py. Money is decimal text. ---

export interface Rates {
  readonly energy: string | null;
  readonly exported: string | null;
  readonly minute: string | null;
  readonly session: string | null;
  readonly vat: string | null;
  readonly currency: string;
}

export interface Cost {
  readonly amount: string | null;
  readonly reason: keyof Texts["not_billed"] | null;
  readonly rates: Rates | null;
  readonly time_left_out: boolean;
  readonly fixed: boolean;
}

export interface IdentificationEntry {
  readonly value: string;
  readonly type: string | null;
}

export interface Driver {
  readonly driver_id: number;
  readonly name: string;
  readonly identifications: readonly IdentificationEntry[];
  readonly address: string;
  readonly email: string;
  readonly person: string;
  readonly note: string;
  readonly active: boolean;
}

export interface Unnamed {
  readonly identification: string;
  readonly identification_type: string | null;
  readonly sessions: number;
  readonly last: string | null;
  readonly suggestion: string | null;
}

/** `drivers/list`; `drivers/save` takes the fields of a Driver (without driver_id for a new one). */
export interface Drivers {
  readonly drivers: readonly Driver[];
  readonly unnamed: readonly Unnamed[];
}

/**
 * `prices/save` takes since, and any of until, energy, exported, minute, session, vat, device_id,
 * driver_id, time_from, time_until, price_entity; with price_id it changes that one. What is left out is
 * empty afterwards.
 */
export interface Price {
  readonly price_id: number;
  readonly rates: Rates;
  readonly since: string;
  readonly until: string | null;
  readonly device_id: string | null;
  readonly meter: string | null;
  readonly driver_id: number | null;
  readonly driver: string | null;
  readonly time_from: string | null;
  readonly time_until: string | null;
  readonly price_entity: string | null;
}

export interface Prices {
  readonly prices: readonly Price[];
  readonly currency: string;
  readonly time_zone: string;
}

export interface Sums {
  readonly sessions: number;
  readonly imported: string;
  readonly exported: string;
  readonly billed: number;
  readonly billed_energy: string;
  readonly costs: readonly { readonly currency: string; readonly amount: string }[];
  readonly left_out: readonly {
    readonly reason: keyof Texts["not_billed"];
    readonly sessions: number;
  }[];
}

export interface DriverSums extends Sums {
  readonly driver_id: number | null;
  readonly driver: string | null;
  readonly identification: string | null;
}

export interface MeterSums extends Sums {
  readonly device_id: string | null;
  readonly meter: string | null;
}

/** `costs/sum`, with the filters of `sessions/list`. */
export interface Costs extends Sums {
  readonly by_driver: readonly DriverSums[];
  readonly by_meter: readonly MeterSums[];
}

/** `issuer/get`; `issuer/save` takes the same fields, and empties those left out. */
export interface Issuer {
  readonly name: string;
  readonly address: string;
  readonly email: string;
  readonly phone: string;
  readonly tax_id: string;
  readonly note: string;
  readonly city: string;
  readonly party_id: string;
}
