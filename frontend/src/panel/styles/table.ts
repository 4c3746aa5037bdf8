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
`;
