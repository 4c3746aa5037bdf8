import { css } from "lit";

import { MUTED } from "./muted";

/** What the charts have in common. */
export const chartStyle = css`
  :host {
    --dmed4-series-0: #3b82c4;
    --dmed4-series-1: #d9730d;
    --dmed4-series-2: #12938a;
    --dmed4-series-3: #a05cc8;
    --dmed4-series-4: #808080;
  }
  figcaption {
    color: ${MUTED};
  }
  .plot {
    margin-top: 8px;
    overflow: hidden;
    touch-action: pan-y;
  }
  .values {
    min-height: 1.5em;
    margin-top: 4px;
  }
  .pointer {
    stroke: ${MUTED};
  }
  svg {
    display: block;
    width: 100%;
    height: auto;
    overflow: visible;
  }
  .grid {
    stroke: var(--divider-color, rgb(0 0 0 / 12%));
  }
  .tick {
    fill: ${MUTED};
    font-size: 12px;
    font-variant-numeric: tabular-nums;
  }
`;
