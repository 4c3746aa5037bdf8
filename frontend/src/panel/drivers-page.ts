import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { controls, dialogs } from "../common/style";
import { Fetched } from "./fetched";
import { LedgerPage, valuesOf } from "./ledger-page";
import { failure, waiting } from "./parts";
import type { Driver, Drivers, IdentificationEntry, Unnamed } from "./shapes";
import { baseStyle } from "./styles/base";
import { ledgerStyle } from "./styles/ledger";
import { identificationType, moment } from "./words";

/** A driver as the form shows one; without a number, a new one. */
type Draft = Omit<Driver, "driver_id"> & { readonly driver_id?: number };

const NEW: Draft = {
  name: "",
  identifications: [],
  address: "",
  email: "",
  person: "",
  note: "",
  active: true,
};

export class DriversPage extends LedgerPage {
  static override readonly properties = {
    ...LedgerPage.properties,
    _draft: { state: true },
    _leaving: { state: true },
  };
  static override readonly styles = [controls, dialogs, baseStyle, ledgerStyle];

  /** The driver in the form. */
  declare _draft: Draft | undefined;
  /** The driver that is about to be deleted. */
  declare _leaving: Driver | undefined;

  readonly #drivers = new Fetched<Drivers>(this);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("revision") || changed.has("place")) void this.#load();
    if (this.place.filters.search && this.#drivers.value) this.#nameWanted(this.#drivers.value);
  }

