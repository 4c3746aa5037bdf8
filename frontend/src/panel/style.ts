import { css } from "lit";

const MUTED = css`var(--secondary-text-color, #5e5e5e)`;

export const shellStyle = css`
  :host {
    display: flex;
    flex-direction: column;
    height: 100dvh;
    background: var(--primary-background-color, #fafafa);
  }
  .bar {
    display: flex;
    flex: none;
    align-items: center;
    height: var(--header-height, 56px);
    padding: var(--safe-area-inset-top, 0) calc(12px + var(--safe-area-inset-right, 0px)) 0
      calc(12px + var(--safe-area-inset-left, 0px));
    background: var(--app-header-background-color, #009ac7);
    color: var(--app-header-text-color, #fff);
  }
  h1 {
    margin: 0 0 0 8px;
    overflow: hidden;
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: normal;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .tabs {
    display: flex;
    flex: none;
    gap: 4px;
    padding: 0 calc(12px + var(--safe-area-inset-right, 0px)) 0
      calc(12px + var(--safe-area-inset-left, 0px));
    overflow-x: auto;
    border-bottom: 1px solid var(--divider-color, rgb(0 0 0 / 12%));
    background: var(--card-background-color, #fff);
  }
  .tabs a {
    display: inline-flex;
    flex: none;
    align-items: center;
    gap: 8px;
    min-height: 48px;
    padding: 0 12px;
    border-bottom: 3px solid transparent;
    color: ${MUTED};
    font-weight: var(--ha-font-weight-medium, 500);
    text-decoration: none;
  }
  .tabs a:hover,
  .tabs a[aria-current] {
    color: var(--primary-text-color, #141414);
  }
  .tabs a[aria-current] {
    border-bottom-color: var(--primary-color, #009ac7);
  }
  .tabs a:focus-visible {
    outline-offset: -4px;
  }
  .tabs ha-icon {
    --mdc-icon-size: 20px;
  }
  main {
    flex: 1;
    overflow-y: auto;
    container-type: inline-size;
  }
  .content {
    box-sizing: border-box;
    max-width: 1120px;
    margin: 0 auto;
    padding: 16px calc(16px + var(--safe-area-inset-right, 0px))
      calc(32px + var(--safe-area-inset-bottom, 0px)) calc(16px + var(--safe-area-inset-left, 0px));
  }
`;

