import { css } from "lit";

/**
 * What card and panel have in common. Colours are Home Assistant's tokens; in its default theme these
 * pairs of text and background have the contrast that WCAG AA asks for, others do not.
 */
export const controls = css`
  button,
  select,
  input {
    box-sizing: border-box;
    min-height: 44px;
    font: inherit;
    font-size: var(--ha-font-size-m);
    color: var(--primary-text-color);
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    padding: 0 16px;
    border: 0;
    border-radius: var(--ha-border-radius-pill);
    /* The theme's neutral fill can hardly be distinguished from a dark card. */
    background: color-mix(in srgb, currentColor 10%, transparent);
    font-weight: var(--ha-font-weight-medium);
    line-height: 1.2;
    cursor: pointer;
    transition: background-color 120ms;
  }
  button:hover:not([disabled], [aria-disabled="true"]) {
    background: color-mix(in srgb, currentColor 20%, transparent);
  }
  button.start {
    background: var(--ha-color-fill-success-loud-resting);
    color: var(--ha-color-on-success-loud);
  }
  button.start:hover:not([disabled], [aria-disabled="true"]) {
    background: var(--ha-color-fill-success-loud-hover);
  }
  button.end {
    background: var(--ha-color-fill-danger-normal-resting);
    color: var(--ha-color-on-danger-normal);
  }
  button.end:hover:not([disabled], [aria-disabled="true"]) {
    /* On the theme's own fill for this, the text has too little contrast, light or dark. */
    background: color-mix(in srgb, currentColor 8%, var(--ha-color-fill-danger-normal-resting));
  }
  button:is([disabled], [aria-disabled="true"]) {
    cursor: default;
    opacity: 0.5;
  }
  input,
  select {
    width: 100%;
    padding: 0 12px;
    border: 0;
    border-bottom: 1px solid var(--ha-color-border-neutral-normal);
    border-radius: var(--ha-border-radius-md) var(--ha-border-radius-md) 0 0;
    background: var(--ha-color-form-background);
  }
  input[type="checkbox"] {
    flex: none;
    width: 20px;
    min-height: 20px;
    margin: 0;
    accent-color: var(--primary-color);
  }
  option {
    background: var(--card-background-color);
  }
  [aria-invalid="true"] {
    border-bottom-color: var(--error-color);
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

export const dialogs = css`
  dialog {
    box-sizing: border-box;
    width: min(440px, calc(100vw - 32px));
    max-height: calc(100dvh - 32px);
    padding: 24px;
    border: 0;
    border-radius: var(--ha-border-radius-3xl);
    background: var(--card-background-color);
    color: var(--primary-text-color);
    box-shadow: 0 8px 32px rgb(0 0 0 / 30%);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 50%);
  }
  dialog h2 {
    margin: 0 0 8px;
    font-size: var(--ha-font-size-xl);
    font-weight: var(--ha-font-weight-medium);
  }
  dialog p {
    margin: 0 0 16px;
    color: var(--secondary-text-color);
    line-height: 1.5;
  }
  dialog .buttons {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
    margin-top: 24px;
  }
`;
