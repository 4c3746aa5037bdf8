import { formatMoment, formatNumber } from "../common/format";
import type { HomeAssistant } from "../common/hass";
import type { Localize, TextKey } from "../common/texts";
import type { Finding, Session } from "./shapes";

export const NOTHING = "–";

/** Say what a code means; a newer server may have codes that an older page does not know. */
export function explain(text: Localize, part: string, code: string): string {
  return text(`${part}.${code}` as TextKey) || code;
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
  return type === null ? NOTHING : explain(text, "identification_type", type.toLowerCase());
}

export function who({ identification }: Session, text: Localize): string {
  // A meter writes an empty one where no driver was identified.
  return identification === null || identification === ""
    ? text("panel.unidentified")
    : identification;
}

/** Say a finding with the values that it is about; those that are energies in the reader's notation. */
export function findingText(finding: Finding, text: Localize, hass: HomeAssistant): string {
  const values = Object.fromEntries(
    finding.values.map((value, place) => [`value_${place + 1}`, shown(value, hass)]),
  );
  return text(`finding.${finding.code}`, values) || finding.code;
}

/** Write an energy or another decimal of a finding; record numbers and times stay as they are. */
function shown(value: string, hass: HomeAssistant): string {
  const [, number, unit = ""] = /^(-?\d+\.\d+)( \w+)?$/.exec(value) ?? [];
  return number === undefined ? value : `${decimal(number, hass)}${unit}`;
}
