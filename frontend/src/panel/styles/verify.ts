import { css } from "lit";

/** A record that was pasted. */
export const verifyStyle = css`
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
  .verify {
    display: grid;
    gap: 16px;
    margin: 16px 0 0;
  }
  .verify button {
    justify-self: start;
  }
  /* The browser's own words are in its language, which may be another one: they are not shown. */
  .file {
    position: relative;
    display: inline-flex;
    align-items: center;
    justify-self: start;
    gap: 8px;
    min-height: 44px;
    padding: 0 16px;
    border-radius: var(--ha-border-radius-pill, 9999px);
    background: color-mix(in srgb, currentColor 10%, transparent);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .file span {
    margin: 0;
    color: inherit;
    font-size: inherit;
  }
  .file input {
    position: absolute;
    inset: 0;
    height: 100%;
    padding: 0;
    opacity: 0;
    cursor: pointer;
  }
  .file:focus-within {
    outline: 2px solid var(--primary-color, #009ac7);
    outline-offset: 2px;
  }
  .verify + .notice {
    margin: 16px 0 0;
  }
`;