export const pageStyle = css`
  :host {
    display: block;
    color: var(--primary-text-color, #141414);
    font-size: var(--ha-font-size-m, 14px);
    line-height: 1.5;
  }
  .card {
    display: block;
    margin: 0 0 16px;
    padding: 16px;
    border: 1px solid var(--ha-card-border-color, var(--divider-color, rgb(0 0 0 / 12%)));
    border-radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
    background: var(--ha-card-background, var(--card-background-color, #fff));
  }
  .card > header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 8px 16px;
    margin-bottom: 12px;
  }
  h2,
  h3,
  h4,
  p,
  figure,
  ul {
    margin: 0;
    padding: 0;
  }
  h2,
  h3 {
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  h2.title {
    margin: 4px 0 12px;
    font-size: var(--ha-font-size-2xl, 24px);
    font-weight: normal;
    line-height: 1.3;
  }
  h4 {
    margin: 16px 0 4px;
    font-size: var(--ha-font-size-m, 14px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  a {
    color: inherit;
  }
  ul {
    list-style: none;
  }
  small,
  .quiet {
    color: ${MUTED};
    font-size: var(--ha-font-size-s, 12px);
  }
  code,
  pre {
    font-family: var(--ha-font-family-code, monospace);
    font-size: var(--ha-font-size-s, 12px);
  }
  code.long {
    overflow-wrap: anywhere;
  }
  pre {
    max-height: 240px;
    margin: 8px 0;
    padding: 12px;
    overflow: auto;
    border-radius: var(--ha-border-radius-md, 8px);
    background: var(--ha-color-form-background, #f3f3f3);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }

  .tone,
  .notice,
  .banner,
  .chip {
    --dmed4-fill: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);
    --dmed4-on: var(--primary-text-color, #141414);
  }
  .success {
    --dmed4-fill: var(--ha-color-fill-success-normal-resting, #c2f2c1);
    --dmed4-on: var(--ha-color-on-success-normal, #036730);
  }
  .warning {
    --dmed4-fill: var(--ha-color-fill-warning-normal-resting, #ffe0c8);
    --dmed4-on: var(--ha-color-on-warning-normal, #9d3800);
  }
  .danger {
    --dmed4-fill: var(--ha-color-fill-danger-normal-resting, #ffdedc);
    --dmed4-on: var(--ha-color-on-danger-normal, #b30532);
  }
  .tone {
    flex: none;
    color: var(--dmed4-on);
  }
  .tone.neutral {
    color: ${MUTED};
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    padding: 3px 10px 3px 8px;
    border-radius: var(--ha-border-radius-pill, 9999px);
    background: var(--dmed4-fill);
    color: var(--dmed4-on);
    font-size: var(--ha-font-size-s, 12px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 18px;
    white-space: nowrap;
  }
  .chip ha-icon {
    --mdc-icon-size: 16px;
  }
  .notice,
  .banner {
    display: flex;
    gap: 12px;
    margin: 0 0 16px;
    padding: 12px 16px;
    border-radius: var(--ha-border-radius-lg, 12px);
    background: var(--dmed4-fill);
    color: var(--dmed4-on);
  }
  .notice > div {
    display: flex;
    flex: 1;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .notice p {
    flex: 1 1 200px;
  }
  .notice button,
  .notice button:hover:not([disabled]) {
    background: var(--card-background-color, #fff);
    color: var(--primary-text-color, #141414);
  }
  .banner {
    padding: 16px;
  }
  .banner > ha-icon {
    flex: none;
    --mdc-icon-size: 32px;
  }
  .banner strong {
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 32px;
  }
  .banner p {
    max-width: 75ch;
    margin-top: 4px;
  }

  dl {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(190px, 45%), 1fr));
    gap: 12px 24px;
    margin: 0;
  }
  * + h3 {
    margin-top: 16px;
  }
  dt {
    color: ${MUTED};
    font-size: var(--ha-font-size-s, 12px);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
    font-variant-numeric: tabular-nums;
  }
  dd small {
    display: block;
  }
  dd b {
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.2;
  }

  label > span {
    display: block;
    margin-bottom: 4px;
    color: ${MUTED};
    font-size: var(--ha-font-size-s, 12px);
  }
  textarea {
    display: block;
    box-sizing: border-box;
    width: 100%;
    padding: 12px;
    resize: vertical;
    border: 0;
    border-bottom: 1px solid var(--ha-color-border-neutral-normal, #7a7a7a);
    border-radius: var(--ha-border-radius-md, 8px) var(--ha-border-radius-md, 8px) 0 0;
    background: var(--ha-color-form-background, #f3f3f3);
    color: var(--primary-text-color, #141414);
    font-family: var(--ha-font-family-code, monospace);
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.5;
  }
  ::placeholder {
    color: ${MUTED};
    opacity: 1;
  }
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
  .verify {
    display: grid;
    gap: 16px;
    margin: 16px 0 0;
  }
  .verify button {
    justify-self: start;
  }
  .verify + .notice {
    margin: 16px 0 0;
  }
  button ha-icon {
    --mdc-icon-size: 20px;
  }
  .icon {
    width: 44px;
    padding: 0;
  }
  .downloads {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .downloads button {
    gap: 4px;
    padding: 0 13px 0 9px;
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
  .back {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 44px;
    text-decoration: none;
  }
  .back:hover {
    text-decoration: underline;
  }

  .parts > li,
  .keys > li {
    display: flex;
    gap: 12px;
    padding: 10px 0;
  }
  .parts > li + li,
  .keys > li + li {
    border-top: 1px solid var(--divider-color, rgb(0 0 0 / 12%));
  }
  .parts > li > div,
  .keys > li > div {
    flex: 1;
    min-width: 0;
  }
  .parts h4 {
    margin: 0;
  }
  .parts p,
  .keys p {
    max-width: 80ch;
  }
  .deviations li {
    display: flex;
    gap: 8px;
    padding: 2px 0;
  }
  .deviations ha-icon {
    --mdc-icon-size: 18px;
  }
  .check {
    display: grid;
    grid-template-columns: 1fr auto;
    align-items: center;
    gap: 12px 24px;
  }
  .check .wide {
    grid-column: 1 / -1;
  }
  .check .notice {
    margin: 0;
  }
  .progress {
    margin-top: 12px;
  }
  progress {
    width: 100%;
    accent-color: var(--primary-color, #009ac7);
  }

  summary {
    display: flex;
    align-items: center;
    gap: 8px 12px;
    min-height: 44px;
    cursor: pointer;
  }
  summary::after {
    flex: none;
    width: 8px;
    height: 8px;
    margin-inline: auto 4px;
    border: solid ${MUTED};
    border-width: 0 2px 2px 0;
    content: "";
    transform: translateY(-2px) rotate(45deg);
  }
  [open] > summary::after {
    transform: translateY(2px) rotate(225deg);
  }
  summary::-webkit-details-marker {
    display: none;
  }
  .raw > summary,
  .numbers > summary {
    color: ${MUTED};
  }
  .records > h3 {
    margin: 24px 0 8px;
  }
  .record {
    padding: 4px 16px;
  }
  .record[open] {
    padding-bottom: 16px;
  }
  .record > summary {
    flex-wrap: wrap;
  }
  .record .name {
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .record .chip {
    margin-inline-start: auto;
  }
  .record > summary::after {
    margin-inline: 0 4px;
  }

  .empty {
    padding: 48px 16px;
    color: ${MUTED};
    text-align: center;
  }
  .empty h2 {
    margin: 8px 0;
    color: var(--primary-text-color, #141414);
  }
  .empty p {
    max-width: 60ch;
    margin: 8px auto;
  }
  .empty ha-icon {
    --mdc-icon-size: 48px;
  }
  .waiting {
    display: grid;
    gap: 12px;
    padding: 8px 0;
  }
  .waiting i {
    height: 20px;
    border-radius: 4px;
    background: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);
    opacity: 0.6;
  }
  .waiting i:nth-of-type(2) {
    width: 70%;
  }
  .waiting i:nth-of-type(3) {
    width: 45%;
  }
  @media (prefers-reduced-motion: no-preference) {
    .waiting i {
      animation: wait 1s ease-in-out infinite alternate;
    }
    @keyframes wait {
      to {
        opacity: 0.25;
      }
    }
  }
  @container (max-width: 600px) {
    .filters .wide {
      grid-column: 1 / -1;
    }
    .check {
      grid-template-columns: 1fr;
    }
    .filters {
      grid-template-columns: 1fr 1fr;
    }
  }
`;

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
  .meter {
    max-width: 220px;
    overflow-wrap: anywhere;
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
    .sessions .tariff,
    .sessions .meter {
      grid-column: 1;
      color: ${MUTED};
      font-size: var(--ha-font-size-s, 12px);
    }
  }
`;

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
  .hit {
    fill: transparent;
  }
  .bar:hover .hit {
    fill: var(--ha-color-fill-neutral-quiet-resting, #f3f3f3);
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
  .line {
    fill: none;
    stroke: var(--dmed4-series-0);
    stroke-linejoin: round;
    stroke-width: 2;
  }
  .area {
    fill: var(--dmed4-series-0);
    opacity: 0.15;
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
`;
