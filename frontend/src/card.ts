import { ChargeCard } from "./card/charge-card";
import { CARD_TYPE, suggest } from "./card/config";
import { StartDialog } from "./card/start-dialog";
import { PowerTrace } from "./card/trace";
import { define } from "./common/define";

declare global {
  interface Window {
    customCards?: unknown[];
  }
}

define("dmed4-power-trace", PowerTrace);
define("dmed4-start-dialog", StartDialog);

if (define(CARD_TYPE, ChargeCard)) {
  window.customCards ??= [];
  window.customCards.push({
    type: CARD_TYPE,
    name: "LOVATO DMED4 charge card",
    description: "A meter at a glance: live power, the charge and its signed record",
    preview: true,
    documentationURL: "https://github.com/lovato-dmed4/lovato-dmed4-home-assistant",
    getEntitySuggestion: suggest,
  });
}
