import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { DOMAIN } from "../common/hass";
import { controls, dialogs } from "../common/style";
import { Fetched } from "./fetched";
import { filterForm } from "./filter-form";
import { LedgerPage, valuesOf } from "./ledger-page";
import { NO_FILTERS, toQuery, todayIn, type Filters } from "./location";
import { documentLanguage } from "./page";
import { failure, notice, waiting } from "./parts";
import type { Costs, Drivers, Issuer, Sums } from "./shapes";
import { baseStyle } from "./styles/base";
import { ledgerStyle } from "./styles/ledger";
import { overviewStyle } from "./styles/overview";
import { tableStyle } from "./styles/table";
import { count, decimal, explain, money, nameOf } from "./words";

/** Typing is not interrupted by an answer to every letter. */
const TYPING = 350;

/** What a sender is known by; those of several lines, and those that only OCPI asks for. */
const SENDER = ["name", "address", "email", "phone", "tax_id", "note", "city", "party_id"] as const;
const LONG: ReadonlySet<string> = new Set(["address", "note"]);

/** What sessions come to, by driver and by meter, and the statements about it. */
export class BillingPage extends LedgerPage {
  static override readonly properties = { ...LedgerPage.properties, _saved: { state: true } };
  static override readonly styles = [
    controls,
    dialogs,
    baseStyle,
    tableStyle,
    overviewStyle,
    ledgerStyle,
  ];

  /** Whether the sender has been saved. */
  declare _saved: boolean;

