/** What the card draws. */

import { html, nothing, type TemplateResult } from "lit";

import { stateOf, type MeterEntities } from "../common/entities";
import { formatDuration, formatMoment, formatNumber } from "../common/format";
import type { HomeAssistant } from "../common/hass";
import type { RecordSummary } from "../common/record";
import { stateName, type Localize, type TextKey } from "../common/texts";
import type { Rights } from "../common/rights";
import type { Step, View } from "./view";

const VERDICT_ICONS: Readonly<Record<string, string>> = {
  valid: "mdi:shield-check",
  key_changed: "mdi:key-alert-outline",
  invalid: "mdi:shield-alert",
};

/** What all parts need. */
export interface Shown {
  readonly hass: HomeAssistant;
  readonly text: Localize;
  readonly view: View;
  /** Whether nothing can be done now: something is under way, or this is a preview. */
  readonly disabled: boolean;
}

interface Commands {
  readonly onStart: () => void;
  readonly onRead: () => void;
  readonly onEnd: () => void;
}

/** Which meter it is, and what it does. */
export function header(
  { hass, text, view }: Shown,
  name: string,
  step: Step | undefined,
  record: RecordSummary | null | undefined,
): TemplateResult {
  const words =
    !step && view.lost
      ? text(view.lost.charging ? "card.lost.charging" : "card.lost.idle", {
          time: formatMoment(new Date(view.lost.since), hass),
        })
      : text(`card.state.${step ?? view.phase}`);
  return html`
    <div class="header">
      <div class="badge"><ha-icon icon=${view.icon}></ha-icon></div>
      <div>
        <h2>${name}</h2>
        <p class="state">
          <b role="status">${words}</b>${
            view.charging && record?.who ? html`<span> · ${record.who}</span>` : nothing
          }
        </p>
      </div>
    </div>
  `;
}

/** What the meter complains of; who may command it can reset what can be reset. */
export function problem(
  { text, view, disabled }: Shown,
  onReset: (() => void) | undefined,
): TemplateResult | typeof nothing {
  if (!view.hasProblem) return nothing;
  return html`
    <div class="banner" role="alert">
      <ha-icon icon="mdi:alert-circle-outline"></ha-icon>
      <div>
        ${
          view.errors.length
            ? html`${text("card.problem.title")}
                <ul>
                  ${view.errors.map((error) => html`<li>${error}</li>`)}
                </ul>`
            : text("card.problem.unnamed")
        }
      </div>
      ${
        onReset && view.resettable
          ? html`<button ?disabled=${disabled} @click=${onReset}>
              ${text("card.action.reset")}
            </button>`
          : nothing
      }
    </div>
  `;
}

/** What flows now. */
export function figures({ hass, text, view }: Shown): TemplateResult {
  return html`
    <div class="now">
      <p class="power">
        <span class="visually-hidden">${text("card.figure.power")}</span>
        ${figure(hass, view.power, 2, "kW")}
      </p>
      <dl>
        ${named(text("card.figure.voltage"), figure(hass, view.voltage, 1, "V"))}
        ${named(text("card.figure.current"), figure(hass, view.current, 1, "A"))}
      </dl>
    </div>
  `;
}

/** What has flowed in this charge, or in the last one; `now` in Unix milliseconds. */
export function cycle({ hass, text, view }: Shown, now: number): TemplateResult | typeof nothing {
  const charging = view.charging || view.lost?.charging;
  const until = view.lost?.since ?? now;
  const seconds = view.since === null ? null : (until - view.since) / 1000;
  // A meter that has never charged has nothing to show.
  if (!view.charging && !view.energy && !view.returned) return nothing;
  return html`
    <dl class="cycle">
      ${named(
        text(charging ? "card.figure.energy" : "card.figure.last_energy"),
        figure(hass, view.energy, 2, "kWh"),
      )}
      ${
        view.returned
          ? named(text("card.figure.returned"), figure(hass, view.returned, 2, "kWh"))
          : nothing
      }
      ${
        seconds === null
          ? nothing
          : named(text("card.figure.duration"), html`${formatDuration(seconds)}`)
      }
    </dl>
  `;
}

