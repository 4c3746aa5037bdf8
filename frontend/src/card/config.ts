import { findMeters } from "../common/entities";
import { DOMAIN, type HomeAssistant } from "../common/hass";
import { textPath } from "../common/texts";

export const CARD_TYPE = "lovato-dmed4-charge-card";

export interface CardConfig {
  readonly type: string;
  readonly device_id?: string;
  readonly name?: string;
  /** Parts that can be left out; who may not use them does not see them anyway. */
  readonly controls?: boolean;
  readonly record?: boolean;
  readonly display?: boolean;
}

type EditorField = Exclude<keyof CardConfig, "type">;

const SWITCHES = ["controls", "record", "display"] as const satisfies readonly EditorField[];

/** What the card's editor asks for, for Home Assistant's own form. */
export const CONFIG_FORM = {
  schema: [
    {
      name: "device_id",
      required: true,
      selector: {
        // A remote display has no power.
        device: { entity: { integration: DOMAIN, domain: "sensor", device_class: "power" } },
      },
    },
    { name: "name", selector: { text: {} } },
    ...SWITCHES.map((name) => ({ name, default: true, selector: { boolean: {} } })),
  ],
  computeLabel: ({ name }: { name: EditorField }, localize: HomeAssistant["localize"]): string =>
    localize(textPath(`card.editor.${name}`)),
};

/** Offer the card for each entity of a meter that it shows. */
export function suggest(hass: HomeAssistant, entityId: string): unknown {
  const entity = hass.entities[entityId];
  if (entity?.platform !== DOMAIN || !entity.device_id) return null;
  if (!findMeters(hass).includes(entity.device_id)) return null;
  return { config: { type: `custom:${CARD_TYPE}`, device_id: entity.device_id } };
}
