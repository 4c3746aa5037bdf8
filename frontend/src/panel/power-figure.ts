import { html, svg, type TemplateResult } from "lit";

import { formatDuration, formatMoment, formatNumber } from "../common/format";
import type { HomeAssistant } from "../common/hass";
import type { Localize } from "../common/texts";
import { niceScale, stepPath, thin, timeTicks, type Point } from "./chart";

const HEIGHT = 180;
const LEFT = 44;
const RIGHT = 8;
const BOTTOM = 22;
const TOP = 8;

interface Shown {
  readonly text: Localize;
  readonly hass: HomeAssistant;
  /** Pixels. */
  readonly width: number;
  /** The time that is pointed at, in Unix milliseconds. */
  readonly pointed: number | undefined;
  readonly onPoint: (time: number | undefined) => void;
}

/** The power of a session over time. */
export function powerFigure(
  points: readonly Point[],
  from: number,
  { text, hass, width, pointed, onPoint }: Shown,
): TemplateResult {
  const to = points.at(-1)?.time ?? from;
  const values = points.map(({ value }) => value);
  const highest = Math.max(...values);
  const scale = niceScale(highest, Math.min(...values), 3);
  const plot = HEIGHT - TOP - BOTTOM;
  const room = width - LEFT - RIGHT;
  const x = (time: number): number => LEFT + ((time - from) / (to - from || 1)) * room;
  const y = (value: number): number =>
    TOP + ((scale.top - value) / (scale.top - scale.bottom)) * plot;
  const path = stepPath(thin(points, from, to, width / 2), x, y);
  const value = valueAt(points, pointed);
  const point = (event: PointerEvent): void => {
    const { left } = (event.currentTarget as Element).getBoundingClientRect();
    const part = (event.clientX - left - LEFT) / room;
    onPoint(from + Math.min(1, Math.max(0, part)) * (to - from));
  };
  const summary = text("panel.session.power_summary", {
    highest: formatNumber(highest, 1, hass.locale),
    duration: formatDuration((to - from) / 1000),
  });
  return html`<figure>
    <figcaption>${summary}</figcaption>
    <div
      class="plot"
      @pointerdown=${point}
      @pointermove=${point}
      @pointerleave=${({ pointerType }: PointerEvent) => {
        // A finger leaves when it is lifted: what it touched stays.
        if (pointerType === "mouse") onPoint(undefined);
      }}
    >
      <svg viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label=${summary}>
        ${scale.ticks.map(
          (tick) =>
            svg`<line class="grid" x1=${LEFT} x2=${width} y1=${y(tick)} y2=${y(tick)} />
              <text class="tick" x=${LEFT - 8} y=${y(tick) + 4} text-anchor="end">${formatNumber(tick, scale.decimals, hass.locale)}</text>`,
        )}
        ${timeTicks(from, to, Math.floor(width / 90)).map(
          (tick) =>
            svg`<text class="tick" x=${x(tick)} y=${HEIGHT - 4} text-anchor="middle">${clockOf(tick, hass)}</text>`,
        )}
        <path class="area" d="${path}V${y(0)}H${x(points[0]?.time ?? from)}Z" />
        <path class="line" d=${path} />
        ${value && svg`<path class="pointer" d="M${x(value.time)} ${TOP}v${plot}" />`}
      </svg>
    </div>
    <p class=${value ? "values" : "quiet values"}>
      ${
        value
          ? html`${clockOf(value.time, hass)}:
              <b>${formatNumber(value.value, 2, hass.locale)} kW</b>`
          : text("panel.session.point")
      }
    </p>
  </figure>`;
}

function clockOf(time: number, hass: HomeAssistant): string {
  return formatMoment(new Date(time), hass, new Date(time));
}

/** A value holds until the next one. */
function valueAt(points: readonly Point[], time: number | undefined): Point | undefined {
  if (time === undefined) return undefined;
  const value = points.findLast((point) => point.time <= time)?.value;
  return value === undefined ? undefined : { time, value };
}
