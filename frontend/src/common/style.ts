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
    font-size: var(--ha-font-size-m, 14px);
    color: var(--primary-text-color, #141414);
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    padding: 0 16px;
    border: 0;
    border-radius: var(--ha-border-radius-pill, 9999px);
    /* The theme's neutral fill can hardly be distinguished from a dark card. */
    background: color-mix(in srgb, currentColor 10%, transparent);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.2;
    cursor: pointer;
    transition: background-color 120ms;
  }
  button:hover:not([disabled]) {
    background: color-mix(in srgb, currentColor 20%, transparent);
  }
  button.start {
    background: var(--ha-color-fill-success-loud-resting, #036730);
    color: var(--ha-color-on-success-loud, #fff);
  }
  button.start:hover:not([disabled]) {
    background: var(--ha-color-fill-success-loud-hover, #0a5027);
  }
  button.end {
    background: var(--ha-color-fill-danger-normal-resting, #ffdedc);
    color: var(--ha-color-on-danger-normal, #b30532);
  }
  button.end:hover:not([disabled]) {
    background: var(--ha-color-fill-danger-normal-hover, #ffb8b6);
  }
  button[disabled] {
    cursor: default;
    opacity: 0.5;
  }
  input,
  select {
    width: 100%;
    padding: 0 12px;
    border: 0;
    border-bottom: 1px solid var(--ha-color-border-neutral-normal, #7a7a7a);
    border-radius: var(--ha-border-radius-md, 8px) var(--ha-border-radius-md, 8px) 0 0;
    background: var(--ha-color-form-background, #f3f3f3);
  }
  input[type="checkbox"] {
    flex: none;
    width: 20px;
    min-height: 20px;
    margin: 0;
    accent-color: var(--primary-color, #009ac7);
  }
  option {
    background: var(--card-background-color, #fff);
  }
  [aria-invalid="true"] {
    border-bottom-color: var(--error-color, #db4437);
  }
  :focus-visible {
    outline: 2px solid var(--primary-color, #009ac7);
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
    border-radius: var(--ha-border-radius-3xl, 24px);
    background: var(--card-background-color, #fff);
    color: var(--primary-text-color, #141414);
    box-shadow: 0 8px 32px rgb(0 0 0 / 30%);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 50%);
  }
  dialog h2 {
    margin: 0 0 8px;
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  dialog p {
    margin: 0 0 16px;
    color: var(--secondary-text-color, #5e5e5e);
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
