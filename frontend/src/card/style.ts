import { css } from "lit";

export const cardStyle = css`
  :host {
    display: block;
    height: 100%;
    container-type: inline-size;
    --dmed4-padding: var(--ha-space-4);
  }
  ha-card {
    display: flex;
    flex-direction: column;
    height: 100%;
    overflow: hidden;
    --dmed4-accent: var(--secondary-text-color);
    --dmed4-tint: var(--ha-color-fill-neutral-normal-resting);
    --dmed4-word: var(--secondary-text-color);
  }
  ha-card.primary {
    --dmed4-accent: var(--primary-color);
    --dmed4-tint: var(--ha-color-fill-primary-normal-resting);
  }
  ha-card.success {
    --dmed4-accent: var(--ha-color-on-success-quiet);
    --dmed4-tint: var(--ha-color-fill-success-normal-resting);
    --dmed4-word: var(--ha-color-on-success-normal);
  }
  ha-card.warning {
    --dmed4-accent: var(--ha-color-on-warning-quiet);
    --dmed4-tint: var(--ha-color-fill-warning-normal-resting);
    --dmed4-word: var(--ha-color-on-warning-normal);
  }
  ha-card.danger {
    --dmed4-accent: var(--ha-color-on-danger-quiet);
    --dmed4-tint: var(--ha-color-fill-danger-normal-resting);
    --dmed4-word: var(--ha-color-on-danger-normal);
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
    font-size: var(--ha-font-size-l);
    font-weight: var(--ha-font-weight-medium);
    line-height: 1.3;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .state {
    margin: 0;
    overflow-wrap: anywhere;
    color: var(--dmed4-word);
    font-size: var(--ha-font-size-m);
    line-height: 1.4;
  }
  .state b {
    font-weight: var(--ha-font-weight-medium);
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
    font-size: calc(1.3 * var(--ha-font-size-4xl));
    line-height: 1.1;
    letter-spacing: -0.02em;
  }
  .power small,
  .figure small {
    color: var(--secondary-text-color);
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
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s);
    line-height: 1.4;
  }
  dd {
    margin: 0;
    font-size: var(--ha-font-size-l);
    line-height: 1.4;
  }
  .figure small {
    font-size: var(--ha-font-size-s);
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
    border-top: 1px solid var(--divider-color);
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
    border-radius: var(--ha-border-radius-lg);
    background: var(--ha-color-fill-danger-normal-resting);
    color: var(--ha-color-on-danger-normal);
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
  .banner button:hover:not([disabled], [aria-disabled="true"]) {
    background: var(--card-background-color);
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
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s);
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
    color: var(--secondary-text-color);
  }
  .verdict.valid {
    color: var(--ha-color-on-success-normal);
  }
  .verdict.key_changed {
    color: var(--ha-color-on-warning-normal);
  }
  .verdict.invalid {
    color: var(--ha-color-on-danger-normal);
  }
  .quiet {
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s);
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
    color: var(--secondary-text-color);
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
    color: var(--secondary-text-color);
  }
  ha-card.loading {
    min-height: 220px;
  }

  @container (max-width: 280px) {
    ha-card {
      --dmed4-padding: 12px;
    }
    .power {
      font-size: var(--ha-font-size-3xl);
    }
    .badge {
      width: 36px;
      height: 36px;
    }
  }
  @container (min-width: 480px) {
    .power {
      font-size: calc(1.6 * var(--ha-font-size-4xl));
    }
    dmed4-power-trace {
      flex-basis: 120px;
      height: 120px;
    }
    dd {
      font-size: var(--ha-font-size-xl);
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
