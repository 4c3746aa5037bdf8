import { css } from "lit";

import { MUTED } from "./muted";

/** Tables of figures. */
export const tableStyle = css`
  .scroll {
    overflow-x: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 8px 24px 8px 0;
    border-bottom: 1px solid var(--divider-color, rgb(0 0 0 / 12%));
    text-align: start;
    vertical-align: top;
  }
  thead th {
    color: ${MUTED};
    font-size: var(--ha-font-size-s, 12px);
    font-weight: normal;
    white-space: nowrap;
  }
  tbody th {
    font-weight: normal;
  }
  .number {
    text-align: end;
    white-space: nowrap;
  }
  .readings td:last-child,
  .readings th:last-child {
    padding-inline-end: 0;
  }
  .register small {
    display: block;
  }
  @container (max-width: 600px) {
    .readings,
    .readings tbody {
      display: block;
    }
    .readings thead {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .readings tbody tr {
      display: grid;
      grid-template-columns: 1fr auto;
      gap: 2px 12px;
      padding: 8px 0;
      border-bottom: 1px solid var(--divider-color, rgb(0 0 0 / 12%));
    }
    .readings td {
      padding: 0;
      border: 0;
      overflow-wrap: anywhere;
    }
    .readings .register {
      grid-area: 1 / 1;
    }
    .readings .value {
      grid-area: 1 / 2;
      font-weight: var(--ha-font-weight-medium, 500);
    }
    .readings .time,
    .readings .transaction,
    .readings .status {
      color: ${MUTED};
      font-size: var(--ha-font-size-s, 12px);
    }
    .readings .transaction {
      grid-area: 2 / 1;
    }
    .readings .status {
      grid-area: 2 / 2;
      text-align: end;
    }
    .readings .time {
      grid-area: 3 / 1 / auto / -1;
    }
  }
`;