/** What starts a charge, or reads and ends it, for those who may. */
export function commands(
  shown: Shown,
  rights: Rights,
  { onStart, onRead, onEnd }: Commands,
): TemplateResult {
  const { text, view } = shown;
  const { charging, phase } = view;
  const may = charging ? rights.end : rights.start;
  if (!may && !(charging && rights.read))
    return html`<p class="quiet">${text("card.not_allowed")}</p>`;
  const disabled = shown.disabled || phase === "unavailable" || (!charging && phase === "signing");
  const [look, icon, key, onMain] = charging
    ? (["end", "mdi:stop", "card.action.end", onEnd] as const)
    : (["start", "mdi:play", "card.action.start", onStart] as const);
  // Not `disabled`, and one button for both: the keyboard stays where it was pressed.
  return html`
    <div class="commands">
      ${
        charging && rights.read
          ? html`<button aria-disabled=${disabled} @click=${disabled ? null : onRead}>
              <ha-icon icon="mdi:file-sign"></ha-icon>${text("card.action.read")}
            </button>`
          : nothing
      }
      ${
        may
          ? html`<button class=${look} aria-disabled=${disabled} @click=${disabled ? null : onMain}>
              <ha-icon icon=${icon}></ha-icon>${text(key)}
            </button>`
          : nothing
      }
    </div>
  `;
}

/** The last signed record, and what is to be said of it. */
export function lastRecord(
  { hass, text }: Shown,
  record: RecordSummary | null | undefined,
  onDownload: ((url: string) => void) | undefined,
): TemplateResult | typeof nothing {
  if (record === undefined) return nothing;
  if (record === null) return html`<section class="quiet">${text("card.record.none")}</section>`;
  const { verdict, time, energy, pagination, who } = record;
  const facts = [
    energy === null || record.kind === "begin" ? "" : `${formatNumber(energy, 3, hass.locale)} kWh`,
    time ? formatMoment(time, hass) : "",
    who,
  ].filter(Boolean);
  return html`
    <section class="record" aria-labelledby="record">
      <ha-icon
        class="verdict ${verdict}"
        icon=${VERDICT_ICONS[verdict] ?? "mdi:shield-off-outline"}
      ></ha-icon>
      <div class="facts">
        <h3 id="record">
          ${text(`card.record.${record.kind}`)}${pagination ? html` · ${pagination}` : nothing}
        </h3>
        <p>${text(`card.verdict.${verdict}` as TextKey)}</p>
        <p class="quiet">${facts.join(" · ")}</p>
      </div>
      <div class="downloads">
        ${record.downloads.map(
          ([format, url]) => html`
            <button
              aria-label=${text("card.action.download", { format })}
              title=${text("card.action.download", { format })}
              ?disabled=${!onDownload}
              @click=${() => onDownload?.(url)}
            >
              <ha-icon icon="mdi:download"></ha-icon>${format}
            </button>
          `,
        )}
      </div>
    </section>
  `;
}

/** What the meter's own display shows. */
export function display(
  shown: Shown,
  entities: MeterEntities,
  call: (service: string, entity: string, data?: object) => void,
): TemplateResult | typeof nothing {
  const { hass, text } = shown;
  const power = entities.get("switch.display");
  const select = entities.get("select.display_page");
  const page = stateOf(hass, entities, "select.display_page");
  if (!power || !select || !page) return nothing;
  const disabled = shown.disabled || shown.view.phase === "unavailable";
  const pages = page.attributes["options"] as readonly string[] | undefined;
  return html`
    <details>
      <summary><ha-icon icon="mdi:monitor"></ha-icon>${text("card.display.title")}</summary>
      <div class="display">
        <label>
          <span class="visually-hidden">${text("card.display.page")}</span>
          <select
            ?disabled=${disabled}
            @change=${(event: Event) => {
              const option = (event.target as HTMLSelectElement).value;
              call("select_option", select, { option });
            }}
          >
            <option value="" disabled .selected=${!pages?.includes(page.state)}>
              ${text("card.display.page")}
            </option>
            ${pages?.map(
              (option) => html`
                <option value=${option} .selected=${option === page.state}>
                  ${stateName(hass, "select.display_page", option)}
                </option>
              `,
            )}
          </select>
        </label>
        <div>
          ${(["on", "off"] as const).map(
            (state) => html`
              <button
                ?disabled=${disabled}
                @click=${() => {
                  call(`turn_${state}`, power);
                }}
              >
                ${text(`card.display.${state}`)}
              </button>
            `,
          )}
        </div>
      </div>
    </details>
  `;
}

/** A value with its unit; a dash for none. */
function figure(
  hass: HomeAssistant,
  value: number | null,
  decimals: number,
  unit: string,
): TemplateResult {
  return value === null
    ? html`–`
    : html`${formatNumber(value, decimals, hass.locale)} <small>${unit}</small>`;
}

function named(name: string, value: TemplateResult): TemplateResult {
  return html`<div>
    <dt>${name}</dt>
    <dd class="figure">${value}</dd>
  </div>`;
}
