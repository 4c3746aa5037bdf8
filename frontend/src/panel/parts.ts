/** Pieces that several pages draw. */

import { html, nothing, type TemplateResult } from "lit";

import type { Localize } from "../common/texts";
import type { Fetched } from "./fetched";
import type { Severity, Verdict } from "./shapes";
import { explain } from "./words";

type Tone = "success" | "warning" | "danger" | "neutral";

const VERDICT_LOOKS: Readonly<Record<string, readonly [Tone, string]>> = {
  valid: ["success", "mdi:shield-check"],
  inconsistent: ["warning", "mdi:shield-alert-outline"],
  unverifiable: ["neutral", "mdi:shield-off-outline"],
  key_changed: ["warning", "mdi:key-alert-outline"],
  invalid: ["danger", "mdi:shield-remove"],
};

const SEVERITY_LOOKS: Readonly<Record<Severity, readonly [Tone, string]>> = {
  note: ["neutral", "mdi:information-outline"],
  warning: ["warning", "mdi:alert-outline"],
  error: ["danger", "mdi:alert-circle-outline"],
};

export function verdictLook(verdict: string): readonly [Tone, string] {
  return VERDICT_LOOKS[verdict] ?? ["neutral", "mdi:shield-off-outline"];
}

export function severityIcon(severity: Severity): TemplateResult {
  const [tone, icon] = SEVERITY_LOOKS[severity];
  return html`<ha-icon class="tone ${tone}" icon=${icon}></ha-icon>`;
}

/** The verdict in a word, never by its colour alone. */
export function verdictChip(verdict: Verdict, text: Localize): TemplateResult {
  const [tone, icon] = verdictLook(verdict);
  return html`<span class="chip ${tone}"
    ><ha-icon icon=${icon}></ha-icon>${explain(text, "panel.verdict", verdict)}</span
  >`;
}

/** A fingerprint, which is broken between two bytes only. */
export function fingerprint(text: string): TemplateResult {
  return html`<code class="long"
    >${text.split(":").map((byte, place) => (place ? html`:<wbr />${byte}` : byte))}</code
  >`;
}

export function notice(tone: Tone, icon: string, content: unknown): TemplateResult {
  return html`<div class="notice ${tone}" role=${tone === "danger" ? "alert" : "status"}>
    <ha-icon icon=${icon}></ha-icon>
    <div>${content}</div>
  </div>`;
}

/** Say that something could not be fetched, and offer to try again. */
export function failure(
  fetched: Fetched<unknown>,
  text: Localize,
  retry: () => void,
): TemplateResult | typeof nothing {
  if (!fetched.error) return nothing;
  return notice(
    "danger",
    "mdi:alert-circle-outline",
    html`<p>${fetched.error}</p>
      <button type="button" ?disabled=${fetched.busy} @click=${retry}>
        ${text("panel.retry")}
      </button>`,
  );
}

export function waiting(text: Localize): TemplateResult {
  return html`<div class="waiting" role="status">
    <span class="visually-hidden">${text("panel.loading")}</span>
    <i></i><i></i><i></i>
  </div>`;
}

/** A list of facts; those without a value are left out. */
export function facts(rows: readonly (readonly [string, unknown])[]): TemplateResult {
  const known = rows.filter(([, value]) => value !== null && value !== "" && value !== nothing);
  return html`<dl>
    ${known.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
