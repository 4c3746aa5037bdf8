import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { DOMAIN } from "../common/hass";
import { controls } from "../common/style";
import { chartRange, type Range } from "./chart";
import { energyFigure } from "./energy-figure";
import { Fetched } from "./fetched";
import { filterForm } from "./filter-form";
import { NO_FILTERS, hasFilters, toQuery, type Filters } from "./location";
import { PanelPage } from "./page";
import { failure, notice, waiting } from "./parts";
import { sessionTable } from "./session-table";
import type { Energy, Period, Session, SessionPage } from "./shapes";
import { baseStyle } from "./styles/base";
import { chartStyle } from "./styles/chart";
import { overviewStyle } from "./styles/overview";
import { tableStyle } from "./styles/table";

const PAGE_SIZE = 25;

/** Typing is not interrupted by an answer to every letter. */
const TYPING = 350;

export class OverviewPage extends PanelPage {
  static override readonly styles = [controls, baseStyle, tableStyle, chartStyle, overviewStyle];

  readonly #sessions = new Fetched<SessionPage>(this);
  readonly #energy = new Fetched<Energy>(this);
  #asked = "";
  #typing: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#typing);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const asked = JSON.stringify([this.place, this.#meters]);
    if (asked === this.#asked && !changed.has("revision")) return;
    this.#asked = asked;
    this.#load();
  }

  /** The meters to ask about: the chosen one, or all those whose archive is the first one's. */
  get #meters(): string[] {
    const { meter } = this.place.filters;
    if (meter) return [meter];
    const { meters } = this.info;
    if (meters.every(({ archive }) => archive === meters[0]?.archive)) return [];
    return meters.flatMap(({ archive, device_id }) => (archive ? [] : (device_id ?? [])));
  }

  get #range(): Range {
    const zone = { timeZone: this.hass.config.time_zone };
    // Swedes write days as ISO does.
    const today = new Intl.DateTimeFormat("sv-SE", zone).format(new Date());
    return chartRange(this.place.filters, this.place.period, today);
  }

  protected override updated(): void {
    const { value: found, busy } = this.#sessions;
    // What was on this page may be on an earlier one by now.
    const last = Math.ceil((found?.total ?? 0) / PAGE_SIZE);
    if (!busy && found?.sessions.length === 0 && last && last < this.place.page)
      this.go({ page: last }, true);
  }

  readonly #load = (): void => {
    const { filters, page } = this.place;
    const query = toQuery(filters, this.#meters);
    void this.#sessions.load(this.hass, "sessions/list", {
      ...query,
      offset: (page - 1) * PAGE_SIZE,
      limit: PAGE_SIZE,
    });
    const { since, until, period } = this.#range;
    const days = toQuery({ ...filters, since, until }, this.#meters);
    void this.#energy.load(this.hass, "sessions/energy", { ...days, period });
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

  #saveAll(form: string): void {
    const meters = this.#meters;
    const { meters: known } = this.info;
    const { entry_id } = known.find(({ device_id }) => device_id === meters[0]) ?? known[0] ?? {};
    const values = new URLSearchParams();
    for (const [name, value] of Object.entries(toQuery(this.place.filters, meters)))
      for (const each of [value].flat()) values.append(name, String(each));
    const query = String(values) && `?${values}`;
    void this.save(`/api/${DOMAIN}/${entry_id ?? ""}/sessions.${form}${query}`);
  }

  protected override render(): TemplateResult {
    const { texts: text, info } = this;
    const sessions = this.#sessions.value;
    const empty = sessions?.total === 0 && !hasFilters(this.place.filters);
    return html`
      ${info.meters
        .filter(({ available }) => !available)
        .map(({ name, waiting: count }) =>
          notice("warning", "mdi:database-off-outline", text("panel.unavailable", { name, count })),
        )}
      ${empty ? this.#empty() : html`${this.#filters()} ${this.#chart()} ${this.#list()}`}
    `;
  }

  #empty(): TemplateResult {
    const { texts: text } = this;
    return html`<section class="empty card">
      <ha-icon icon="mdi:ev-station"></ha-icon>
      <h2>${text("panel.empty.title")}</h2>
      <p>${text("panel.empty.hint")}</p>
    </section>`;
  }

  #filters(): TemplateResult {
    return filterForm({
      filters: this.place.filters,
      meters: this.info.meters.filter(({ device_id }) => device_id),
      text: this.texts,
      onFilter: this.#filter,
      onSearch: this.#onSearch,
    });
  }

  #chart(): TemplateResult {
    const { texts: text } = this;
    const range = this.#range;
    const found = this.#energy.value;
    return html`<section class="card" aria-labelledby="energy">
      <header>
        <h2 id="energy">${text("panel.chart.title")}</h2>
        <div class="switch" role="group" aria-label=${text("panel.chart.by")}>
          ${(["day", "month"] as const).map((period) => this.#periodButton(period, range.period))}
        </div>
      </header>
      ${failure(this.#energy, text, this.#load)}
      ${found?.period === range.period ? this.#figure(found, range) : waiting(text)}
    </section>`;
  }

  #figure(found: Energy, range: Range): TemplateResult {
    return energyFigure(found, range, {
      text: this.texts,
      hass: this.hass,
      width: this._width,
      search: this.place.filters.search,
      onSearch: (search) => {
        this.#filter({ search });
      },
    });
  }

  #periodButton(period: Period, shown: Period): TemplateResult {
    return html`<button
      type="button"
      aria-pressed=${String(shown === period)}
      @click=${() => {
        this.go({ period }, true);
      }}
    >
      ${this.texts(`panel.chart.${period}`)}
    </button>`;
  }

  #list(): TemplateResult {
    const { texts: text } = this;
    const { value: found, busy } = this.#sessions;
    return html`<section class="card list" aria-labelledby="sessions" aria-busy=${String(busy)}>
      <header>
        <h2 id="sessions">${text("panel.list.title")}</h2>
        ${
          found?.total
            ? html`<div class="downloads">
                ${["csv", "zip"].map(
                  (form) =>
                    html`<button
                      type="button"
                      title=${text(`panel.download.all_${form === "csv" ? "csv" : "zip"}`)}
                      @click=${() => {
                        this.#saveAll(form);
                      }}
                    >
                      <ha-icon icon="mdi:download"></ha-icon>${form.toUpperCase()}
                    </button>`,
                )}
              </div>`
            : nothing
        }
      </header>
      ${this._problem ? notice("danger", "mdi:alert-circle-outline", this._problem) : nothing}
      ${failure(this.#sessions, text, this.#load)}
      ${!found ? (this.#sessions.error ? nothing : waiting(text)) : this.#table(found)}
    </section>`;
  }

  #table(found: SessionPage): TemplateResult {
    return sessionTable(found, {
      text: this.texts,
      hass: this.hass,
      severalMeters: this.info.meters.length > 1,
      hrefOf: (session) => this.#hrefOf(session),
      onPage: (page) => {
        this.go({ page });
      },
    });
  }

  #hrefOf(session: Session): string {
    const meter = session.device_id ?? this.place.filters.meter;
    return this.href({
      view: "session",
      session: session.session_id,
      filters: { ...NO_FILTERS, meter: meter || (this.#meters[0] ?? "") },
    });
  }
}
