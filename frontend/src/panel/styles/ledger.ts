import { css } from "lit";

/** Drivers, prices and costs. */
export const ledgerStyle = css`
  .ledger {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    margin-bottom: 16px;
  }
  .ledger a {
    display: inline-flex;
    align-items: center;
    min-height: 44px;
    padding: 0 16px;
    border-radius: var(--ha-border-radius-pill, 9999px);
    font-weight: var(--ha-font-weight-medium, 500);
    text-decoration: none;
  }
  .ledger a[aria-current] {
    background: var(--ha-color-fill-primary-normal-resting, #dff3fc);
  }
  .icon {
    width: 44px;
    padding: 0;
  }
  .keys > li {
    flex-wrap: wrap;
    align-items: center;
  }
  .keys > li > div {
    flex: 1 1 200px;
    overflow-wrap: anywhere;
  }
  .stranger form {
    display: flex;
    flex: 0 1 auto;
    gap: 8px;
    min-width: 0;
  }
  .stranger select {
    flex: 0 1 auto;
    width: auto;
    min-width: 0;
  }
  .filters {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
    align-items: end;
    gap: 12px;
    margin-bottom: 16px;
  }
  .filters input,
  .filters select {
    background: var(--card-background-color, #fff);
  }
  form label,
  dialog label {
    display: block;
  }
  dialog form {
    display: grid;
    gap: 16px;
  }
  dialog form p {
    margin: 0;
  }
  dialog .notice {
    margin: 0;
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
    gap: 16px;
  }
  textarea {
    box-sizing: border-box;
    width: 100%;
    padding: 8px 12px;
    border: 0;
    border-bottom: 1px solid var(--ha-color-border-neutral-normal);
    border-radius: var(--ha-border-radius-md, 8px) var(--ha-border-radius-md, 8px) 0 0;
    background: var(--ha-color-form-background, #f3f3f3);
    color: inherit;
    font: inherit;
  }
  label.check {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 44px;
  }
  td small,
  th small {
    display: block;
  }
  tfoot th,
  tfoot td {
    border: 0;
    font-weight: var(--ha-font-weight-medium, 500);
  }
  tbody th {
    overflow-wrap: anywhere;
  }
  th:last-child,
  td:last-child {
    padding-inline-end: 0;
  }
  @container (max-width: 600px) {
    th,
    td {
      padding-inline-end: 12px;
    }
    .sums,
    .sums tbody,
    .sums tfoot {
      display: block;
    }
    .sums thead {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .sums tr {
      display: grid;
      grid-template-columns: 1fr auto;
      gap: 2px 12px;
      padding: 8px 0;
      border-bottom: 1px solid var(--divider-color, rgb(0 0 0 / 12%));
    }
    .sums tbody th,
    .sums tfoot th,
    .sums td {
      padding: 0;
      border: 0;
    }
    .sums .count {
      grid-area: 2 / 1;
      text-align: start;
      white-space: normal;
    }
    .sums .count::before {
      content: attr(data-of) " ";
    }
    .sums .cost {
      grid-area: 1 / 2;
    }
  }
`;
