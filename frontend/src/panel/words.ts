import { html, nothing, type TemplateResult } from "lit";

import { formatMoment, formatNumber, numberLanguage } from "../common/format";
import type { HomeAssistant } from "../common/hass";
import type { Localize, TextKey } from "../common/texts";
import type { Finding, Session } from "./shapes";

export const NOTHING = "–";

/**
 * Say what a code means; a newer server may have codes that an older page does not know, and meters
 * write what they like: that is shown as it is.
 */
export function explain(text: Localize, part: string, code: string): string {
  return text(`${part}.${code.toLowerCase()}` as TextKey) || code;
}

/** Write a count. */
export function count(value: number, hass: HomeAssistant): string {
  return formatNumber(value, 0, hass.locale);
}

/** Write a moment with its day. */
export function moment(iso: string | null, hass: HomeAssistant): string {
  return iso === null ? NOTHING : formatMoment(new Date(iso), hass, new Date(0));
}

/** Write a decimal as the reader writes numbers, with the decimals that it has. */
export function decimal(value: string, hass: HomeAssistant): string {
  // What the meter wrote may be anything; only a plain decimal has another notation.
  if (!/^-?\d+(\.\d+)?$/.test(value)) return value;
  return formatNumber(Number(value), value.split(".")[1]?.length ?? 0, hass.locale);
}

/** Write an energy with the decimals that the meter has given it. */
export function energy(value: string | null, hass: HomeAssistant): string {
  return value === null ? NOTHING : `${decimal(value, hass)} kWh`;
}

/** Write an amount of money with the decimals that it has, but no fewer than its currency has. */
export function money(amount: string, currency: string, hass: HomeAssistant): string {
  const language = numberLanguage(hass.locale);
  const style = { style: "currency", currency } as const;
  try {
    const usual = new Intl.NumberFormat(language, style).resolvedOptions().maximumFractionDigits;
    const digits = Math.max(usual ?? 0, amount.split(".")[1]?.length ?? 0);
    return new Intl.NumberFormat(language, {
      ...style,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(Number(amount));
  } catch {
    // Home Assistant's currency is whatever was entered.
    return `${decimal(amount, hass)} ${currency}`;
  }
}

/** Write a day such as 2026-01-31, or the month of it. */
export function day(
  iso: string,
  hass: HomeAssistant,
  options: Intl.DateTimeFormatOptions = { dateStyle: "medium" },
): string {
  const format = new Intl.DateTimeFormat(hass.locale.language, { ...options, timeZone: "UTC" });
  return format.format(new Date(`${iso}T00:00:00Z`));
}

/** Say of what kind an identification is, as far as OCMF knows it. */
export function identificationType(type: string | null, text: Localize): string {
  return type === null ? NOTHING : explain(text, "identification_type", type);
}

type Who = Pick<Session, "driver" | "identification">;

/** Say who charged, in one line: the driver's name, else the identification. */
export function nameOf({ driver, identification }: Who, text: Localize): string {
  // A meter writes an empty one where no driver was identified.
  return [driver, identification, text("panel.unidentified")].find(Boolean) ?? "";
}

/** Show who charged: the driver's name before the identification, and its type if that is known. */
export function who(
  { driver, identification }: Who,
  type: string | null,
  text: Localize,
): TemplateResult {
  const kind = identification && type !== null ? identificationType(type, text) : "";
  const rest = [driver === null ? "" : identification, kind].filter(Boolean);
  return html`${nameOf({ driver, identification }, text)}${
    rest.length ? html` <small>${rest.join(" · ")}</small>` : nothing
  }`;
}

/** Say a finding with the values that it is about, in the reader's notation. */
export function findingText(finding: Finding, text: Localize, hass: HomeAssistant): string {
  const values = Object.fromEntries(
    finding.values.map((value, place) => [`value_${place + 1}`, shown(value, hass)]),
  );
  return text(`finding.${finding.code}`, values) || finding.code;
}

/** As OCMF writes times: with milliseconds after a comma, and the state of the clock behind. */
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,]\d+)?([+-]\d\d):?(\d\d)(?: [A-Z])?$/;

/** Write a time, an energy or another decimal of a finding; record numbers stay as they are. */
function shown(value: string, hass: HomeAssistant): string {
  const [, clock, hours = "", minutes = ""] = TIME.exec(value) ?? [];
  const time = new Date(`${clock ?? ""}${hours}:${minutes}`);
  if (clock !== undefined && !Number.isNaN(time.getTime()))
    return formatMoment(time, hass, new Date(0), "medium");
  const [, number, unit = ""] = /^(-?\d+\.\d+)( \w+)?$/.exec(value) ?? [];
  return number === undefined ? value : `${decimal(number, hass)}${unit}`;
}
