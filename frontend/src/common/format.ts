import type { HomeAssistant, Locale } from "./hass";

const NUMBER_LANGUAGES: Readonly<Record<string, string | undefined>> = {
  comma_decimal: "en-US",
  decimal_comma: "de",
  space_comma: "fr",
  quote_decimal: "de-CH",
  system: undefined,
};

const numberFormats = new Map<string, Intl.NumberFormat>();

/** The language whose way to write numbers the user has chosen; undefined for that of the system. */
export function numberLanguage({ language, number_format }: Locale): string | undefined {
  return number_format in NUMBER_LANGUAGES ? NUMBER_LANGUAGES[number_format] : language;
}

/** Write a number with so many decimals, as the user has chosen in the profile. */
export function formatNumber(value: number, decimals: number, locale: Locale): string {
  const { language, number_format } = locale;
  const id = `${language} ${number_format} ${decimals}`;
  let format = numberFormats.get(id);
  if (!format) {
    format = new Intl.NumberFormat(numberLanguage(locale), {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      useGrouping: number_format !== "none",
    });
    numberFormats.set(id, format);
  }
  // A small negative value is not shown as "-0.00".
  return format.format(Number(value.toFixed(decimals)) || 0);
}

/** Write seconds as h:mm:ss. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value % 60).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60))}:${two(whole)}`;
}

/** Write a moment: the time alone if it is of today, else with its day. */
export function formatMoment(
  moment: Date,
  hass: HomeAssistant,
  now = new Date(),
  timeStyle: "short" | "medium" = "short",
): string {
  const { language, time_format, time_zone } = hass.locale;
  const zone = time_zone === "server" ? { timeZone: hass.config.time_zone } : {};
  const day = new Intl.DateTimeFormat(language, { ...zone, dateStyle: "medium" });
  const time = new Intl.DateTimeFormat(time_format === "system" ? undefined : language, {
    ...zone,
    timeStyle,
    ...(time_format === "12" || time_format === "24" ? { hour12: time_format === "12" } : {}),
  });
  const clock = time.format(moment);
  return day.format(moment) === day.format(now) ? clock : `${day.format(moment)}, ${clock}`;
}
