import { css } from "lit";

/** The colour of what matters less. */
export const MUTED = css`var(--secondary-text-color, #5e5e5e)`;
