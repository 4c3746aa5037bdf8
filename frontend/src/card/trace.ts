import { LitElement, css, html, svg, type TemplateResult } from "lit";

import { formatDuration, formatNumber } from "../common/format";
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
/** Right of the newest value, in pixels. */
const MARGIN = 14;

/** How long a value stays after it was touched, in milliseconds. */
const TOUCHED = 4_000;

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
  /** Where it is pointed at, from 0 to 1. */
  #pointed: number | undefined;
  #touched: ReturnType<typeof setTimeout> | undefined;

  static override readonly styles = css`
    :host {
      display: block;
      position: relative;
      /* What moves here is laid out and painted separately. */
      contain: content;
      color: var(--dmed4-accent, currentColor);
      touch-action: pan-y;
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
      stroke: var(--divider-color);
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
      left: var(--dmed4-padding, 16px);
      color: var(--secondary-text-color);
      font-size: var(--ha-font-size-s);
      /* Readable also where the line crosses it. */
      text-shadow:
        0 0 2px var(--card-background-color),
        0 0 2px var(--card-background-color),
        0 0 2px var(--card-background-color);
      line-height: 1.2;
    }
    .value {
      right: var(--dmed4-padding, 16px);
      left: auto;
      color: var(--primary-text-color);
    }
  `;

  constructor() {
    super();
    this.label = "";
    const point = (event: PointerEvent): void => {
      clearTimeout(this.#touched);
      const { left, width } = this.getBoundingClientRect();
      this.#pointed = (event.clientX - left) / (width - MARGIN);
      this.requestUpdate();
    };
    this.addEventListener("pointerdown", point);
    this.addEventListener("pointermove", point);
    this.addEventListener("pointerleave", ({ pointerType }) => {
      const after = pointerType === "mouse" ? 0 : TOUCHED;
      this.#touched = setTimeout(() => {
        this.#pointed = undefined;
        this.requestUpdate();
      }, after);
    });
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
    const value = nearest(runs.flat(), this.#pointed);
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
        ${value && svg`<path class="grid zero" d="M${value.x * WIDTH} 0V${HEIGHT}" />`}
      </svg>
      ${
        this.locale && runs.some((run) => run.some(({ min, max }) => min || max))
          ? html`<span class="scale" aria-hidden="true"
              >${formatNumber(high, digits, this.locale)} kW</span
            >`
          : ""
      }
      ${
        this.locale && value
          ? html`<span class="scale value"
              >${formatNumber(value.last, 2, this.locale)} kW ·
              −${formatDuration((1 - value.x) * TRACE_MINUTES * 60)}</span
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

/** What was measured where it is pointed at. */
function nearest(points: readonly Point[], pointed: number | undefined): Point | undefined {
  if (pointed === undefined) return undefined;
  const from = ({ x }: Point): number => Math.abs(x - pointed);
  return points.reduce<Point | undefined>(
    (best, point) => (best && from(best) <= from(point) ? best : point),
    undefined,
  );
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
