import { css } from "lit";

import { MUTED } from "./muted";

/** The list of sessions, its filters and the chart of the energy. */
export const overviewStyle = css`
  .filters {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
    align-items: end;
    gap: 12px;
    margin-bottom: 16px;
  }
  .filters .wide {
    grid-column: span 2;
  }
  .filters input,
  .filters select {
    background: var(--card-background-color, #fff);
  }
  .icon {
    width: 44px;
    padding: 0;
  }
  .switch {
    display: flex;
    border-radius: var(--ha-border-radius-pill, 9999px);
    background: var(--ha-color-fill-neutral-quiet-resting, #f3f3f3);
  }
  .switch button {
    background: none;
  }
  [aria-pressed="true"],
  [aria-pressed="true"]:hover:not([disabled]) {
    background: var(--ha-color-fill-primary-normal-resting, #dff3fc) !important;
  }
  .numbers > summary,
  .columns > summary {
    color: ${MUTED};
  }
  .columns > summary {
    justify-content: flex-start;
  }
  .columns > summary::after {
    margin-inline: 0 4px;
  }
  fieldset {
    display: flex;
    flex-wrap: wrap;
    gap: 0 24px;
    margin: 0;
    padding: 0;
    border: 0;
  }
  fieldset label {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 44px;
    cursor: pointer;
  }
  .sessions td {
    height: 44px;
    vertical-align: middle;
  }
  .sessions td:last-child,
  .sessions th:last-child {
    padding-inline-end: 0;
  }
  .sessions small {
    display: block;
    line-height: 1.3;
  }
  .sessions tbody tr {
    position: relative;
  }
  .sessions tbody tr:hover {
    background: var(--ha-color-fill-neutral-quiet-resting, #f3f3f3);
  }
  .sessions a {
    text-decoration: none;
    white-space: nowrap;
  }
  .sessions a:hover {
    text-decoration: underline;
  }
  /* The whole row leads to the session. */
  .sessions a::after {
    position: absolute;
    inset: 0;
    content: "";
  }
  .sessions a:focus-visible {
    outline: none;
  }
  .sessions a:focus-visible::after {
    outline: 2px solid var(--primary-color, #009ac7);
    outline-offset: -2px;
  }
  .who,
  .tariff,
  .charge_point,
  .meter {
    max-width: 220px;
    overflow-wrap: anywhere;
  }
  .tariff,
  .charge_point,
  .meter {
    /* A word is broken only where it is longer. */
    min-width: 12ch;
  }
  .open {
    color: var(--ha-color-on-success-normal, #036730);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .paging {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 8px;
    margin-top: 12px;
  }
  .list[aria-busy="true"] tbody {
    opacity: 0.6;
  }
  .hit {
    fill: transparent;
  }
  .pointed .hit {
    fill: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);
  }
  .series-0 {
    fill: var(--dmed4-series-0);
    background: var(--dmed4-series-0);
  }
  .series-1 {
    fill: var(--dmed4-series-1);
    background: var(--dmed4-series-1);
  }
  .series-2 {
    fill: var(--dmed4-series-2);
    background: var(--dmed4-series-2);
  }
  .series-3 {
    fill: var(--dmed4-series-3);
    background: var(--dmed4-series-3);
  }
  .series-4 {
    fill: var(--dmed4-series-4);
    background: var(--dmed4-series-4);
  }
  .legend {
    margin-inline: -12px;
    display: flex;
    flex-wrap: wrap;
    gap: 4px 8px;
    margin-top: 8px;
  }
  .legend button,
  .legend .item {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 44px;
    padding: 0 12px;
    background: none;
    font-weight: normal;
    overflow-wrap: anywhere;
  }
  .legend i {
    flex: none;
    width: 12px;
    height: 12px;
    border-radius: 3px;
  }
  .legend b {
    font-weight: var(--ha-font-weight-medium, 500);
    white-space: nowrap;
  }
  @container (max-width: 600px) {
    .filters {
      grid-template-columns: 1fr 1fr;
    }
    .filters .wide {
      grid-column: 1 / -1;
    }
  }
  @container (max-width: 720px) {
    .sessions,
    .sessions tbody {
      display: block;
    }
    .sessions thead {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .sessions tbody tr {
      display: grid;
      grid-template-columns: 1fr auto;
      align-items: center;
      gap: 2px 12px;
      padding: 12px 0;
      border-bottom: 1px solid var(--divider-color, rgb(0 0 0 / 12%));
    }
    .sessions td {
      height: auto;
      max-width: none;
      padding: 0;
      border: 0;
    }
    .sessions .begin {
      font-weight: var(--ha-font-weight-medium, 500);
    }
    .sessions .verdict {
      grid-area: 1 / 2;
      justify-self: end;
    }
    .sessions .energy {
      grid-area: 2 / 2;
      font-weight: var(--ha-font-weight-medium, 500);
    }
    .sessions .who {
      grid-area: 2 / 1;
    }
    .sessions .duration {
      grid-area: 3 / 2;
      color: ${MUTED};
    }
    .sessions .cost {
      grid-column: 2;
    }
    .sessions .end,
    .sessions .exported,
    .sessions .records,
    .sessions .charge_point,
    .sessions .tariff,
    .sessions .meter {
      grid-column: 1;
      color: ${MUTED};
      font-size: var(--ha-font-size-s, 12px);
      text-align: start;
      white-space: normal;
    }
    /* Figures that do not say what they are of. */
    .sessions .end::before,
    .sessions .exported::before,
    .sessions .records::before {
      content: attr(data-label) ": ";
    }
  }
`;
