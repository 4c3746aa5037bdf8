import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from "lit";

import {
  act,
  callEntity,
  download,
  type RecordResponse,
  type WithoutRecord,
} from "../common/actions";
import { findEntities, findMeters, type MeterEntities } from "../common/entities";
import { deviceName, type HassError, type HomeAssistant } from "../common/hass";
import type { Sample } from "../common/live-watch";
import { outdated } from "../common/outdated";
import { summarise, type RecordSummary } from "../common/record";
import { loadRights, type Rights } from "../common/rights";
import { controls, dialogs } from "../common/style";
import { errorText, loadTexts, textsOf, type Localize, type TextKey } from "../common/texts";
import { CONFIG_FORM, type CardConfig } from "./config";
import { MeterWatch } from "./meter-watch";
import { commands, cycle, display, figures, header, lastRecord, problem } from "./parts";
import { recall, remember, type Remembered } from "./remembered";
import type { StartDialog } from "./start-dialog";
import { cardStyle } from "./style";
import { TRACE_MINUTES, type PowerTrace } from "./trace";
import { viewOf, type Step, type View } from "./view";

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
    _rights: { state: true },
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
  /** Undefined while Home Assistant has not answered. */
  declare _rights: Rights | undefined;

  static override readonly styles = [controls, dialogs, cardStyle];

  #entities: MeterEntities = new Map();
  #language = "";
  #recordOf = "";
  #rightsOf = "";
  /** What was on screen before the meter was lost. */
  #before: View | undefined;
  readonly #watch = new MeterWatch(this, {
    figures: (sample) => {
      this._sample = sample;
    },
    trace: (time) => this.renderRoot.querySelector<PowerTrace>("dmed4-power-trace")?.draw(time),
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
      this._record = this._rights = this.#before = undefined;
      this.#recordOf = this.#rightsOf = "";
      this.#watch.forget();
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
    if (!hass || !(changed.has("hass") || changed.has(/* @__KEY__ */ "_config"))) return;
    const before = changed.get("hass") as HomeAssistant | undefined;
    if (changed.has(/* @__KEY__ */ "_config") || before?.entities !== hass.entities)
      this.#entities = findEntities(hass, this._config?.device_id ?? "");
    if (hass.language !== this.#language) {
      this.#language = hass.language;
      loadTexts(hass);
    }
    if (before?.localize !== hass.localize) this._texts = textsOf(hass);
  }

  protected override updated(): void {
    const { hass, _config: config } = this;
    const powerEntity = this.#entities.get("sensor.power");
    this.#watch.follow(
      hass && config?.device_id && powerEntity && !this.preview
        ? { hass, deviceId: config.device_id, powerEntity }
        : undefined,
    );
    if (!hass || !this._texts || !config?.device_id || !powerEntity || this.preview) return;
    void this.#loadRights(hass, config.device_id);
    if (!hass.user?.is_admin || config.record === false) return;
    // Not before the meter was heard of: while Home Assistant starts, its states come first.
    if (this._step || !this.#watch.heard) return;
    const { charging, signature, recorded, phase } = this.#view(hass);
    if (signature === "in_progress" || phase === "unavailable") return;
    // A new record is there whenever this changes.
    const state = [charging, signature, recorded].join();
    if (state === this.#recordOf) return;
    this.#recordOf = state;
    void this.#loadRecord(hass, config.device_id);
  }

  // --- doing -------------------------------------------------------------------------------------

  /** Ask anew when the meter is set up again: its options may have changed. */
  async #loadRights(hass: HomeAssistant, deviceId: string): Promise<void> {
    const asked = [deviceId, hass.user?.is_admin, this.#view(hass).phase === "unavailable"].join();
    if (asked === this.#rightsOf) return;
    this.#rightsOf = asked;
    const rights = await loadRights(hass, deviceId);
    if (asked !== this.#rightsOf) return;
    if (rights) this._rights = rights;
    // What Home Assistant cannot say while it starts, it is asked again with the next update.
    else this.#rightsOf = "";
  }

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
      return await errorText(this.hass ?? hass, error);
    } finally {
      this._step = undefined;
    }
  }

  async #command(step: Step, action: string, done: TextKey, data = {}): Promise<string> {
    return this.#do(step, async (hass) => {
      const device_id = this._config?.device_id;
      const response = await act<RecordResponse | WithoutRecord>(hass, action, {
        device_id,
        ...data,
      });
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

  readonly #reset = (): void => {
    void this.#showError(this.#command("resetting", "reset_errors", "card.done.reset"));
  };

  readonly #commands = {
    onStart: (): void => {
      this.#openStart();
    },
    onRead: (): void => {
      void this.#showError(this.#command("reading", "read_charge_cycle", "card.done.read"));
    },
    onEnd: (): void => this.#endDialog?.showModal(),
  };

  readonly #callEntity = (service: string, entity: string, data = {}): void => {
    void this.#showError(this.#do("sending", (hass) => callEntity(hass, service, entity, data)));
  };

  readonly #download = (url: string): void => {
    const { hass } = this;
    if (hass) void this.#showError(downloadError(hass, url));
  };

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
    const view = viewOf(hass, this.#entities, this._sample);
    if (!view.lost) this.#before = view;
    // A running session stays on screen as it was seen last.
    if (!view.lost?.charging || !this.#before?.charging) return view;
    const { energy, returned, since } = this.#before;
    return { ...view, energy, returned, since };
  }

  protected override render(): TemplateResult {
    const { hass, _config: config, _texts: text } = this;
    if (!hass || !config || !text)
      return html`<ha-card class="loading" aria-busy="true"></ha-card>`;
    if (!this.#entities.has("binary_sensor.charging")) {
      const why = config.device_id ? "card.missing.gone" : "card.missing.none";
      return html`<ha-card><div class="empty">${text(why)}</div></ha-card>`;
    }
    const view = this.#view(hass);
    const shown = { hass, text, view, disabled: this._step !== undefined || this.preview };
    const name = config.name ?? deviceName(hass, config.device_id ?? "");
    const mayCommand = hass.user?.is_admin === true;
    const rights = this.preview ? { start: true, read: true, end: true } : this._rights;
    const controls = config.controls !== false && rights;
    return html`
      <ha-card class="${view.tone} ${this._step ? "busy" : ""}">
        ${header(shown, name, this._step, this._record)}
        ${outdated(this._rights?.version, text, (content) => html`<section>${content}</section>`)}
        ${problem(shown, mayCommand ? this.#reset : undefined)} ${figures(shown)}
        <dmed4-power-trace
          .buffer=${this.#watch.measured}
          .locale=${hass.locale}
          .label=${text("card.trace", { minutes: TRACE_MINUTES })}
        ></dmed4-power-trace>
        ${cycle(shown, this.#watch.now)} ${this.#outcome(text)}
        ${controls ? commands(shown, controls, this.#commands) : nothing}
        ${
          mayCommand && config.record !== false
            ? lastRecord(shown, this._record, this.preview ? undefined : this.#download)
            : nothing
        }
        ${
          mayCommand && config.display !== false
            ? display(shown, this.#entities, this.#callEntity)
            : nothing
        }
      </ha-card>
      ${controls && (controls.start || controls.end) ? this.#dialogs(text) : nothing}
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

  #dialogs(text: Localize): TemplateResult {
    return html`
      ${
        this._rights?.form
          ? html`<dmed4-start-dialog
              .localize=${text}
              .form=${this._rights.form}
              .busy=${this._step === "starting"}
              .error=${this._startError}
              @start-charge=${(event: CustomEvent<Remembered>) => void this.#start(event)}
            ></dmed4-start-dialog>`
          : nothing
      }
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

/** Download a file; returns what went wrong, in the user's words. */
async function downloadError(hass: HomeAssistant, url: string): Promise<string> {
  try {
    await download(hass, url);
    return "";
  } catch (error) {
    return await errorText(hass, error);
  }
}
