import { css } from "lit";

import { MUTED } from "./muted";

/** What all pages have in common. */
export const baseStyle = css`
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
  h2:focus {
    outline: none;
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
  ::placeholder {
    color: ${MUTED};
    opacity: 1;
  }
  button ha-icon {
    --mdc-icon-size: 20px;
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
  .raw > summary {
    color: ${MUTED};
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
`;
