import { html, nothing, svg, type TemplateResult } from "lit";

import { formatNumber } from "../common/format";
import type { HomeAssistant } from "../common/hass";
import type { Localize } from "../common/texts";
import {
  columns,
  niceScale,
  stack,
  type BarPeriod,
  type Bars,
  type Charger,
  type Range,
} from "./chart";
import type { Filters } from "./location";
import type { Energy } from "./shapes";
import { NOTHING, count, day, energy, nameOf } from "./words";

const HEIGHT = 200;
const LEFT = 44;
/** Room for the name of a bar. */
const LABEL = 78;
const BOTTOM = 22;
const TOP = 8;

interface Shown {
  readonly text: Localize;
  readonly hass: HomeAssistant;
  /** Pixels. */
  readonly width: number;
  /** Whom the list is narrowed down to. */
  readonly filters: Filters;
  readonly onFilter: (changes: Partial<Filters>) => void;
  /** The first day of the bar whose values are shown. */
  readonly pointed: string;
  readonly onPoint: (start: string) => void;
}

/** How much energy was charged when, and by whom. */
export function energyFigure(found: Energy, range: Range, shown: Shown): TemplateResult {
  const { text, hass } = shown;
  // Home Assistant cannot read plurals in a custom integration's texts.
  const key = found.sessions === 1 ? "panel.chart.summary_one" : "panel.chart.summary";
  const summary = text(key, {
    energy: energy(found.imported, hass),
    sessions: count(found.sessions, hass),
    since: day(range.since, hass),
    until: day(range.until, hass),
  });
  const bars = stack(found, range);
  const all = columns(found, range);
  return html`<figure>
    <figcaption>${summary}</figcaption>
    ${
      found.sessions
        ? html`${stackedBars(bars, range, summary, shown)} ${valuesOf(all, range, shown)}
          ${legend(bars, shown)} ${asTable(all, range, shown)}`
        : html`<p class="quiet">${text("panel.chart.none")}</p>`
    }
  </figure>`;
}

function stackedBars(
  { bars, highest }: Bars,
  { period }: Range,
  summary: string,
  { hass, width, pointed, onPoint }: Shown,
): TemplateResult {
  const scale = niceScale(highest);
  const plot = HEIGHT - TOP - BOTTOM;
  const y = (value: number): number => TOP + plot - (value / scale.top) * plot;
  const slot = (width - LEFT) / bars.length;
  const thick = Math.min(slot * 0.72, 48);
  const every = Math.ceil(LABEL / slot);
  return html`<div
    class="plot"
    @pointerleave=${({ pointerType }: PointerEvent) => {
      // A finger leaves when it is lifted: what it touched stays.
      if (pointerType === "mouse") onPoint("");
    }}
  >
    <svg viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label=${summary}>
      ${scale.ticks.map(
        (tick) =>
          svg`<line class="grid" x1=${LEFT} x2=${width} y1=${y(tick)} y2=${y(tick)} />
            <text class="tick" x=${LEFT - 8} y=${y(tick) + 4} text-anchor="end">${formatNumber(tick, scale.decimals, hass.locale)}</text>`,
      )}
      ${bars.map(({ start, values }, place) => {
        const left = LEFT + place * slot + (slot - thick) / 2;
        let below = 0;
        return svg`<g
          class="bar ${start === pointed ? "pointed" : ""}"
          @pointerenter=${() => {
            onPoint(start);
          }}
        >
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
              : svg`<text class="tick" x=${Math.min(left + thick / 2, width - LABEL / 3)} y=${HEIGHT - 4} text-anchor="middle">${tickName(start, period, hass)}</text>`
          }
        </g>`;
      })}
    </svg>
  </div>`;
}

/** The bar that is pointed at or was touched, in figures. */
function valuesOf(
  { bars, series }: Bars,
  { period }: Range,
  { text, hass, pointed }: Shown,
): TemplateResult {
  const bar = bars.find(({ start }) => start === pointed);
  if (!bar) return html`<p class="quiet values">${text("panel.chart.hint")}</p>`;
  const parts = bar.values.flatMap((value, place) =>
    value
      ? `${chargerName(series[place]?.charger, text)} ${formatNumber(value, 2, hass.locale)}`
      : [],
  );
  return html`<p class="values">
    ${barName(bar.start, period, hass)}: <b>${formatNumber(bar.total, 2, hass.locale)} kWh</b>
    ${parts.length ? html`<span class="quiet">${parts.join(" · ")}</span>` : nothing}
  </p>`;
}

const TICKS: Readonly<Record<BarPeriod, Intl.DateTimeFormatOptions>> = {
  day: { day: "numeric", month: "short" },
  // With two digits, "Nov 26" would be a day.
  month: { month: "short", year: "numeric" },
  year: { year: "numeric" },
};

const NAMES: Readonly<Record<BarPeriod, Intl.DateTimeFormatOptions>> = {
  day: { dateStyle: "full" },
  month: { month: "long", year: "numeric" },
  year: { year: "numeric" },
};

function tickName(start: string, period: BarPeriod, hass: HomeAssistant): string {
  return day(start, hass, TICKS[period]);
}

function barName(start: string, period: BarPeriod, hass: HomeAssistant): string {
  return day(start, hass, NAMES[period]);
}

function chargerName(charger: Charger | undefined, text: Localize): string {
  return charger ? nameOf(charger, text) : text("panel.chart.others");
}

/** What the list is to be narrowed down to; nothing for those who did not identify. */
function filterOf(charger: Charger | undefined): Partial<Filters> | undefined {
  if (!charger) return undefined;
  const { driverId, identification } = charger;
  if (driverId !== null) return { driver: String(driverId) };
  return identification ? { search: identification } : undefined;
}

/** Who charged how much; choosing one narrows the list down to that driver. */
function legend({ series }: Bars, { text, hass, filters, onFilter }: Shown): TemplateResult {
  return html`<ul class="legend">
    ${series.map(({ charger, total }, place) => {
      const content = html`<i class="series-${place}"></i>
        <span>${chargerName(charger, text)}</span>
        <b>${formatNumber(total, 1, hass.locale)} kWh</b>`;
      const filter = filterOf(charger);
      const chosen =
        filter?.driver === filters.driver || (!!filter?.search && filter.search === filters.search);
      return html`<li>
        ${
          filter
            ? html`<button
                type="button"
                aria-pressed=${String(chosen)}
                @click=${() => {
                  onFilter(chosen ? { driver: "", search: "" } : filter);
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

/** All figures; nobody is merged with others. */
function asTable({ bars, series }: Bars, { period }: Range, { text, hass }: Shown): TemplateResult {
  const write = (value: number): string => (value ? formatNumber(value, 2, hass.locale) : NOTHING);
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
              ({ charger }) =>
                html`<th scope="col" class="number">${chargerName(charger, text)}</th>`,
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
                  <th scope="row">${barName(start, period, hass)}</th>
                  ${values.map((value) => html`<td class="number">${write(value)}</td>`)}
                  <td class="number">${write(total)}</td>
                </tr>`,
            )}
        </tbody>
      </table>
    </div>
  </details>`;
}
