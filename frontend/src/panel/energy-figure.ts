import { html, nothing, svg, type TemplateResult } from "lit";

import { formatNumber } from "../common/format";
import type { HomeAssistant } from "../common/hass";
import type { Localize } from "../common/texts";
import { niceScale, stack, type Bars, type Range } from "./chart";
import type { Energy, Period } from "./shapes";
import { NOTHING, day, energy } from "./words";

const HEIGHT = 200;
const LEFT = 44;
/** Room for the name of a bar. */
const LABEL = 64;
const BOTTOM = 22;
const TOP = 8;

interface Shown {
  readonly text: Localize;
  readonly hass: HomeAssistant;
  /** Pixels. */
  readonly width: number;
  /** Whom the list is searched for. */
  readonly search: string;
  readonly onSearch: (search: string) => void;
}

/** How much energy was charged when, and by whom. */
export function energyFigure(found: Energy, range: Range, shown: Shown): TemplateResult {
  const { text, hass } = shown;
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
        ? html`${stackedBars(bars, range, summary, shown)} ${legend(bars, shown)}
          ${asTable(bars, range, shown)}`
        : html`<p class="quiet">${text("panel.chart.none")}</p>`
    }
  </figure>`;
}

function stackedBars(
  { bars, highest }: Bars,
  { period }: Range,
  summary: string,
  { hass, width }: Shown,
): TemplateResult {
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
          <title>${barName(start, period, hass)}: ${formatNumber(total, 2, hass.locale)} kWh</title>
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

function tickName(start: string, period: Period, hass: HomeAssistant): string {
  return day(
    start,
    hass,
    period === "day" ? { day: "numeric", month: "short" } : { month: "short", year: "2-digit" },
  );
}

function barName(start: string, period: Period, hass: HomeAssistant): string {
  return period === "day"
    ? day(start, hass, { dateStyle: "full" })
    : day(start, hass, { month: "long", year: "numeric" });
}

function seriesName(identification: string | null | undefined, text: Localize): string {
  if (identification) return identification;
  return text(identification === undefined ? "panel.chart.others" : "panel.unidentified");
}

/** Who charged how much; choosing one searches for that driver. */
function legend({ series }: Bars, { text, hass, search, onSearch }: Shown): TemplateResult {
  return html`<ul class="legend">
    ${series.map(({ identification, total }, place) => {
      const content = html`<i class="series-${place}"></i>
        <span>${seriesName(identification, text)}</span>
        <b>${formatNumber(total, 1, hass.locale)} kWh</b>`;
      const chosen = search !== "" && search === identification;
      return html`<li>
        ${
          identification
            ? html`<button
                type="button"
                aria-pressed=${String(chosen)}
                @click=${() => {
                  onSearch(chosen ? "" : identification);
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
              ({ identification }) =>
                html`<th scope="col" class="number">${seriesName(identification, text)}</th>`,
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
