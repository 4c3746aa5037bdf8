import { LitElement, css, html, svg, type TemplateResult } from "lit";

import { formatNumber } from "../common/format";
import type { Locale } from "../common/hass";
import { TraceBuffer, scaleOf, type Point } from "./trace-buffer";

export const TRACE_MINUTES = 5;

/** One for every two seconds: more would hardly be seen, and cost. */
const SLOTS = TRACE_MINUTES * 30;

/** Longer without a value, and the line is broken. A slow serial line gives one every few seconds. */
const LONGEST_GAP = 15;

/** In the drawing's own units, which are stretched to the element's size. */
const WIDTH = 1000;
const HEIGHT = 100;
/** Room for the head below zero. */
const FOOT = 10;

export function newTrace(): TraceBuffer {
  return new TraceBuffer(TRACE_MINUTES * 60, SLOTS);
}

/** The power of the last minutes as a line that moves. */
export class PowerTrace extends LitElement {
  static override readonly properties = {
    buffer: { attribute: false },
    label: { type: String },
    locale: { attribute: false },
  };

  declare buffer: TraceBuffer;
  declare label: string;
  declare locale: Locale | undefined;

  #now = 0;

  static override readonly styles = css`
    :host {
      display: block;
      position: relative;
      /* What moves here is laid out and painted separately. */
      contain: content;
      color: var(--dmed4-accent, currentColor);
    }
    svg {
      display: block;
      /* Room for the head. */
      width: calc(100% - 14px);
      height: 100%;
    }
    .line {
      fill: none;
      stroke: currentColor;
      stroke-width: 2;
      stroke-linejoin: round;
      stroke-linecap: round;
      vector-effect: non-scaling-stroke;
    }
    .grid {
      stroke: var(--divider-color, #e0e0e0);
      stroke-width: 1;
      opacity: 0.6;
      vector-effect: non-scaling-stroke;
    }
    .grid.zero {
      opacity: 1;
    }
    .head,
    .scale {
      position: absolute;
      pointer-events: none;
    }
    .head {
      right: 9px;
      width: 10px;
      height: 10px;
      margin-top: -5px;
      border-radius: 50%;
      background: currentColor;
      box-shadow: 0 0 0 5px color-mix(in srgb, currentColor 25%, transparent);
    }
    .scale {
      top: 4px;
      inset-inline-start: var(--dmed4-padding, 16px);
      color: var(--secondary-text-color, #727272);
      font-size: var(--ha-font-size-s, 12px);
      line-height: 1.2;
    }
  `;

  constructor() {
    super();
    this.label = "";
  }

  /** Draw what there is, up to a time. */
  draw(now: number): void {
    this.#now = now;
    this.requestUpdate();
  }

  protected override shouldUpdate(): boolean {
    return this.#now > 0;
  }

  protected override render(): TemplateResult {
    const runs = this.buffer.runs(this.#now, LONGEST_GAP);
    const { low, high } = scaleOf(runs);
    const y = (value: number): number => (HEIGHT * (high - value)) / (high - low);
    const lines = runs.map((run) => linePath(run, y));
    const newest = runs.at(-1)?.at(-1);
    const digits = high < 5 ? 1 : 0;
    return html`
      <svg
        viewBox="0 0 ${WIDTH} ${HEIGHT + FOOT}"
        preserveAspectRatio="none"
        role="img"
        aria-label=${this.label}
      >
        <defs>
          <linearGradient id="below" x1="0" x2="0" y1="0" y2="1">
            <stop offset="0" stop-color="currentColor" stop-opacity="0.35" />
            <stop offset="1" stop-color="currentColor" stop-opacity="0.04" />
          </linearGradient>
        </defs>
        <path class="grid" d="M0 ${y((low + high) / 2)}H${WIDTH}" />
        <path class="grid zero" d="M0 ${y(0)}H${WIDTH}" />
        ${lines.map(
          ({ line, first, last }) => svg`
            <path d="${line}L${last} ${y(0)}L${first} ${y(0)}Z" fill="url(#below)" />
            <path class="line" d=${line} />`,
        )}
      </svg>
      ${
        this.locale && runs.some((run) => run.some(({ min, max }) => min || max))
          ? html`<span class="scale" aria-hidden="true"
              >${formatNumber(high, digits, this.locale)} kW</span
            >`
          : ""
      }
      ${
        newest && newest.x > 0.98
          ? html`<span
              class="head"
              style="top: ${(100 * y(newest.last)) / (HEIGHT + FOOT)}%"
            ></span>`
          : ""
      }
    `;
  }
}

function linePath(
  run: readonly Point[],
  y: (value: number) => number,
): { line: string; first: string; last: string } {
  let line = "";
  let [first, last] = ["", ""];
  for (const point of run) {
    last = (point.x * WIDTH).toFixed(1);
    first ||= last;
    // A slot in which the value jumped shows from where to where.
    const values =
      point.max - point.min > 0.05 * Math.abs(point.max)
        ? [point.min, point.max, point.last]
        : [point.last];
    for (const value of values) line += `${line ? "L" : "M"}${last} ${y(value).toFixed(1)}`;
  }
  return { line, first, last };
}
