/** The verdict on a record, part by part, in plain words. Whatever the meter wrote is shown as text only. */

import { html, nothing, type TemplateResult } from "lit";

import type { HomeAssistant } from "../common/hass";
import type { Localize, TextKey } from "../common/texts";
import { facts, fingerprint, severityIcon, verdictLook } from "./parts";
import type { Clock, Report, Severity, StoredRecord, Transparency } from "./shapes";
import { NOTHING, decimal, explain, moment, who } from "./words";

function part(icon: TemplateResult, title: string, content: unknown): TemplateResult {
  return html`<li>
    ${icon}
    <div>
      <h4>${title}</h4>
      ${content}
    </div>
  </li>`;
}

const SIGNATURES: Readonly<Record<string, string>> = { valid: "valid", invalid: "invalid" };
/** A key that is not the meter's own, or one it had before, is nothing to rely on. */
const KEYS: Readonly<Record<string, Severity | undefined>> = {
  own: undefined,
  former: undefined,
  given: "note",
};

function toneIcon(look: readonly [string, string]): TemplateResult {
  return html`<ha-icon class="tone ${look[0]}" icon=${look[1]}></ha-icon>`;
}

const GOOD = ["success", "mdi:check-circle-outline"] as const;

export function checkIcon(severity: Severity | undefined): TemplateResult {
  return severity ? severityIcon(severity) : toneIcon(GOOD);
}

/** Nothing that depends on a signature is called good before that is. */
export function clockPart(
  { quality, billable, reason, informative }: Clock,
  text: Localize,
): TemplateResult {
  return part(
    checkIcon(billable ? undefined : "note"),
    text("panel.part.clock"),
    html`<p>${reason ? explain(text, "time_reason", reason) : explain(text, "clock", quality)}</p>
      ${informative ? html`<p class="quiet">${text("transparency_time.informative")}</p>` : nothing}`,
  );
}

/** That other software takes a record is no good news of one that is not trusted here. */
export function transparencyPart(
  { accepted, refusal }: Transparency,
  trusted: boolean,
  text: Localize,
): TemplateResult {
  return part(
    checkIcon(accepted && trusted ? undefined : "note"),
    text("panel.part.transparency"),
    html`<p>${explain(text, "refusal", refusal ?? "accepted")}</p>`,
  );
}

/** The full assessment of a single record. */
export function reportParts(report: Report, text: Localize): TemplateResult {
  const { signature, key, deviations } = report;
  if (!report.legible) return illegible(report, text);
  // Not where the signature is good, but the key is not the meter's.
  const good = report.verdict === "valid";
  const notable = deviations.filter(({ severity }) => severity !== "note");
  return html`<ul class="parts">
    ${part(
      signature.verdict === "valid" && !good
        ? severityIcon("note")
        : toneIcon(verdictLook(SIGNATURES[signature.verdict] ?? "unverifiable")),
      text("panel.part.signature"),
      html`<p>${explain(text, "signature", signature.verdict)}</p>
        <p class="quiet">
          ${explain(text, "signature_reason", signature.reason)}
          ${signature.algorithm ? html`<code>${signature.algorithm}</code>` : nothing}
        </p>`,
    )}
    ${part(
      checkIcon(
        signature.verdict === "valid"
          ? key.verdict in KEYS
            ? KEYS[key.verdict]
            : "warning"
          : "note",
      ),
      text("panel.part.key"),
      html`<p>${explain(text, "key", key.verdict)}</p>
        ${
          key.fingerprint
            ? html`<p class="quiet">
                ${text("panel.part.fingerprint")} ${fingerprint(key.fingerprint)}
              </p>`
            : nothing
        }`,
    )}
    ${clockPart(report.clock, text)}
    ${part(
      checkIcon(notable.length ? "warning" : good ? undefined : "note"),
      text("panel.part.format"),
      deviations.length
        ? html`<ul class="deviations">
            ${deviations.map(
              ({ code, path, severity }) =>
                html`<li>
                  ${severityIcon(severity)}
                  <span>${explain(text, "deviation", code)} <code>${path}</code></span>
                </li>`,
            )}
          </ul>`
        : html`<p>${text("panel.part.conforms")}</p>`,
    )}
    ${transparencyPart(report.transparency, good, text)}
  </ul>`;
}

/** What is not a record was not judged, so no part of it is called good. */
function illegible({ signature }: Report, text: Localize): TemplateResult {
  return html`<ul class="parts">
    ${part(
      toneIcon(verdictLook("unverifiable")),
      text("panel.part.signature"),
      html`<p>${explain(text, "signature", signature.verdict)}</p>
        <p class="quiet">${explain(text, "signature_reason", signature.reason)}</p>`,
    )}
  </ul>`;
}

