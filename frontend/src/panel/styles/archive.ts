import { css } from "lit";

/** The state of the archive. */
export const archiveStyle = css`
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
  @container (max-width: 600px) {
    .check {
      grid-template-columns: 1fr;
    }
  }
`;
