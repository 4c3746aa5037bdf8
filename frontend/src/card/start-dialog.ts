import { LitElement, css, html, nothing, type TemplateResult } from "lit";

import type { Localize, TextKey } from "../common/texts";
import type { StartForm } from "../common/rights";
import { controls, dialogs } from "../common/style";
import { NOTHING, type Remembered, type StartFields } from "./remembered";

/** OCMF: ID. How long the others may be depends on all together; the meter's side decides. */
const DATA_LIMIT = 40;

type Field = keyof StartFields;

/** What a record can't hold: anything but printable ASCII, and the bar that divides its parts. */
export function isWritable(text: string): boolean {
  return /^[\x20-\x7b\x7d\x7e]*$/.test(text);
}

/** What type an identification gets where none is chosen; without one, the preset one's. */
export function typeFor(data: string, form: StartForm): string {
  if (!data) return form.identification_type;
  if (form.other_type !== "NONE") return form.other_type;
  const fits = form.forms.find(([, pattern]) => RegExp(`^(?:${pattern})$`).test(data));
  return fits?.[0] ?? "UNDEFINED";
}

/** Asks who charges at what tariff. Fires `start-charge` with what was given. */
export class StartDialog extends LitElement {
  static override readonly properties = {
    localize: { attribute: false },
    form: { attribute: false },
    busy: { type: Boolean },
    error: { type: String },
    _fields: { state: true },
    _checked: { state: true },
  };

  declare localize: Localize;
  declare form: StartForm;
  declare busy: boolean;
  declare error: string;
  declare _fields: Remembered;
  declare _checked: boolean;

  static override readonly styles = [
    controls,
    dialogs,
    css`
      form {
        display: grid;
        gap: 16px;
      }
      label {
        display: grid;
        gap: 4px;
        color: var(--secondary-text-color);
        font-size: var(--ha-font-size-s);
      }
      label.check {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 44px;
        color: var(--primary-text-color);
        font-size: var(--ha-font-size-m);
        cursor: pointer;
      }
      dialog .error {
        margin: 0;
        padding: 12px;
        border-radius: var(--ha-border-radius-lg);
        background: var(--ha-color-fill-danger-normal-resting);
        color: var(--ha-color-on-danger-normal);
      }
      .wrong {
        color: var(--ha-color-on-danger-normal);
        font-size: var(--ha-font-size-s);
      }
    `,
  ];

  constructor() {
    super();
    this.busy = false;
    this.error = "";
    this._fields = NOTHING;
    this._checked = false;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  /** Open it, filled in with what was used last. */
  async open(fields: Remembered): Promise<void> {
    const { drivers, driver } = this.form;
    const listed = drivers.some(([id]) => `${id}` === fields.driver_id);
    // The one who is logged in, unless another one was kept.
    const own = fields.identification_data ? "" : `${driver ?? ""}`;
    this._fields = listed ? fields : { ...fields, driver_id: own };
    this._checked = false;
    await this.updateComplete;
    this.#dialog?.showModal();
  }

  close(): void {
    this.#dialog?.close();
  }

  protected override render(): TemplateResult {
    const { localize: text, form } = this;
    const { identification_data: data, driver_id } = this._fields;
    // With an identification, nothing is "not identified".
    const types = form.types.filter((type) => !data || type !== "NONE");
    return html`
      <dialog aria-labelledby="title" @cancel=${this.#keepOpen}>
        <h2 id="title">${text("card.start.title")}</h2>
        <p>${text("card.start.hint")}</p>
        <form method="dialog" novalidate @submit=${this.#submit}>
          ${
            form.drivers.length
              ? this.#choice("driver_id", "table.driver", [
                  ["", text("card.start.other")],
                  ...form.drivers,
                ])
              : nothing
          }
          ${
            driver_id
              ? nothing
              : [
                  this.#select(
                    "identification_type",
                    "card.start.type",
                    types,
                    typeFor(data, form),
                    data && form.other_type === "NONE" ? "card.start.detected" : undefined,
                  ),
                  this.#input("identification_data", "card.start.data", DATA_LIMIT),
                ]
          }
          ${this.#select("identification_level", "card.start.level", form.levels, form.identification_level)}
          ${this.#input("tariff_text", "card.start.tariff")}
          <label class="check">
            <input
              type="checkbox"
              .checked=${this._fields.keepIdentification}
              @change=${(event: Event) => {
                const { checked } = event.target as HTMLInputElement;
                this._fields = { ...this._fields, keepIdentification: checked };
              }}
            />
            ${text("card.start.remember")}
          </label>
          ${this.error ? html`<p class="error" role="alert">${this.error}</p>` : nothing}
          <div class="buttons">
            <button
              type="button"
              ?disabled=${this.busy}
              @click=${() => {
                this.close();
              }}
            >
              ${text("card.action.cancel")}
            </button>
            <button class="start" type="submit" ?disabled=${this.busy}>
              ${text(this.busy ? "card.state.starting" : "card.start.submit")}
            </button>
          </div>
        </form>
      </dialog>
    `;
  }

  #select(
    field: "identification_type" | "identification_level",
    label: TextKey,
    values: readonly string[],
    preset: string,
    key: TextKey = "card.start.preset",
  ): TemplateResult {
    const text = this.localize;
    const name = (value: string): string => text(`${field}.${value.toLowerCase()}` as TextKey);
    return this.#choice(field, label, [
      ["", text(key, { value: name(preset) })],
      ...values.map((value) => [value, name(value)] as const),
    ]);
  }

  #choice(
    field: Field,
    label: TextKey,
    options: readonly (readonly [value: string | number, name: string])[],
  ): TemplateResult {
    return html`
      <label
        >${this.localize(label)}
        <select
          name=${field}
          @change=${(event: Event) => {
            this.#set(field, (event.target as HTMLSelectElement).value);
          }}
        >
          ${options.map(
            ([value, name]) => html`
              <option value=${value} .selected=${this._fields[field] === `${value}`}>
                ${name}
              </option>
            `,
          )}
        </select>
      </label>
    `;
  }

  #input(
    field: "identification_data" | "tariff_text",
    label: TextKey,
    limit?: number,
  ): TemplateResult {
    const value = this._fields[field];
    const wrong = this._checked && !isWritable(value);
    return html`
      <div>
        <label
          >${this.localize(label)}
          <input
            name=${field}
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            maxlength=${limit ?? nothing}
            aria-invalid=${wrong}
            aria-describedby="${field}-wrong"
            placeholder=${this.form[field] ?? this.localize("card.start.hidden")}
            .value=${value}
            @input=${(event: Event) => {
              this.#set(field, (event.target as HTMLInputElement).value);
            }}
          />
        </label>
        <span class="wrong" id="${field}-wrong" role="alert"
          >${wrong ? this.localize("card.start.characters") : nothing}</span
        >
      </div>
    `;
  }

  #set(field: Field, value: string): void {
    this._fields = { ...this._fields, [field]: value };
  }

  #keepOpen(event: Event): void {
    // A start that is under way is not lost sight of by pressing Escape.
    if (this.busy) event.preventDefault();
  }

  #submit(event: Event): void {
    event.preventDefault();
    // Of a driver, the archive knows the identification.
    const detail = this._fields.driver_id
      ? { ...this._fields, identification_type: "", identification_data: "" }
      : this._fields;
    this._checked = true;
    if (isWritable(detail.identification_data) && isWritable(detail.tariff_text))
      this.dispatchEvent(new CustomEvent<Remembered>("start-charge", { detail }));
  }
}
