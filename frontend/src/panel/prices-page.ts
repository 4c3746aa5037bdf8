import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { controls, dialogs } from "../common/style";
import { Fetched } from "./fetched";
import { LedgerPage, filled, valuesOf } from "./ledger-page";
import { todayIn } from "./location";
import { failure, notice, waiting } from "./parts";
import type { Drivers, Price, Prices } from "./shapes";
import { baseStyle } from "./styles/base";
import { ledgerStyle } from "./styles/ledger";
import { moment, money } from "./words";

/** Entities that may have a price as their state. */
const PRICED = /^(sensor|input_number|number)\./;

/** What a price may be for, besides the energy. */
const PARTS = ["minute", "session", "exported"] as const;

export class PricesPage extends LedgerPage {
  static override readonly properties = {
    ...LedgerPage.properties,
    _edited: { state: true },
    _leaving: { state: true },
    _applying: { state: true },
    _changed: { state: true },
  };
  static override readonly styles = [controls, dialogs, baseStyle, ledgerStyle];

  /** The price in the form; null for a new one. */
  declare _edited: Price | null | undefined;
  /** The price that is about to be deleted. */
  declare _leaving: Price | undefined;
  declare _applying: boolean;
  /** To how many sessions prices were applied. */
  declare _changed: number | undefined;

