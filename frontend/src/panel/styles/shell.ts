import { css } from "lit";

import { MUTED } from "./muted";

/** The bar, the tabs and the room for a page. */
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