  readonly #costs = new Fetched<Costs>(this);
  readonly #drivers = new Fetched<Drivers>(this);
  readonly #issuer = new Fetched<Issuer>(this);
  #typing: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#typing);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("revision") || changed.has("place")) this.#load();
  }

  get #query(): Record<string, unknown> {
    const { device_id = [] } = this.archive;
    const { filters } = this.place;
    const meters = filters.meter ? [filters.meter] : device_id;
    return toQuery(filters, meters, todayIn(this.hass.config.time_zone));
  }

  readonly #load = (): void => {
    void this.#costs.load(this.hass, "costs/sum", this.#query);
    void this.#drivers.load(this.hass, "drivers/list", this.archive);
    if (!this.#issuer.value) void this.#issuer.load(this.hass, "issuer/get", this.archive);
  };

  readonly #filter = (changes: Partial<Filters>, replace = false): void => {
    this.go({ filters: { ...this.place.filters, ...changes }, page: 1 }, replace);
  };

  readonly #onSearch = (search: string): void => {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      this.#filter({ search }, true);
    }, TYPING);
  };

  /** The statement of what is shown, in the reader's language. */
  #saveStatement(form: "pdf" | "xlsx"): void {
    const values = new URLSearchParams();
    for (const [name, value] of Object.entries(this.#query))
      for (const each of [value].flat()) values.append(name, String(each));
    const { meters } = this.info;
    const [chosen] = values.getAll("device_id");
    const { entry_id = "" } =
      meters.find(({ device_id }) => device_id === chosen) ?? meters[0] ?? {};
    const language = documentLanguage(this.hass);
    if (language) values.set("language", language);
    void this.save(`/api/${DOMAIN}/${entry_id}/statement.${form}?${values}`);
  }

  readonly #saveSender = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const value = valuesOf(event.target as HTMLFormElement);
    const sender = Object.fromEntries(SENDER.map((name) => [name, value(name)]));
    this._saved = (await this.write("issuer/save", sender)) !== undefined;
  };

  protected override render(): TemplateResult {
    const { texts: text } = this;
    const { value: found, error } = this.#costs;
    return html`
      ${this.ledgerTabs()}
      ${filterForm({
        filters: this.place.filters,
        meters: this.info.meters.filter(({ device_id }) => device_id),
        drivers: this.#drivers.value?.drivers ?? [],
        today: todayIn(this.hass.config.time_zone),
        text,
        onFilter: this.#filter,
        onSearch: this.#onSearch,
      })}
      ${failure(this.#costs, text, this.#load)} ${this.problem()}
      ${found ? this.#costsCard(found) : error ? nothing : waiting(text)} ${this.#sender()}
    `;
  }

  #costsCard(found: Costs): TemplateResult {
    const { texts: text, hass } = this;
    return html`<section class="card" aria-labelledby="costs">
      <header>
        <h2 id="costs">${text("panel.ledger.billing")}</h2>
        <div class="downloads">
          ${(["pdf", "xlsx"] as const).map(
            (form) =>
              html`<button
                type="button"
                title=${text("panel.billing.statement_hint")}
                ?disabled=${!found.sessions}
                @click=${() => {
                  this.#saveStatement(form);
                }}
              >
                <ha-icon icon="mdi:download"></ha-icon>
                ${text("panel.billing.statement")} (${form.toUpperCase()})
              </button>`,
          )}
        </div>
      </header>
      <p class="quiet">${text("panel.billing.hint")}</p>
      ${
        found.sessions
          ? html`${this.#table(
              text("panel.billing.by_driver"),
              text("panel.filter.driver"),
              found.by_driver.map((sums) => [
                sums.driver_id === null
                  ? nameOf(sums, text)
                  : html`<a href=${this.#sessionsOf({ driver: String(sums.driver_id) })}
                      >${sums.driver}</a
                    >`,
                sums,
              ]),
              found,
            )}
            ${
              found.by_meter.length > 1
                ? this.#table(
                    text("panel.billing.by_meter"),
                    text("panel.filter.meter"),
                    found.by_meter.map((sums) => [
                      sums.device_id === null
                        ? (sums.meter ?? text("panel.gone"))
                        : html`<a href=${this.#sessionsOf({ meter: sums.device_id })}
                            >${sums.meter}</a
                          >`,
                      sums,
                    ]),
                    found,
                  )
                : nothing
            }
            ${found.left_out.map(({ reason, sessions }) =>
              notice(
                "neutral",
                "mdi:information-outline",
                `${text("panel.billing.left_out", { count: count(sessions, hass) })} ${explain(text, "not_billed", reason)}`,
              ),
            )}`
          : html`<p class="empty">${text("panel.list.none")}</p>`
      }
    </section>`;
  }

  #sessionsOf(filters: Partial<Filters>): string {
    const { range, since, until } = this.place.filters;
    return this.href({
      view: "sessions",
      page: 1,
      filters: { ...NO_FILTERS, range, since, until, ...filters },
    });
  }

  #table(
    caption: string,
    whose: string,
    rows: readonly (readonly [unknown, Sums])[],
    all: Sums,
  ): TemplateResult {
    const { texts: text } = this;
    return html`<h3>${caption}</h3>
      <div class="scroll" tabindex="0" role="region" aria-label=${caption}>
        <table class="sums" role="table">
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">${whose}</th>
              <th role="columnheader" scope="col" class="number">
                ${text("panel.billing.sessions")}
              </th>
              <th role="columnheader" scope="col" class="number">${text("panel.chart.title")}</th>
              <th role="columnheader" scope="col" class="number">${text("panel.list.cost")}</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${rows.map(([name, sums]) => this.#row(name, sums))}
          </tbody>
          <tfoot role="rowgroup">
            ${this.#row(text("panel.chart.total"), all)}
          </tfoot>
        </table>
      </div>`;
  }

  #row(name: unknown, { sessions, billed, imported, exported, costs }: Sums): TemplateResult {
    const { texts: text, hass } = this;
    return html`<tr role="row">
      <th role="rowheader" scope="row">${name}</th>
      <td role="cell" class="number count" data-of=${text("panel.billing.sessions")}>
        ${count(sessions, hass)}
        ${
          billed < sessions
            ? html`<small>${text("panel.billing.billed", { count: count(billed, hass) })}</small>`
            : nothing
        }
      </td>
      <td role="cell" class="number">
        ${decimal(imported, hass)} kWh
        ${
          Number(exported)
            ? html`<small>${text("panel.fact.exported")}: ${decimal(exported, hass)} kWh</small>`
            : nothing
        }
      </td>
      <td role="cell" class="number cost">
        ${
          costs.length
            ? costs.map(({ amount, currency }) => html`<div>${money(amount, currency, hass)}</div>`)
            : "–"
        }
      </td>
    </tr>`;
  }

  #sender(): TemplateResult | typeof nothing {
    const { texts: text } = this;
    const issuer = this.#issuer.value;
    if (!issuer) return nothing;
    return html`<details class="card">
      <summary><h2>${text("panel.billing.sender")}</h2></summary>
      <p class="quiet">${text("panel.billing.sender_hint")}</p>
      <form class="pair" @submit=${this.#saveSender}>
        ${SENDER.map(
          (name) =>
            html`<label
              ><span>${text(`panel.billing.${name}`)}</span>
              ${
                LONG.has(name)
                  ? html`<textarea
                      name=${name}
                      rows="3"
                      maxlength="1000"
                      .value=${issuer[name]}
                    ></textarea>`
                  : html`<input
                      name=${name}
                      type=${name === "email" ? "email" : "text"}
                      maxlength=${name === "party_id" ? 3 : 120}
                      pattern=${name === "party_id" ? "[A-Za-z0-9]{3}" : nothing}
                      .value=${issuer[name]}
                    />`
              }
            </label>`,
        )}
        <div class="downloads">
          <button class="start" ?disabled=${this._busy}>${text("panel.save")}</button>
          <span role="status">${this._saved ? text("panel.saved") : ""}</span>
        </div>
      </form>
    </details>`;
  }
}