  readonly #prices = new Fetched<Prices>(this);
  readonly #drivers = new Fetched<Drivers>(this);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("revision") || changed.has("place")) void this.#load();
  }

  readonly #load = async (): Promise<void> => {
    await Promise.all([
      this.#prices.load(this.hass, "prices/list", this.archive),
      this.#drivers.load(this.hass, "drivers/list", this.archive),
    ]);
  };

  readonly #onClosed = (): void => {
    this._edited = undefined;
    this._leaving = undefined;
    this._applying = false;
  };

  async #write(command: string, data: object): Promise<void> {
    if ((await this.write(`prices/${command}`, data)) === undefined) return;
    this.closeDialog();
    await this.#load();
    await this.keepFocus(command);
  }

  readonly #save = (event: SubmitEvent): void => {
    event.preventDefault();
    const value = valuesOf(event.target as HTMLFormElement);
    const driver = value("driver_id");
    const names = ["until", "energy", ...PARTS, "vat", "time_from", "time_until", "price_entity"];
    const meter = value("device_id");
    void this.#write("save", {
      since: value("since"),
      ...(this._edited ? { price_id: this._edited.price_id } : {}),
      ...filled(Object.fromEntries(names.map((name) => [name, value(name)]))),
      ...(driver ? { driver_id: Number(driver) } : {}),
      // For a price it is the meter that it holds for, and that also says which archive is meant.
      device_id: meter === "" ? undefined : meter,
    });
  };

  readonly #delete = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#write("delete", { price_id: this._leaving?.price_id });
  };

  readonly #apply = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const value = valuesOf(event.target as HTMLFormElement);
    const range = filled({ since: value("since"), until: value("until") });
    const applied = await this.write<{ changed: number }>("prices/apply", range);
    if (!applied) return;
    this._changed = applied.changed;
    this.closeDialog();
  };

  protected override render(): TemplateResult {
    const { texts: text } = this;
    const { value: found, error } = this.#prices;
    const open = this._edited !== undefined || Boolean(this._leaving) || this._applying;
    return html`
      ${this.ledgerTabs()} ${failure(this.#prices, text, () => void this.#load())}
      ${open ? nothing : this.problem()}
      ${
        this._changed === undefined
          ? nothing
          : notice(
              "success",
              "mdi:check-circle-outline",
              text("panel.prices.applied", { count: this._changed }),
            )
      }
      ${found ? this.#list(found) : error ? nothing : waiting(text)}
      ${found && this._edited !== undefined ? this.#form(this._edited, found) : nothing}
      ${this._leaving ? this.#confirmation() : nothing}
      ${this._applying ? this.#applyForm() : nothing}
    `;
  }

  #list({ prices }: Prices): TemplateResult {
    const { texts: text } = this;
    return html`<section class="card" aria-labelledby="prices">
      <header>
        <h2 id="prices">${text("panel.ledger.prices")}</h2>
        <div class="downloads">
          ${
            prices.length
              ? html`<button
                  type="button"
                  @click=${() => {
                    this._applying = true;
                  }}
                >
                  ${text("panel.prices.apply")}
                </button>`
              : nothing
          }
          <button
            type="button"
            class="start"
            @click=${() => {
              this._edited = null;
            }}
          >
            <ha-icon icon="mdi:plus"></ha-icon>${text("panel.prices.add")}
          </button>
        </div>
      </header>
      <p class="quiet">${text("panel.prices.hint")}</p>
      <ul class="keys">
        ${prices.map((price) => this.#price(price))}
      </ul>
    </section>`;
  }

  #price(price: Price): TemplateResult {
    const name = this.#inWords(price);
    return html`<li>
      <div>
        <p>${name}</p>
        <p class="quiet">${this.#holds(price)}</p>
      </div>
      ${
        // A meter that is gone could not be chosen again: the price would hold for all of them.
        price.meter !== null && price.device_id === null
          ? nothing
          : this.rowButton("edit", name, () => {
              this._edited = price;
            })
      }
      ${this.rowButton("delete", name, () => {
        this._leaving = price;
      })}
    </li>`;
  }

  /** What is charged for. */
  #inWords({ rates, price_entity: entity }: Price): string {
    const { texts: text, hass } = this;
    const name = hass.states[entity ?? ""]?.attributes["friendly_name"];
    const of = (part: "energy" | (typeof PARTS)[number]): string =>
      rates[part] === null
        ? ""
        : text(`panel.prices.of_${part}`, { amount: money(rates[part], rates.currency, hass) });
    return [
      entity
        ? text("panel.prices.of_entity", { entity: typeof name === "string" ? name : entity })
        : "",
      of("energy"),
      ...PARTS.map(of),
      rates.vat === null ? "" : text("panel.prices.of_vat", { rate: rates.vat }),
    ]
      .filter(Boolean)
      .join(", ");
  }

  /** When, where and for whom it holds. */
  #holds({ since, until, device_id, meter, driver, time_from, time_until }: Price): string {
    const { texts: text, hass } = this;
    return [
      until === null
        ? text("panel.prices.since", { since: moment(since, hass) })
        : text("panel.prices.between", { since: moment(since, hass), until: moment(until, hass) }),
      device_id === null && meter === null ? text("panel.filter.all_meters") : meter,
      driver ?? "",
      time_from && time_until
        ? text("panel.prices.daily", { from: time_from, until: time_until })
        : "",
    ]
      .filter(Boolean)
      .join(" · ");
  }

  #form(price: Price | null, { currency: ofNew, time_zone }: Prices): TemplateResult {
    const { texts: text } = this;
    const rates = price?.rates;
    const currency = rates?.currency ?? ofNew;
    const since = price ? localMoment(price.since, time_zone) : `${todayIn(time_zone)}T00:00`;
    const until = price?.until ? localMoment(price.until, time_zone) : "";
    return html`<dialog aria-labelledby="form" @close=${this.#onClosed}>
      <form @submit=${this.#save}>
        <h2 id="form">${text(price ? "panel.edit" : "panel.prices.add")}</h2>
        <div class="pair">
          ${this.#moment("since", since, true)} ${this.#moment("until", until, false)}
        </div>
        <div class="pair">
          ${this.#amount("energy", rates?.energy, currency)}
          ${PARTS.map((part) => this.#amount(part, rates?.[part], currency))}
          <label
            ><span>${text("panel.prices.vat")}</span>
            <input
              name="vat"
              type="number"
              min="0"
              max="100"
              step="any"
              inputmode="decimal"
              .value=${rates?.vat ?? ""}
            />
          </label>
        </div>
        <p class="quiet">${text("panel.prices.rates_hint")}</p>
        ${this.#entities(price?.price_entity ?? "")}
        <div class="pair">${this.#meters(price)} ${this.#whose(price)}</div>
        <div class="pair">
          ${(["time_from", "time_until"] as const).map(
            (name) =>
              html`<label
                ><span>${text(`panel.prices.${name}`)}</span>
                <input
                  name=${name}
                  type="time"
                  .value=${price?.[name] ?? ""}
                  @change=${requireBoth}
                />
              </label>`,
          )}
        </div>
        ${this.dialogButtons(text("panel.save"))}
      </form>
    </dialog>`;
  }

  #moment(
    name: "since" | "until",
    value: string,
    required: boolean,
    label = this.texts(`panel.prices.${name}_label`),
  ): TemplateResult {
    return html`<label
      ><span>${label}</span>
      <input name=${name} type="datetime-local" ?required=${required} .value=${value} />
    </label>`;
  }

  #amount(
    name: "energy" | (typeof PARTS)[number],
    value: string | null | undefined,
    currency: string,
  ): TemplateResult {
    return html`<label
      ><span>${this.texts(`panel.prices.${name}`)} (${currency})</span>
      <input
        name=${name}
        type="number"
        step="any"
        min="-1000000"
        max="1000000"
        inputmode="decimal"
        .value=${value ?? ""}
      />
    </label>`;
  }

  #entities(chosen: string): TemplateResult {
    const { texts: text, hass } = this;
    const priced = Object.values(hass.states).filter(
      ({ entity_id, state }) => PRICED.test(entity_id) && Number.isFinite(Number.parseFloat(state)),
    );
    return html`<label
      ><span>${text("panel.prices.entity")}</span>
      <input
        name="price_entity"
        list="priced"
        autocomplete="off"
        .value=${chosen}
        pattern="(sensor|input_number|number)\\..+"
      />
      <datalist id="priced">
        ${priced.map(({ entity_id, attributes }) => html`<option value=${entity_id}>${attributes["friendly_name"] ?? ""}</option>`)}
      </datalist>
      <small>${text("panel.prices.entity_hint")}</small>
    </label>`;
  }

  #meters(price: Price | null): TemplateResult {
    const { texts: text } = this;
    return html`<label
      ><span>${text("panel.filter.meter")}</span>
      <select name="device_id">
        <option value="">${text("panel.filter.all_meters")}</option>
        ${this.info.meters.map(({ device_id, name }) =>
          // One without a device would be as good as all.
          device_id === null
            ? nothing
            : html`<option value=${device_id} ?selected=${device_id === price?.device_id}>
                ${name}
              </option>`,
        )}
      </select>
    </label>`;
  }

  #whose(price: Price | null): TemplateResult {
    const { texts: text } = this;
    return html`<label
      ><span>${text("panel.filter.driver")}</span>
      <select name="driver_id">
        <option value="">${text("panel.filter.all_drivers")}</option>
        ${this.#drivers.value?.drivers.map(
          ({ driver_id, name }) =>
            html`<option value=${driver_id} ?selected=${driver_id === price?.driver_id}>
              ${name}
            </option>`,
        )}
      </select>
    </label>`;
  }

  #confirmation(): TemplateResult {
    const { texts: text } = this;
    return html`<dialog aria-labelledby="form" @close=${this.#onClosed}>
      <form @submit=${this.#delete}>
        <h2 id="form">${text("panel.prices.delete_title")}</h2>
        <p>${text("panel.prices.delete_hint")}</p>
        ${this.dialogButtons(text("panel.delete"), "end")}
      </form>
    </dialog>`;
  }

  #applyForm(): TemplateResult {
    const { texts: text } = this;
    return html`<dialog aria-labelledby="form" @close=${this.#onClosed}>
      <form @submit=${this.#apply}>
        <h2 id="form">${text("panel.prices.apply")}</h2>
        <p>${text("panel.prices.apply_hint")}</p>
        <div class="pair">
          ${this.#moment("since", "", true, text("panel.filter.since"))}
          ${this.#moment("until", "", false, text("panel.filter.until"))}
        </div>
        ${this.dialogButtons(text("panel.prices.apply"))}
      </form>
    </dialog>`;
  }
}

/** A time of day has a beginning and an end, or neither. */
function requireBoth(event: Event): void {
  const { form } = event.target as HTMLInputElement;
  const fields = ["time_from", "time_until"].map(
    (name) => form?.elements.namedItem(name) as HTMLInputElement,
  );
  const some = fields.some(({ value }) => value);
  for (const field of fields) field.required = some;
}

/** Write a moment as a form has it, in a time zone. */
export function localMoment(iso: string, timeZone: string): string {
  // Swedes write moments as ISO does.
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" })
    .format(new Date(iso))
    .replace(" ", "T");
}
