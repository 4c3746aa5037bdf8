import { html, nothing, svg, type PropertyValues, type TemplateResult } from "lit";

import { formatDuration, formatNumber } from "../common/format";
import { DOMAIN } from "../common/hass";
import { controls } from "../common/style";
import { chartRange, niceScale, stack, type Bars, type Range } from "./chart";
import { Fetched } from "./fetched";
import { NO_FILTERS, VERDICTS, hasFilters, toQuery, type Filters } from "./location";
import { PanelPage } from "./page";
import { failure, notice, verdictChip, waiting } from "./parts";
import type { Energy, Period, Session, SessionPage } from "./shapes";
import { chartStyle, pageStyle, tableStyle } from "./style";
import { NOTHING, day, energy, explain, identificationType, moment, who } from "./words";

const PAGE_SIZE = 25;

/** Whoever types is not interrupted by an answer to every letter. */
const TYPING = 350;

const HEIGHT = 200;
const LEFT = 44;
/** Room for the name of a bar. */
const LABEL = 64;
const BOTTOM = 22;
const TOP = 8;

export class OverviewPage extends PanelPage {
  static override readonly styles = [controls, pageStyle, tableStyle, chartStyle];

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

  #filter(changes: Partial<Filters>, replace = false): void {
    this.go({ filters: { ...this.place.filters, ...changes }, page: 1 }, replace);
  }

  readonly #onSearch = (event: InputEvent): void => {
    const { value } = event.target as HTMLInputElement;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      this.#filter({ search: value }, true);
    }, TYPING);
  };

  #onFilter(name: keyof Filters): (event: Event) => void {
    return (event) => {
      this.#filter({ [name]: (event.target as HTMLInputElement).value });
    };
  }

  #saveAll(form: string): void {
    const meters = this.#meters;
    const { meters: known } = this.info;
    const { entry_id } = known.find(({ device_id }) => device_id === meters[0]) ?? known[0] ?? {};
    const values = new URLSearchParams();
    for (const [name, value] of Object.entries(toQuery(this.place.filters, meters)))
      for (const each of [value].flat()) values.append(name, String(each));
    const query = values.size ? `?${values}` : "";
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
    const { texts: text, info } = this;
    const { filters } = this.place;
    const meters = info.meters.filter(({ device_id }) => device_id);
    return html`<form
      class="filters"
      role="search"
      @submit=${(event: Event) => {
        event.preventDefault();
      }}
    >
      <label class="wide"
        ><span>${text("panel.filter.search")}</span>
        <input
          type="search"
          name="search"
          .value=${filters.search}
          placeholder=${text("panel.filter.search_hint")}
          @input=${this.#onSearch}
        />
      </label>
      ${
        meters.length > 1
          ? html`<label
              ><span>${text("panel.filter.meter")}</span>
              <select name="meter" @change=${this.#onFilter("meter")}>
                <option value="" ?selected=${!filters.meter}>
                  ${text("panel.filter.all_meters")}
                </option>
                ${meters.map(
                  ({ device_id, name }) =>
                    html`<option value=${device_id ?? ""} ?selected=${device_id === filters.meter}>
                      ${name}
                    </option>`,
                )}
              </select>
            </label>`
          : nothing
      }
      <label
        ><span>${text("panel.filter.verdict")}</span>
        <select name="verdict" @change=${this.#onFilter("verdict")}>
          <option value="" ?selected=${!filters.verdict}>
            ${text("panel.filter.any_verdict")}
          </option>
          ${VERDICTS.map(
            (verdict) =>
              html`<option value=${verdict} ?selected=${verdict === filters.verdict}>
                ${explain(text, "panel.verdict", verdict)}
              </option>`,
          )}
        </select>
      </label>
      ${(["since", "until"] as const).map(
        (name) =>
          html`<label
            ><span>${text(`panel.filter.${name}`)}</span>
            <input
              type="date"
              name=${name}
              .value=${filters[name]}
              @change=${this.#onFilter(name)}
            />
          </label>`,
      )}
      ${
        hasFilters(filters)
          ? html`<button
              type="button"
              class="reset"
              @click=${() => {
                this.#filter(NO_FILTERS);
              }}
            >
              <ha-icon icon="mdi:filter-remove-outline"></ha-icon>${text("panel.filter.reset")}
            </button>`
          : nothing
      }
    </form>`;
  }

  // --- the chart -----------------------------------------------------------------------------------

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

  #figure(found: Energy, range: Range): TemplateResult {
    const { texts: text, hass } = this;
    const bars = stack(found, range.starts);
    // Home Assistant cannot read plurals in a custom integration's texts.
    const key = found.sessions === 1 ? "panel.chart.summary_one" : "panel.chart.summary";
    const summary = text(key, {
      energy: energy(found.imported, hass),
      sessions: found.sessions,
      since: day(range.since, hass),
      until: day(range.until, hass),
    });
    return html`<figure>
      <figcaption>${summary}</figcaption>
      ${
        found.sessions
          ? html`${this.#bars(bars, range, summary)} ${this.#legend(bars)}
            ${this.#asTable(bars, range)}`
          : html`<p class="quiet">${text("panel.chart.none")}</p>`
      }
    </figure>`;
  }

  #bars({ bars, highest }: Bars, { period }: Range, summary: string): TemplateResult {
    const { hass, _width: width } = this;
    const scale = niceScale(highest);
    const plot = HEIGHT - TOP - BOTTOM;
    const y = (value: number): number => TOP + plot - (value / scale.top) * plot;
    const slot = (width - LEFT) / bars.length;
    const thick = Math.min(slot * 0.72, 48);
    const every = Math.ceil(LABEL / slot);
    return html`<div class="plot">
      <svg viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label=${summary}>
        ${scale.ticks.map(
          (tick) =>
            svg`<line class="grid" x1=${LEFT} x2=${width} y1=${y(tick)} y2=${y(tick)} />
              <text class="tick" x=${LEFT - 8} y=${y(tick) + 4} text-anchor="end">${formatNumber(tick, scale.decimals, hass.locale)}</text>`,
        )}
        ${bars.map(({ start, values, total }, place) => {
          const left = LEFT + place * slot + (slot - thick) / 2;
          let below = 0;
          return svg`<g class="bar">
            <title>${this.#barName(start, period)}: ${formatNumber(total, 2, hass.locale)} kWh</title>
            <rect class="hit" x=${LEFT + place * slot} y=${TOP} width=${slot} height=${plot} />
            ${values.map((value, series) => {
              if (!value) return nothing;
              const bottom = y(below);
              below += value;
              return svg`<rect class="series-${series}" x=${left} y=${y(below)} width=${thick} height=${Math.max(bottom - y(below), 0.5)} />`;
            })}
            ${
              (bars.length - 1 - place) % every
                ? nothing
                : svg`<text class="tick" x=${Math.min(left + thick / 2, width - LABEL / 3)} y=${HEIGHT - 4} text-anchor="middle">${this.#tickName(start, period)}</text>`
            }
          </g>`;
        })}
      </svg>
    </div>`;
  }

  #tickName(start: string, period: Period): string {
    return day(
      start,
      this.hass,
      period === "day" ? { day: "numeric", month: "short" } : { month: "short", year: "2-digit" },
    );
  }

  #barName(start: string, period: Period): string {
    return period === "day"
      ? day(start, this.hass, { dateStyle: "full" })
      : day(start, this.hass, { month: "long", year: "numeric" });
  }

  #seriesName(identification: string | null | undefined): string {
    if (identification) return identification;
    return this.texts(identification === undefined ? "panel.chart.others" : "panel.unidentified");
  }

  /** Who charged how much; choosing somebody searches for that one. */
  #legend({ series }: Bars): TemplateResult {
    const { search } = this.place.filters;
    return html`<ul class="legend">
      ${series.map(({ identification, total }, place) => {
        const content = html`<i class="series-${place}"></i>
          <span>${this.#seriesName(identification)}</span>
          <b>${formatNumber(total, 1, this.hass.locale)} kWh</b>`;
        const chosen = search !== "" && search === identification;
        return html`<li>
          ${
            identification
              ? html`<button
                  type="button"
                  aria-pressed=${String(chosen)}
                  @click=${() => {
                    this.#filter({ search: chosen ? "" : identification });
                  }}
                >
                  ${content}
                </button>`
              : html`<span class="item">${content}</span>`
          }
        </li>`;
      })}
    </ul>`;
  }

  #asTable({ bars, series }: Bars, { period }: Range): TemplateResult {
    const { texts: text, hass } = this;
    const write = (value: number): string =>
      value ? formatNumber(value, 2, hass.locale) : NOTHING;
    return html`<details class="numbers">
      <summary>${text("panel.chart.table")}</summary>
      <div class="scroll" tabindex="0" role="group" aria-label=${text("panel.chart.table")}>
        <table>
          <caption class="visually-hidden">
            ${text("panel.chart.caption")}
          </caption>
          <thead>
            <tr>
              <th scope="col">${text(`panel.chart.${period}`)}</th>
              ${series.map(
                ({ identification }) =>
                  html`<th scope="col" class="number">${this.#seriesName(identification)}</th>`,
              )}
              <th scope="col" class="number">${text("panel.chart.total")}</th>
            </tr>
          </thead>
          <tbody>
            ${bars
              .filter(({ total }) => total)
              .reverse()
              .map(
                ({ start, values, total }) =>
                  html`<tr>
                    <th scope="row">${this.#barName(start, period)}</th>
                    ${values.map((value) => html`<td class="number">${write(value)}</td>`)}
                    <td class="number">${write(total)}</td>
                  </tr>`,
              )}
          </tbody>
        </table>
      </div>
    </details>`;
  }

  // --- the list ------------------------------------------------------------------------------------

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
      ${!found ? (this.#sessions.error ? nothing : waiting(text)) : this.#page(found)}
    </section>`;
  }

  #page(found: SessionPage): TemplateResult {
    const { texts: text } = this;
    const { sessions, total, offset, limit } = found;
    if (!sessions.length)
      return html`<div class="empty">
        <ha-icon icon="mdi:magnify-close"></ha-icon>
        <p>${text("panel.list.none")}</p>
      </div>`;
    const page = Math.floor(offset / limit) + 1;
    const range = text("panel.list.range", {
      first: offset + 1,
      last: offset + sessions.length,
      total,
    });
    const severalMeters = this.info.meters.length > 1;
    const columns = [
      "begin",
      "duration",
      "energy",
      "who",
      ...(severalMeters ? (["meter"] as const) : []),
      "tariff",
      "verdict",
    ] as const;
    // The roles are said because rows are shown as cards where it is narrow.
    return html`<table class="sessions" role="table" aria-labelledby="sessions">
        <thead role="rowgroup">
          <tr role="row">
            ${columns.map(
              (column) =>
                html`<th
                  role="columnheader"
                  scope="col"
                  class=${column === "energy" || column === "duration" ? "number" : ""}
                >
                  ${text(`panel.list.${column}`)}
                </th>`,
            )}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${sessions.map((session) => this.#row(session, severalMeters))}
        </tbody>
      </table>
      <nav class="paging" aria-label=${text("panel.list.pages")}>
        <span aria-live="polite">${range}</span>
        ${this.#pageButton(page - 1, page > 1, "previous", "mdi:chevron-left")}
        ${this.#pageButton(page + 1, offset + limit < total, "next", "mdi:chevron-right")}
      </nav>`;
  }

  #pageButton(
    page: number,
    there: boolean,
    name: "previous" | "next",
    icon: string,
  ): TemplateResult {
    const label = this.texts(`panel.list.${name}`);
    return html`<button
      type="button"
      class="icon"
      aria-label=${label}
      title=${label}
      ?disabled=${!there}
      @click=${() => {
        this.go({ page });
      }}
    >
      <ha-icon icon=${icon}></ha-icon>
    </button>`;
  }

  #row(session: Session, severalMeters: boolean): TemplateResult {
    const { texts: text, hass } = this;
    const { duration, tariff_text: tariff } = session;
    const open = session.outcome === "open";
    const meter = session.device_id ?? this.place.filters.meter;
    const href = this.href({
      view: "session",
      session: session.session_id,
      filters: { ...NO_FILTERS, meter: meter || (this.#meters[0] ?? "") },
    });
    return html`<tr role="row">
      <td role="cell" class="begin">
        <a href=${href}
          >${session.begin ? moment(session.begin, hass) : text("panel.list.no_time")}</a
        >
      </td>
      <td role="cell" class="number duration">
        ${
          open
            ? html`<span class="open">${text("panel.outcome.open")}</span>`
            : duration === null
              ? NOTHING
              : formatDuration(duration)
        }
      </td>
      <td role="cell" class="number energy">
        ${/* What has flowed is signed at the end. */ open ? NOTHING : energy(session.imported, hass)}
      </td>
      <td role="cell" class="who">
        ${who(session, text)}
        ${
          session.identification
            ? html`<small>${identificationType(session.identification_type, text)}</small>`
            : nothing
        }
      </td>
      ${
        severalMeters
          ? html`<td role="cell" class="meter">${session.meter ?? text("panel.gone")}</td>`
          : nothing
      }
      <td role="cell" class="tariff">${tariff ?? NOTHING}</td>
      <td role="cell" class="verdict">${verdictChip(session.verdict, text)}</td>
    </tr>`;
  }
}
