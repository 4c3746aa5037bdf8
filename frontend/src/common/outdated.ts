import { html, nothing, type TemplateResult } from "lit";

import type { Localize } from "./texts";

/** What this page was built from; the server reports whether it is newer. */
declare const VERSION: string;

/** Offer to reload a page that is older than the server; `wrap` puts it where it belongs. */
export function outdated(
  version: string | undefined,
  text: Localize,
  wrap: (content: TemplateResult) => TemplateResult,
): TemplateResult | typeof nothing {
  if (!version || version === VERSION) return nothing;
  return wrap(
    html`<p>${text("panel.outdated")}</p>
      <button
        type="button"
        @click=${() => {
          window.location.reload();
        }}
      >
        ${text("panel.reload")}
      </button>`,
  );
}