export function readingsTable(report: Report, text: Localize, hass: HomeAssistant): TemplateResult {
  const transactions: Readonly<Record<string, string>> = {
    B: text("panel.kind.begin"),
    E: text("panel.kind.end"),
    r: text("panel.kind.end"),
    L: text("panel.kind.end"),
    R: text("panel.kind.end"),
    A: text("panel.kind.end"),
    C: text("panel.kind.intermediate"),
    S: text("panel.kind.intermediate"),
    T: text("panel.kind.intermediate"),
    X: text("panel.kind.intermediate"),
    P: text("panel.kind.power_failure"),
  };
  if (!report.readings.length) return html`<p class="quiet">${text("panel.readings.none")}</p>`;
  // The roles are said because rows are shown as cards where it is narrow.
  return html`<table class="readings" role="table">
    <caption class="visually-hidden">
      ${text("panel.readings.title")}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${READING_COLUMNS.map(
          (column) =>
            html`<th role="columnheader" scope="col" class=${column === "value" ? "number" : ""}>
              ${text(`panel.readings.${column}`)}
            </th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${report.readings.map(
        (reading) =>
          html`<tr role="row">
            <td role="cell" class="time">${moment(reading.time, hass)}</td>
            <td role="cell" class="transaction">
              ${
                reading.transaction
                  ? (transactions[reading.transaction] ?? reading.transaction)
                  : NOTHING
              }
            </td>
            <td role="cell" class="register">
              ${reading.name ? explain(text, "register", reading.name) : nothing}
              <small><code>${reading.register ?? NOTHING}</code></small>
            </td>
            <td role="cell" class="number value">
              ${reading.value === null ? NOTHING : decimal(reading.value, hass)}
              ${reading.unit ?? ""}
            </td>
            <td role="cell" class="status">
              ${statusOf(reading.status, text)}
              ${reading.error_flags ? html`<code>${reading.error_flags}</code>` : nothing}
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

const READING_COLUMNS = ["time", "transaction", "register", "value", "status"] as const;

/** Say what a status letter means; one that OCMF does not have is shown as the meter wrote it. */
function statusOf(status: string | null, text: Localize): string {
  if (status === null) return NOTHING;
  // OCMF has capital letters: a small one is none of its own.
  const meaning = /^[A-Z]$/.test(status)
    ? text(`reading_status.${status.toLowerCase()}` as TextKey)
    : "";
  return meaning || text("panel.readings.unknown_status", { status });
}

/** What a record says of itself, of the meter and of who charged. */
export function recordFacts(
  report: Report & Partial<Pick<StoredRecord, "source" | "arrived" | "verified">>,
  text: Localize,
  hass: HomeAssistant,
  driver: string | null,
): TemplateResult {
  const { meter, identification } = report;
  return facts([
    [text("panel.fact.pagination"), report.pagination],
    [
      text("panel.fact.identification"),
      identification.data === null
        ? null
        : who({ driver, identification: identification.data }, identification.type, text),
    ],
    [text("panel.fact.level"), level(identification.level, text)],
    [text("panel.fact.flags"), identification.flags.join(", ")],
    [text("panel.fact.tariff"), report.tariff_text],
    [text("panel.fact.charge_point"), report.charge_point],
    [text("panel.fact.made_by"), [meter.vendor, meter.model].filter(Boolean).join(" ")],
    [text("panel.fact.serial_number"), meter.serial_number ?? meter.gateway_serial_number],
    [text("panel.fact.firmware"), meter.firmware],
    [text("panel.fact.format_version"), report.format_version],
    [text("panel.fact.source"), report.source ? explain(text, "source", report.source) : null],
    [text("panel.fact.arrived"), report.arrived ? moment(report.arrived, hass) : null],
    [text("panel.fact.verified"), report.verified ? moment(report.verified, hass) : null],
    [text("panel.fact.digest"), html`<code class="long">${report.digest}</code>`],
  ]);
}

export function level(code: string | null, text: Localize): string | null {
  return code === null ? null : explain(text, "identification_level", code);
}

export function rawText(report: Report, text: Localize): TemplateResult {
  return html`<details class="raw">
    <summary>${text("panel.raw")}</summary>
    <pre tabindex="0" aria-label=${text("panel.raw")}>${report.raw}</pre>
    ${
      report.key.public_key
        ? html`<h4>${text("panel.public_key")}</h4>
            <pre tabindex="0" aria-label=${text("panel.public_key")}>${report.key.public_key}</pre>`
        : nothing
    }
  </details>`;
}
