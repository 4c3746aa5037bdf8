import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { act, callEntity, download, type RecordResponse } from "../common/actions";
import { findEntities, findMeters, stateOf, type MeterEntities } from "../common/entities";
import { formatDuration, formatMoment, formatNumber } from "../common/format";
import { DOMAIN, deviceName, type HassError, type HomeAssistant } from "../common/hass";
import { LiveWatch, type Sample } from "../common/live-watch";
import { summarise, type RecordSummary } from "../common/record";
import { controls, dialogs } from "../common/style";
import {
  errorText,
  loadTexts,
  stateName,
  textsOf,
  type Localize,
  type TextKey,
} from "../common/texts";
import { CARD_TYPE, CONFIG_FORM, type CardConfig } from "./config";
import { readHistory } from "../common/history";
import { recall, remember, type Remembered } from "./remembered";
import type { StartDialog } from "./start-dialog";
import { cardStyle } from "./style";
import { TRACE_MINUTES, newTrace, type PowerTrace } from "./trace";
import { viewOf, type Step, type View } from "./view";

/** Figures that change more often than this can't be read. The trace moves with every sample. */
const FIGURES_EVERY = 250;

/** A sample that is older says nothing of now. */
const SAMPLE_LIFE = 10_000;

const VERDICTS: Readonly<Record<string, string>> = { valid: "good", invalid: "bad" };
const VERDICT_ICONS: Readonly<Record<string, string>> = {
  valid: "mdi:shield-check",
  invalid: "mdi:shield-alert",
};

export class ChargeCard extends LitElement {
  static override readonly properties = {
    hass: { attribute: false },
    preview: { type: Boolean },
    _config: { state: true },
    _texts: { state: true },
    _sample: { state: true },
    _step: { state: true },
    _error: { state: true },
    _startError: { state: true },
    _done: { state: true },
    _record: { state: true },
  };

  declare hass: HomeAssistant | undefined;
  /** In the card picker and in the editor: nothing is done there. */
  declare preview: boolean;
  declare _config: CardConfig | undefined;
  declare _texts: Localize | undefined;
  declare _sample: Sample | undefined;
  declare _step: Step | undefined;
  declare _error: string;
  declare _startError: string;
  declare _done: TextKey | undefined;
  /** Null when there is none yet, undefined while nothing is known. */
  declare _record: RecordSummary | null | undefined;

  static override readonly styles = [controls, dialogs, cardStyle];

