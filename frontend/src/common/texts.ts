import type strings from "../../../custom_components/lovato_dmed4/strings.json";
import { DOMAIN, type HassError, type HomeAssistant, type Values } from "./hass";

type Texts = (typeof strings)["config_panel"];

type Paths<Node> = {
  [Key in keyof Node & string]: Node[Key] extends string ? Key : `${Key}.${Paths<Node[Key]>}`;
}[keyof Node & string];

/** Keys of the texts that are there: another one does not compile. */
export type TextKey = Paths<Texts>;

export type Localize = (key: TextKey, values?: Values) => string;

const CATEGORY = "config_panel";

/** Where Home Assistant has a text. */
export function textPath(key: TextKey): string {
  return `component.${DOMAIN}.${CATEGORY}.${key}`;
}

/**
 * The texts in the user's language; undefined until they have come. What is not translated yet comes
 * in English.
 */
export function textsOf(hass: HomeAssistant): Localize | undefined {
  const text: Localize = (key, values) => hass.localize(textPath(key), values);
  return text("card.action.start") ? text : undefined;
}

/**
 * Let Home Assistant fetch them. It reports with a new `hass.localize` when they are there; the promise
 * is kept too early where another card on the page has asked before.
 */
export function loadTexts(hass: HomeAssistant): void {
  hass.loadBackendTranslation(CATEGORY, DOMAIN).catch(() => undefined);
  // For the first error: it should not have to wait for its words.
  hass.loadBackendTranslation("exceptions", DOMAIN).catch(() => undefined);
}

/** Names that entities have for what they can show, such as the errors of `problem`. */
export function stateName(hass: HomeAssistant, path: string, value: string): string {
  return hass.localize(`component.${DOMAIN}.entity.${path}.state.${value}`) || value;
}

/** Say what went wrong as Home Assistant's own pages do, in the user's language. */
export async function errorText(hass: HomeAssistant, error: unknown): Promise<string> {
  const { message, translation_domain, translation_key, translation_placeholders } = (error ??
    {}) as HassError;
  if (translation_domain && translation_key) {
    // `hass` is of before the error, and its `localize` may not have the texts yet.
    const localize = await hass.loadBackendTranslation("exceptions", translation_domain);
    const text = localize(
      `component.${translation_domain}.exceptions.${translation_key}.message`,
      translation_placeholders,
    );
    if (text) return text;
  }
  return message ?? textsOf(hass)?.("error.connection") ?? "";
}
