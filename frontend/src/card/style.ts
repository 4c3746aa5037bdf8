import { css } from "lit";

export const cardStyle = css`
  :host {
    display: block;
    height: 100%;
    container-type: inline-size;
    --dmed4-padding: var(--ha-space-4, 16px);
  }
  ha-card {
    display: flex;
    flex-direction: column;
    height: 100%;
    overflow: hidden;
    --dmed4-accent: var(--secondary-text-color, #727272);
    --dmed4-tint: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);
    --dmed4-word: var(--secondary-text-color, #5e5e5e);
  }
  ha-card.primary {
    --dmed4-accent: var(--primary-color, #009ac7);
    --dmed4-tint: var(--ha-color-fill-primary-normal-resting, #dff3fc);
  }
  ha-card.success {
    --dmed4-accent: var(--ha-color-on-success-quiet, #00883c);
    --dmed4-tint: var(--ha-color-fill-success-normal-resting, #c2f2c1);
    --dmed4-word: var(--ha-color-on-success-normal, #036730);
  }
  ha-card.warning {
    --dmed4-accent: var(--ha-color-on-warning-quiet, #c94e00);
    --dmed4-tint: var(--ha-color-fill-warning-normal-resting, #ffe0c8);
    --dmed4-word: var(--ha-color-on-warning-normal, #9d3800);
  }
  ha-card.danger {
    --dmed4-accent: var(--ha-color-on-danger-quiet, #dc3146);
    --dmed4-tint: var(--ha-color-fill-danger-normal-resting, #ffdedc);
    --dmed4-word: var(--ha-color-on-danger-normal, #b30532);
  }

  .header {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: var(--dmed4-padding) var(--dmed4-padding) 0;
  }
  .badge {
    display: grid;
    flex: none;
    place-items: center;
    width: 44px;
    height: 44px;
    border-radius: 50%;
    background: var(--dmed4-tint);
    color: var(--dmed4-accent);
  }
  .header > div {
    min-width: 0;
  }
  h2 {
    margin: 0;
    overflow: hidden;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.3;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .state {
    margin: 0;
    overflow-wrap: anywhere;
    color: var(--dmed4-word);
    font-size: var(--ha-font-size-m, 14px);
    line-height: 1.4;
  }
  .state b {
    font-weight: var(--ha-font-weight-medium, 500);
  }

  .now {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 4px 24px;
    padding: 12px var(--dmed4-padding) 0;
    font-variant-numeric: tabular-nums;
  }
  .power {
    margin: 0;
    font-size: calc(1.3 * var(--ha-font-size-4xl, 32px));
    line-height: 1.1;
    letter-spacing: -0.02em;
  }
  .power small,
  .figure small {
    color: var(--secondary-text-color, #5e5e5e);
    font-size: 0.55em;
    letter-spacing: 0;
  }
  dl {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 24px;
    margin: 0;
    font-variant-numeric: tabular-nums;
  }
  dl > div {
    display: flex;
    flex-direction: column-reverse;
  }
  dt {
    color: var(--secondary-text-color, #5e5e5e);
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.4;
  }
  dd {
    margin: 0;
    font-size: var(--ha-font-size-l, 16px);
    line-height: 1.4;
  }
  .figure small {
    font-size: var(--ha-font-size-s, 12px);
  }
  dmed4-power-trace {
    flex: 1 0 88px;
    height: 88px;
    min-height: 88px;
    margin-top: 8px;
  }
  .cycle {
    padding: 12px var(--dmed4-padding) 0;
  }

  .commands {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding: 16px var(--dmed4-padding) 0;
  }
  .commands > button {
    flex: 1 1 130px;
    padding: 0 12px;
  }
  section,
  details,
  .banner {
    margin: 16px var(--dmed4-padding) 0;
  }
  section,
  details {
    padding-top: 12px;
    border-top: 1px solid var(--divider-color, rgb(0 0 0 / 12%));
  }
  ha-card > :last-child {
    margin-bottom: var(--dmed4-padding);
  }
  ha-card > details:last-child {
    margin-bottom: 4px;
  }

  .banner {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    padding: 12px;
    border-radius: var(--ha-border-radius-lg, 12px);
    background: var(--ha-color-fill-danger-normal-resting, #ffdedc);
    color: var(--ha-color-on-danger-normal, #b30532);
    line-height: 1.4;
  }
  .banner > div {
    flex: 1 1 160px;
  }
  .banner ul {
    margin: 4px 0 0;
    padding-inline-start: 20px;
  }
  .banner button,
  .banner button:hover:not([disabled]) {
    background: var(--card-background-color, #fff);
    color: inherit;
  }

  .record {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 12px;
  }
  .record > .facts {
    flex: 1 1 140px;
    min-width: 0;
  }
  h3 {
    margin: 0;
    color: var(--secondary-text-color, #5e5e5e);
    font-size: var(--ha-font-size-s, 12px);
    font-weight: normal;
    line-height: 1.4;
  }
  .record p {
    margin: 0;
    line-height: 1.4;
    overflow-wrap: anywhere;
  }
  .verdict {
    flex: none;
    color: var(--secondary-text-color, #5e5e5e);
  }
  .verdict.valid {
    color: var(--ha-color-on-success-normal, #036730);
  }
  .verdict.invalid {
    color: var(--ha-color-on-danger-normal, #b30532);
  }
  .quiet {
    color: var(--secondary-text-color, #5e5e5e);
    font-size: var(--ha-font-size-s, 12px);
  }
  .downloads {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 8px;
  }
  .downloads button {
    padding: 0 12px;
  }
  .downloads ha-icon {
    --mdc-icon-size: 18px;
  }

  details {
    padding-top: 0;
  }
  details[open] {
    padding-bottom: 12px;
  }
  summary {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 44px;
    color: var(--secondary-text-color, #5e5e5e);
    cursor: pointer;
  }
  summary ha-icon {
    --mdc-icon-size: 20px;
  }
  summary::after {
    width: 8px;
    height: 8px;
    margin-inline-start: auto;
    margin-inline-end: 4px;
    border: solid currentColor;
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
  .display {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .display label {
    flex: 2 1 180px;
  }
  .display > div {
    display: flex;
    flex: 1 1 140px;
    gap: 8px;
  }
  .display button {
    flex: 1;
  }

  .empty {
    padding: var(--dmed4-padding);
    color: var(--secondary-text-color, #5e5e5e);
  }
  ha-card.loading {
    min-height: 220px;
  }

  @container (max-width: 280px) {
    ha-card {
      --dmed4-padding: 12px;
    }
    .power {
      font-size: var(--ha-font-size-3xl, 28px);
    }
    .badge {
      width: 36px;
      height: 36px;
    }
  }
  @container (min-width: 480px) {
    .power {
      font-size: calc(1.6 * var(--ha-font-size-4xl, 32px));
    }
    dmed4-power-trace {
      flex-basis: 120px;
      height: 120px;
    }
    dd {
      font-size: var(--ha-font-size-xl, 20px);
    }
  }
  @container (min-width: 700px) {
    .commands > button {
      flex: 0 1 240px;
    }
    dmed4-power-trace {
      flex-basis: 160px;
      height: 160px;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .busy .badge {
      animation: pulse 1.2s ease-in-out infinite alternate;
    }
    @keyframes pulse {
      to {
        opacity: 0.4;
      }
    }
  }
`;