  /** Open the form for the identification that the address is about, once. */
  #nameWanted({ unnamed }: Drivers): void {
    const { filters } = this.place;
    const wanted = unnamed.find(({ identification }) => identification === filters.search);
    if (wanted) this._draft = draftOf(wanted);
    // Not while the panel is being drawn: it is drawn anew for another address.
    queueMicrotask(() => {
      this.go({ filters: { ...filters, search: "" } }, true);
    });
  }

  readonly #load = (): Promise<void> => this.#drivers.load(this.hass, "drivers/list", this.archive);

  readonly #onClosed = (): void => {
    this._draft = undefined;
    this._leaving = undefined;
  };

  async #write(command: string, data: object): Promise<void> {
    if ((await this.write(`drivers/${command}`, data)) === undefined) return;
    this.closeDialog();
    await this.#load();
    await this.keepFocus(command);
  }

  readonly #save = (event: SubmitEvent): void => {
    event.preventDefault();
    const draft = this._draft ?? NEW;
    const value = valuesOf(event.target as HTMLFormElement);
    void this.#write("save", {
      ...(draft.driver_id === undefined ? {} : { driver_id: draft.driver_id }),
      name: value("name"),
      identifications: readIdentifications(value("identifications"), draft.identifications),
      address: value("address"),
      email: value("email"),
      person: value("person"),
      note: value("note"),
      active: value("active") !== "",
    });
  };

  readonly #delete = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#write("delete", { driver_id: this._leaving?.driver_id });
  };

  /** An identification that has turned up becomes that of a driver who is known already. */
  readonly #assign = (unnamed: Unnamed, event: SubmitEvent): void => {
    event.preventDefault();
    const number = Number(valuesOf(event.target as HTMLFormElement)("driver_id"));
    const driver = this.#drivers.value?.drivers.find(({ driver_id }) => driver_id === number);
    if (!driver) return;
    const identifications = [...driver.identifications, entryOf(unnamed)];
    void this.#write("save", { ...driver, identifications });
  };

  protected override render(): TemplateResult {
    const { texts: text } = this;
    const { value: found, error } = this.#drivers;
    return html`
      ${this.ledgerTabs()} ${failure(this.#drivers, text, () => void this.#load())}
      ${this._draft || this._leaving ? nothing : this.problem()}
      ${found ? this.#lists(found) : error ? nothing : waiting(text)}
      ${this._draft ? this.#form(this._draft) : nothing}
      ${this._leaving ? this.#confirmation(this._leaving) : nothing}
    `;
  }

  #lists({ drivers, unnamed }: Drivers): TemplateResult {
    const { texts: text } = this;
    return html`<section class="card" aria-labelledby="drivers">
        <header>
          <h2 id="drivers">${text("panel.ledger.drivers")}</h2>
          <button
            type="button"
            class="start"
            @click=${() => {
              this._draft = NEW;
            }}
          >
            <ha-icon icon="mdi:account-plus-outline"></ha-icon>${text("panel.drivers.add")}
          </button>
        </header>
        <p class="quiet">${text("panel.drivers.hint")}</p>
        <ul class="keys">
          ${drivers.map((driver) => this.#driver(driver))}
        </ul>
      </section>
      ${unnamed.length ? this.#unnamed(unnamed, drivers) : nothing}`;
  }

  #driver(driver: Driver): TemplateResult {
    const { texts: text, hass } = this;
    const { name, identifications, person, email, active } = driver;
    const known = hass.states[person]?.attributes["friendly_name"];
    const rest = [
      identifications.map(({ value }) => value).join(", ") || text("panel.drivers.no_id"),
      typeof known === "string" ? known : person,
      email,
      active ? "" : text("panel.drivers.inactive"),
    ];
    return html`<li>
      <div>
        <p>${name}</p>
        <p class="quiet">${rest.filter(Boolean).join(" · ")}</p>
      </div>
      ${this.rowButton("edit", name, () => {
        this._draft = driver;
      })}
      ${this.rowButton("delete", name, () => {
        this._leaving = driver;
      })}
    </li>`;
  }

  #unnamed(unnamed: readonly Unnamed[], drivers: readonly Driver[]): TemplateResult {
    const { texts: text } = this;
    return html`<section class="card" aria-labelledby="unnamed">
      <h2 id="unnamed">${text("panel.drivers.unnamed")}</h2>
      <p class="quiet">${text("panel.drivers.unnamed_hint")}</p>
      <ul class="keys">
        ${unnamed.map((each) => this.#stranger(each, drivers))}
      </ul>
    </section>`;
  }

  #stranger(unnamed: Unnamed, drivers: readonly Driver[]): TemplateResult {
    const { texts: text, hass } = this;
    const { identification, identification_type: type, sessions, last, suggestion } = unnamed;
    return html`<li class="stranger">
      <div>
        <p>${identification}${suggestion ? ` (${suggestion})` : ""}</p>
        <p class="quiet">
          ${type ? `${identificationType(type, text)} · ` : ""}${text("panel.drivers.seen", {
            sessions,
            last: moment(last, hass),
          })}
        </p>
      </div>
      <button
        type="button"
        aria-label="${text("panel.drivers.name_it")}: ${identification}"
        @click=${() => {
          this._draft = draftOf(unnamed);
        }}
      >
        ${text("panel.drivers.name_it")}
      </button>
      ${
        drivers.length
          ? html`<form
              @submit=${(event: SubmitEvent) => {
                this.#assign(unnamed, event);
              }}
            >
              <select
                name="driver_id"
                required
                aria-label="${text("panel.drivers.belongs_to")}: ${identification}"
              >
                <option value="">${text("panel.drivers.belongs_to")}</option>
                ${drivers.map(
                  ({ driver_id, name }) => html`<option value=${driver_id}>${name}</option>`,
                )}
              </select>
              <button
                aria-label="${text("panel.drivers.assign")}: ${identification}"
                ?disabled=${this._busy}
              >
                ${text("panel.drivers.assign")}
              </button>
            </form>`
          : nothing
      }
    </li>`;
  }

  #form(draft: Draft): TemplateResult {
    const { texts: text } = this;
    return html`<dialog aria-labelledby="form" @close=${this.#onClosed}>
      <form @submit=${this.#save}>
        <h2 id="form">
          ${text(draft.driver_id === undefined ? "panel.drivers.add" : "panel.edit")}
        </h2>
        <label
          ><span>${text("panel.drivers.name")}</span>
          <input name="name" required maxlength="120" autocomplete="off" .value=${draft.name} />
        </label>
        <label
          ><span>${text("panel.drivers.identifications")}</span>
          <textarea
            name="identifications"
            rows="3"
            spellcheck="false"
            autocomplete="off"
            .value=${draft.identifications.map(({ value }) => value).join("\n")}
          ></textarea>
          <small>${text("panel.drivers.identifications_hint")}</small>
        </label>
        <label
          ><span>${text("panel.drivers.address")}</span>
          <textarea name="address" rows="3" maxlength="1000" .value=${draft.address}></textarea>
          <small>${text("panel.drivers.address_hint")}</small>
        </label>
        <label
          ><span>${text("panel.drivers.email")}</span>
          <input name="email" type="email" maxlength="120" .value=${draft.email} />
        </label>
        ${this.#persons(draft.person)}
        <label
          ><span>${text("panel.drivers.note")}</span>
          <textarea name="note" rows="2" maxlength="1000" .value=${draft.note}></textarea>
        </label>
        <label class="check">
          <input type="checkbox" name="active" ?checked=${draft.active} />
          ${text("panel.drivers.active")}
        </label>
        ${this.dialogButtons(text("panel.save"))}
      </form>
    </dialog>`;
  }

  #persons(chosen: string): TemplateResult {
    const { texts: text, hass } = this;
    const persons = Object.values(hass.states).filter(({ entity_id }) =>
      entity_id.startsWith("person."),
    );
    const known = persons.some(({ entity_id }) => entity_id === chosen);
    return html`<label
      ><span>${text("panel.drivers.person")}</span>
      <select name="person">
        <option value="">${text("panel.none")}</option>
        ${chosen && !known ? html`<option value=${chosen} selected>${chosen}</option>` : nothing}
        ${persons.map(
          ({ entity_id, attributes }) =>
            html`<option value=${entity_id} ?selected=${entity_id === chosen}>
              ${attributes["friendly_name"] ?? entity_id}
            </option>`,
        )}
      </select>
      <small>${text("panel.drivers.person_hint")}</small>
    </label>`;
  }

  #confirmation({ name }: Driver): TemplateResult {
    const { texts: text } = this;
    return html`<dialog aria-labelledby="form" @close=${this.#onClosed}>
      <form @submit=${this.#delete}>
        <h2 id="form">${text("panel.drivers.delete_title", { name })}</h2>
        <p>${text("panel.drivers.delete_hint")}</p>
        ${this.dialogButtons(text("panel.delete"), "end")}
      </form>
    </dialog>`;
  }
}

function entryOf({ identification, identification_type: type }: Unnamed): IdentificationEntry {
  return { value: identification, type };
}

/** A new driver for an identification, with the name that Home Assistant has for such a tag. */
function draftOf(unnamed: Unnamed): Draft {
  return { ...NEW, name: unnamed.suggestion ?? "", identifications: [entryOf(unnamed)] };
}

/** One identification a line; of those that stay, the type stays too. */
export function readIdentifications(
  lines: string,
  before: readonly IdentificationEntry[],
): IdentificationEntry[] {
  const values = lines
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return [...new Set(values)].map((value) => ({
    value,
    type: before.find((entry) => entry.value === value)?.type ?? null,
  }));
}
