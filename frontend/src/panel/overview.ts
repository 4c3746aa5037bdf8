import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { DOMAIN } from "../common/hass";
import { controls } from "../common/style";
import { chartRange, type Range } from "./chart";
import { recallColumns, rememberColumns, shownColumns, type Choices, type Column } from "./columns";
import { energyFigure } from "./energy-figure";
import { Fetched } from "./fetched";
import { filterForm } from "./filter-form";
import { NO_FILTERS, daysOf, hasFilters, toQuery, todayIn, type Filters } from "./location";
import { PanelPage } from "./page";
import { failure, notice, waiting } from "./parts";
import { columnChoice, sessionTable } from "./session-table";
import type { Drivers, Energy, Period, Prices, Session, SessionPage } from "./shapes";
import { baseStyle } from "./styles/base";
import { chartStyle } from "./styles/chart";
import { overviewStyle } from "./styles/overview";
import { tableStyle } from "./styles/table";
import { count } from "./words";

const PAGE_SIZE = 25;

/** Typing is not interrupted by an answer to every letter. */
const TYPING = 350;

export class OverviewPage extends PanelPage {
  static override readonly properties = {
    ...PanelPage.properties,
    _pointed: { state: true },
    _choices: { state: true },
  };
  static override readonly styles = [controls, baseStyle, tableStyle, chartStyle, overviewStyle];

  /** The first day of the bar that is pointed at. */
  declare _pointed: string;
  /** Of columns. */
  declare _choices: Choices;

  readonly #sessions = new Fetched<SessionPage>(this);
  readonly #energy = new Fetched<Energy>(this);
  /** To choose from, and to know whether there is a cost: what fails here is not missed. */
  readonly #drivers = new Fetched<Drivers>(this);
  readonly #prices = new Fetched<Prices>(this);
  #asked = "";
  /** What the energies were asked for by. */
  #added: Period | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this._pointed = "";
    this._choices = recallColumns();
  }

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

  get #today(): string {
    return todayIn(this.hass.config.time_zone);
  }

  /** The bars for the days of the list. */
  get #range(): Range {
    const { filters, period } = this.place;
    const today = this.#today;
    return chartRange(daysOf(filters, today), period, today, this.#energy.value);
  }

  /** The bars' energies as the server adds them up; by day only what is known to be short. */
  get #bars(): Period {
    const known = this.#energy.value ?? daysOf(this.place.filters, this.#today).since;
    return known && this.#range.period === "day" ? "day" : "month";
  }

  protected override updated(): void {
    super.updated();
    const { value: found, busy } = this.#sessions;
    // What was on this page may be on an earlier one by now.
    const last = Math.ceil((found?.total ?? 0) / PAGE_SIZE);
    if (!busy && found?.sessions.length === 0 && last && last < this.place.page)
      this.go({ page: last }, true);
    // How long the range is without a limit is known when its energy is.
    const { value: energy, busy: adding, error } = this.#energy;
    if (energy && !adding && !error && this.#added !== this.#bars) this.#loadEnergy();
  }

  readonly #load = (): void => {
    const { filters, page } = this.place;
    const meters = this.#meters;
    void this.#sessions.load(this.hass, "sessions/list", {
      ...toQuery(filters, meters, this.#today),
      offset: (page - 1) * PAGE_SIZE,
      limit: PAGE_SIZE,
    });
    this.#loadEnergy();
    const archive = meters.length ? { device_id: meters } : {};
    void this.#drivers.load(this.hass, "drivers/list", archive);
    void this.#prices.load(this.hass, "prices/list", archive);
  };

  readonly #loadEnergy = (): void => {
    const query = toQuery(this.place.filters, this.#meters, this.#today);
    this.#added = this.#bars;
    void this.#energy.load(this.hass, "sessions/energy", { ...query, period: this.#added });
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
    for (const [name, value] of Object.entries(toQuery(this.place.filters, meters, this.#today)))
      for (const each of [value].flat()) values.append(name, String(each));
    const query = String(values) && `?${values}`;
    void this.save(`/api/${DOMAIN}/${entry_id ?? ""}/sessions.${form}${query}`);
  }

  protected override render(): TemplateResult {
    const { texts: text, info } = this;
    const sessions = this.#sessions.value;
    const empty = sessions?.total === 0 && !hasFilters(this.place.filters);
    return html`
      <h2 class="visually-hidden">${text("panel.tab.sessions")}</h2>
      ${info.meters
        .filter(({ available }) => !available)
        .map(({ name, waiting: some }) =>
          notice(
            "warning",
            "mdi:database-off-outline",
            text("panel.unavailable", { name, count: count(some, this.hass) }),
          ),
        )}
      ${empty ? this.#empty() : html`${this.#filters()} ${this.#chart()} ${this.#list()}`}
    `;
  }

  #empty(): TemplateResult {
    const { texts: text } = this;
    return html`<section class="empty card">
      <ha-icon icon="mdi:ev-station"></ha-icon>
      <h3>${text("panel.empty.title")}</h3>
      <p>${text("panel.empty.hint")}</p>
    </section>`;
  }

  #filters(): TemplateResult {
    return filterForm({
      filters: this.place.filters,
      meters: this.info.meters.filter(({ device_id }) => device_id),
      drivers: this.#drivers.value?.drivers ?? [],
      today: this.#today,
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
        <h3 id="energy">${text("panel.chart.title")}</h3>
        ${
          range.short
            ? html`<div class="switch" role="group" aria-label=${text("panel.chart.by")}>
                ${(["day", "month"] as const).map((period) => this.#periodButton(period, range))}
              </div>`
            : nothing
        }
      </header>
      ${failure(this.#energy, text, this.#loadEnergy)}
      ${found?.period === this.#bars ? this.#figure(found, range) : waiting(text)}
    </section>`;
  }

  #figure(found: Energy, range: Range): TemplateResult {
    return energyFigure(found, range, {
      text: this.texts,
      hass: this.hass,
      width: this._width,
      filters: this.place.filters,
      onFilter: this.#filter,
      pointed: this._pointed,
      onPoint: (start) => {
        this._pointed = start;
      },
    });
  }

  #periodButton(period: Period, shown: Range): TemplateResult {
    return html`<button
      type="button"
      aria-pressed=${String(shown.period === period)}
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
        <h3 id="sessions">${text("panel.list.title")}</h3>
        ${
          found?.total
            ? html`<div class="downloads">
                ${(["xlsx", "csv", "zip"] as const).map(
                  (form) =>
                    html`<button
                      type="button"
                      title=${text(`panel.download.all_${form}`)}
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
    const columns = shownColumns(this._choices, {
      severalMeters: this.info.meters.length > 1,
      prices: !!this.#prices.value?.prices.length,
    });
    return html`${columnChoice(columns, this.texts, this.#chooseColumn)}
    ${sessionTable(found, {
      text: this.texts,
      hass: this.hass,
      columns,
      hrefOf: (session) => this.#hrefOf(session),
      onPage: (page) => {
        this.go({ page });
      },
      onAll:
        this.place.filters.range === "all"
          ? undefined
          : () => {
              this.#filter({ range: "all", since: "", until: "" });
            },
    })}`;
  }

  readonly #chooseColumn = (column: Column, there: boolean): void => {
    this._choices = { ...this._choices, [column]: there };
    rememberColumns(this._choices);
  };

  #hrefOf(session: Session): string {
    const meter = session.device_id ?? this.place.filters.meter;
    return this.href({
      view: "session",
      session: session.session_id,
      filters: { ...NO_FILTERS, meter: meter || (this.#meters[0] ?? "") },
    });
  }
}