  #entities: MeterEntities = new Map();
  #measured = newTrace();
  #watch: LiveWatch | undefined;
  #tick: ReturnType<typeof setInterval> | undefined;
  #shownAt = 0;
  #sampledAt = 0;
  /** How far Home Assistant's clock is ahead of the browser's, in ms. */
  #ahead = 0;
  #onScreen = false;
  #language = "";
  #recordOf = "";
  readonly #still = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #observer = new IntersectionObserver((entries) => {
    this.#onScreen = entries.some((entry) => entry.isIntersecting);
    this.#watchOrRest();
  });

  constructor() {
    super();
    this.preview = false;
    this._error = "";
    this._startError = "";
  }

  // --- what dashboards ask of a card -------------------------------------------------------------

  static getConfigForm(): unknown {
    return CONFIG_FORM;
  }

  static getStubConfig(hass: HomeAssistant): Omit<CardConfig, "type"> {
    return { device_id: findMeters(hass)[0] ?? "" };
  }

  setConfig(config: CardConfig): void {
    if (config.device_id !== undefined && typeof config.device_id !== "string")
      throw new Error("device_id has to be the ID of a device");
    if (config.device_id !== this._config?.device_id) {
      this._sample = this._record = undefined;
      this.#recordOf = "";
      this.#sampledAt = 0;
      this.#rest();
      this.#measured = newTrace();
    }
    this._config = config;
  }

  getCardSize(): number {
    return 7;
  }

  getGridOptions(): Readonly<Record<string, number | string>> {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  // --- life --------------------------------------------------------------------------------------

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.#watchOrRest);
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.#watchOrRest);
    this.#observer.disconnect();
    this.#onScreen = false;
    this.#rest();
  }

  protected override shouldUpdate(changed: PropertyValues): boolean {
    const before = changed.get("hass") as HomeAssistant | undefined;
    if (changed.size > 1 || !changed.has("hass") || !before || !this.hass) return true;
    // Most changes in Home Assistant are none of this meter's.
    const { hass } = this;
    return (
      before.entities !== hass.entities ||
      before.devices !== hass.devices ||
      before.locale !== hass.locale ||
      before.user !== hass.user ||
      before.connected !== hass.connected ||
      before.localize !== hass.localize ||
      [...this.#entities.values()].some((id) => before.states[id] !== hass.states[id])
    );
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { hass } = this;
    if (!hass || !(changed.has("hass") || changed.has("_config"))) return;
    const before = changed.get("hass") as HomeAssistant | undefined;
    if (changed.has("_config") || before?.entities !== hass.entities)
      this.#entities = findEntities(hass, this._config?.device_id ?? "");
    if (hass.language !== this.#language) {
      this.#language = hass.language;
      loadTexts(hass);
    }
    if (before?.localize !== hass.localize) this._texts = textsOf(hass);
  }

  protected override updated(): void {
    this.#watchOrRest();
    const { hass, _config: config } = this;
    if (!hass || !this._texts || !config?.device_id || this.preview) return;
    if (!hass.user?.is_admin || config.record === false) return;
    // Not before the meter was heard of: while Home Assistant starts, its states come first.
    if (this._step || Date.now() - this.#sampledAt > SAMPLE_LIFE) return;
    const { charging, signature, recorded } = this.#view(hass);
    if (signature === "in_progress") return;
    // A new record is there whenever this changes.
    const state = [charging, signature, recorded].join();
    if (state === this.#recordOf) return;
    this.#recordOf = state;
    void this.#loadRecord(hass, config.device_id);
  }

  get #trace(): PowerTrace | null {
    return this.renderRoot.querySelector<PowerTrace>("dmed4-power-trace");
  }

  /** Watch the meter while somebody can see the card, and only then. */
  readonly #watchOrRest = (): void => {
    const { hass, _config: config } = this;
    const visible = this.#onScreen && document.visibilityState === "visible" && !this.preview;
    if (!visible || !hass || !config?.device_id || !this.#entities.has("sensor.power")) {
      this.#rest();
      return;
    }
    if (this.#watch) return;
    this.#watch = new LiveWatch(hass.connection, config.device_id, this.#take);
    this.#watch.start();
    this.#tick = setInterval(this.#onTick, 1000);
    void this.#fillTrace(hass);
  };

  #rest(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    clearInterval(this.#tick);
  }

  get #now(): number {
    return Date.now() + this.#ahead;
  }

  readonly #take = (sample: Sample): void => {
    const now = Date.now();
    this.#ahead = sample.time * 1000 - now;
    this.#sampledAt = now;
    if (sample.power !== null) this.#measured.add(sample.time, sample.power);
    if (!this.#still.matches) this.#trace?.draw(sample.time);
    if (now - this.#shownAt < FIGURES_EVERY) return;
    this.#shownAt = now;
    this._sample = sample;
  };

  readonly #onTick = (): void => {
    if (this._sample && Date.now() - this.#sampledAt > SAMPLE_LIFE) this._sample = undefined;
    this.#trace?.draw(this.#now / 1000);
    this.requestUpdate(); // the duration
  };

  async #fillTrace(hass: HomeAssistant): Promise<void> {
    const entityId = this.#entities.get("sensor.power") ?? "";
    const since = this.#now / 1000 - TRACE_MINUTES * 60;
    const spans = await readHistory(hass, entityId, since);
    for (const { from, to, value } of spans)
      this.#measured.fill(Math.max(from, since), to ?? this.#now / 1000, value);
    this.#trace?.draw(this.#now / 1000);
  }

  // --- doing -------------------------------------------------------------------------------------

  async #loadRecord(hass: HomeAssistant, deviceId: string): Promise<void> {
    try {
      const found = await act<RecordResponse>(hass, "get_last_record", { device_id: deviceId });
      this._record = found ? summarise(found) : null;
    } catch (error) {
      if ((error as HassError | undefined)?.translation_key === "no_record") this._record = null;
      // Anything else shows in the meter's state, too; with its next change it is tried again.
    }
  }

  /** Let the meter do something; returns what went wrong, in the user's words. */
  async #do(step: Step, work: (hass: HomeAssistant) => Promise<void>): Promise<string> {
    const { hass } = this;
    if (!hass || this._step) return "";
    this._step = step;
    this._error = this._startError = "";
    this._done = undefined;
    try {
      await work(hass);
      return "";
    } catch (error) {
      return await errorText(hass, error);
    } finally {
      this._step = undefined;
    }
  }

  async #command(step: Step, action: string, done: TextKey, data = {}): Promise<string> {
    return this.#do(step, async (hass) => {
      const device_id = this._config?.device_id;
      const response = await act<RecordResponse>(hass, action, { device_id, ...data });
      if (response?.record) this._record = summarise(response);
      this._done = done;
    });
  }

  async #showError(work: Promise<string>): Promise<void> {
    this._error = await work;
  }

  get #startDialog(): StartDialog | null {
    return this.renderRoot.querySelector<StartDialog>("dmed4-start-dialog");
  }

  get #endDialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector<HTMLDialogElement>("dialog.confirm");
  }

  #openStart(): void {
    this._error = this._startError = "";
    this._done = undefined;
    void this.#startDialog?.open(recall(this._config?.device_id ?? ""));
  }

  async #start({ detail }: CustomEvent<Remembered>): Promise<void> {
    const { keepIdentification, ...fields } = detail;
    remember(this._config?.device_id ?? "", { keepIdentification, ...fields });
    // What is left empty is taken from the integration's options.
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
    this._startError = await this.#command(
      "starting",
      "start_charge_cycle",
      "card.done.started",
      given,
    );
    if (!this._startError) this.#startDialog?.close();
  }

  #end(): void {
    this.#endDialog?.close();
    void this.#showError(this.#command("ending", "end_charge_cycle", "card.done.ended"));
  }

  // --- drawing -----------------------------------------------------------------------------------

  #view(hass: HomeAssistant): View {
    return viewOf(hass, this.#entities, this._sample);
  }

  protected override render(): TemplateResult {
    const { hass, _config: config, _texts: text } = this;
    if (!hass || !config || !text)
      return html`<ha-card class="loading" aria-busy="true"></ha-card>`;
    if (!this.#entities.has("sensor.measurement_status")) {
      const why = config.device_id ? "card.missing.gone" : "card.missing.none";
      return html`<ha-card><div class="empty">${text(why)}</div></ha-card>`;
    }
    const view = this.#view(hass);
    const mayCommand = hass.user?.is_admin === true;
    return html`
      <ha-card class="${view.tone} ${this._step ? "busy" : ""}">
        ${this.#header(hass, config, text, view)} ${this.#problem(text, view, mayCommand)}
        ${this.#figures(hass, text, view)}
        <dmed4-power-trace
          .buffer=${this.#measured}
          .locale=${hass.locale}
          .label=${text("card.trace", { minutes: TRACE_MINUTES })}
        ></dmed4-power-trace>
        ${this.#cycle(hass, text, view)} ${this.#outcome(text)}
        ${mayCommand && config.controls !== false ? this.#buttons(text, view) : nothing}
        ${mayCommand && config.record !== false ? this.#lastRecord(hass, text) : nothing}
        ${mayCommand && config.display !== false ? this.#display(hass, text, view) : nothing}
      </ha-card>
      ${mayCommand && config.controls !== false ? this.#dialogs(text) : nothing}
    `;
  }

  #header(hass: HomeAssistant, config: CardConfig, text: Localize, view: View): TemplateResult {
    const words = text(`card.state.${this._step ?? view.phase}`);
    const identity = view.charging ? this._record?.identity : undefined;
    return html`
      <div class="header">
        <div class="badge"><ha-icon icon=${view.icon}></ha-icon></div>
        <div>
          <h2>${config.name ?? deviceName(hass, config.device_id ?? "")}</h2>
          <p class="state">
            <b role="status">${words}</b>${
              identity?.data ? html`<span> · ${identity.data}</span>` : nothing
            }
          </p>
        </div>
      </div>
    `;
  }

  #problem(text: Localize, view: View, mayCommand: boolean): TemplateResult | typeof nothing {
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
          mayCommand && view.resettable
            ? html`<button
                ?disabled=${this.#disabled}
                @click=${() =>
                  void this.#showError(
                    this.#command("resetting", "reset_errors", "card.done.reset"),
                  )}
              >
                ${text("card.action.reset")}
              </button>`
            : nothing
        }
      </div>
    `;
  }

  #figures(hass: HomeAssistant, text: Localize, view: View): TemplateResult {
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

  #cycle(hass: HomeAssistant, text: Localize, view: View): TemplateResult | typeof nothing {
    const seconds = view.since === null ? null : (this.#now - view.since) / 1000;
    // A meter that has never charged has nothing to tell.
    if (!view.charging && !view.energy && !view.returned) return nothing;
    return html`
      <dl class="cycle">
        ${named(
          text(view.charging ? "card.figure.energy" : "card.figure.last_energy"),
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

  /** What went wrong, to be seen; what went well shows in state and record, and is only said. */
  #outcome(text: Localize): TemplateResult {
    return html`
      <div class="visually-hidden" role="status">${this._done ? text(this._done) : nothing}</div>
      ${
        this._error
          ? html`<div class="banner" role="alert">
              <div>${this._error}</div>
              <button
                @click=${() => {
                  this._error = "";
                }}
              >
                ${text("card.action.close")}
              </button>
            </div>`
          : nothing
      }
    `;
  }

  get #disabled(): boolean {
    return this._step !== undefined || this.preview;
  }

  #buttons(text: Localize, view: View): TemplateResult {
    const disabled = this.#disabled || view.phase === "unavailable";
    if (!view.charging)
      return html`
        <div class="commands">
          <button
            class="start"
            ?disabled=${disabled || view.phase === "signing"}
            @click=${() => {
              this.#openStart();
            }}
          >
            <ha-icon icon="mdi:play"></ha-icon>${text("card.action.start")}
          </button>
        </div>
      `;
    return html`
      <div class="commands">
        <button
          ?disabled=${disabled}
          @click=${() =>
            void this.#showError(this.#command("reading", "read_charge_cycle", "card.done.read"))}
        >
          <ha-icon icon="mdi:file-sign"></ha-icon>${text("card.action.read")}
        </button>
        <button class="end" ?disabled=${disabled} @click=${() => this.#endDialog?.showModal()}>
          <ha-icon icon="mdi:stop"></ha-icon>${text("card.action.end")}
        </button>
      </div>
    `;
  }

  #lastRecord(hass: HomeAssistant, text: Localize): TemplateResult | typeof nothing {
    const record = this._record;
    if (record === undefined) return nothing;
    if (record === null) return html`<section class="quiet">${text("card.record.none")}</section>`;
    const { signature, time, energy, pagination, identity } = record;
    const facts = [
      energy === null || record.kind === "begin"
        ? ""
        : `${formatNumber(energy, 3, hass.locale)} kWh`,
      time ? formatMoment(time, hass) : "",
      identity.data,
    ].filter(Boolean);
    return html`
      <section class="record" aria-labelledby="record">
        <ha-icon
          class="verdict ${VERDICTS[signature] ?? ""}"
          icon=${VERDICT_ICONS[signature] ?? "mdi:shield-off-outline"}
        ></ha-icon>
        <div class="facts">
          <h3 id="record">
            ${text(`card.record.${record.kind}`)}${pagination ? html` · ${pagination}` : nothing}
          </h3>
          <p>${text(`card.verdict.${signature}` as TextKey)}</p>
          <p class="quiet">${facts.join(" · ")}</p>
        </div>
        <div class="downloads">
          ${record.downloads.map(
            ([format, url]) => html`
              <button
                aria-label=${text("card.action.download", { format })}
                title=${text("card.action.download", { format })}
                ?disabled=${this.preview}
                @click=${() => void this.#download(hass, url)}
              >
                <ha-icon icon="mdi:download"></ha-icon>${format}
              </button>
            `,
          )}
        </div>
      </section>
    `;
  }

  async #download(hass: HomeAssistant, url: string): Promise<void> {
    try {
      await download(hass, url);
    } catch (error) {
      this._error = await errorText(hass, error);
    }
  }

  #display(hass: HomeAssistant, text: Localize, view: View): TemplateResult | typeof nothing {
    const power = this.#entities.get("switch.display");
    const select = this.#entities.get("select.display_page");
    const page = stateOf(hass, this.#entities, "select.display_page");
    if (!power || !select || !page) return nothing;
    const disabled = this.#disabled || view.phase === "unavailable";
    const pages = page.attributes["options"] as readonly string[] | undefined;
    const call = (service: string, entity: string, data = {}): void =>
      void this.#showError(this.#do("sending", (now) => callEntity(now, service, entity, data)));
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
            <button
              ?disabled=${disabled}
              @click=${() => {
                call("turn_on", power);
              }}
            >
              ${text("card.display.on")}
            </button>
            <button
              ?disabled=${disabled}
              @click=${() => {
                call("turn_off", power);
              }}
            >
              ${text("card.display.off")}
            </button>
          </div>
        </div>
      </details>
    `;
  }

  #dialogs(text: Localize): TemplateResult {
    return html`
      <dmed4-start-dialog
        .localize=${text}
        .busy=${this._step === "starting"}
        .error=${this._startError}
        @start-charge=${(event: CustomEvent<Remembered>) => void this.#start(event)}
      ></dmed4-start-dialog>
      <dialog class="confirm" aria-labelledby="end-title">
        <h2 id="end-title">${text("card.end.title")}</h2>
        <p>${text("card.end.hint")}</p>
        <div class="buttons">
          <button
            @click=${() => {
              this.#endDialog?.close();
            }}
          >
            ${text("card.action.cancel")}
          </button>
          <button
            class="end"
            @click=${() => {
              this.#end();
            }}
          >
            ${text("card.action.end")}
          </button>
        </div>
      </dialog>
    `;
  }
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

/** Offer the card for each entity of a meter that it shows. */
export function suggest(hass: HomeAssistant, entityId: string): unknown {
  const entity = hass.entities[entityId];
  if (entity?.platform !== DOMAIN || !entity.device_id) return null;
  if (!findMeters(hass).includes(entity.device_id)) return null;
  return { config: { type: `custom:${CARD_TYPE}`, device_id: entity.device_id } };
}
