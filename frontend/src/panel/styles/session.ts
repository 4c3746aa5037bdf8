import { css } from "lit";

/** A session and its records. */
export const sessionStyle = css`
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
  button.link {
    padding: 0;
    background: none;
    text-decoration: underline;
    text-underline-offset: 2px;
    font-weight: normal;
  }
  button.link:hover:not([disabled]) {
    background: none;
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
`;
