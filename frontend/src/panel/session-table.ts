import { html, nothing, type TemplateResult } from "lit";

import { formatDuration } from "../common/format";
import type { HomeAssistant } from "../common/hass";
import type { Localize } from "../common/texts";
import { COLUMNS, NUMBERS, type Column } from "./columns";
import { verdictChip } from "./parts";
import type { Cost, Session, SessionPage } from "./shapes";
import { NOTHING, count, energy, explain, moment, money, who } from "./words";

const PAGE_ICONS = { previous: "mdi:chevron-left", next: "mdi:chevron-right" } as const;

interface Shown {
  readonly text: Localize;
  readonly hass: HomeAssistant;
  readonly columns: readonly Column[];
  readonly hrefOf: (session: Session) => string;
  readonly onPage: (page: number) => void;
  /** Show the sessions of all times; undefined where that is done. */
  readonly onAll: (() => void) | undefined;
}

/** A page of the list of sessions. */
export function sessionTable(found: SessionPage, shown: Shown): TemplateResult {
  const { text, hass, columns, onAll } = shown;
  const { sessions, total, offset, limit } = found;
  if (!sessions.length)
    return html`<div class="empty">
      <ha-icon icon="mdi:magnify-close"></ha-icon>
      <p>${text("panel.list.none")}</p>
      ${
        onAll
          ? html`<button type="button" @click=${onAll}>${text("panel.list.show_all")}</button>`
          : nothing
      }
    </div>`;
  const page = Math.floor(offset / limit) + 1;
  const range = text("panel.list.range", {
    first: count(offset + 1, hass),
    last: count(offset + sessions.length, hass),
    total: count(total, hass),
  });
  // The roles are said because rows are shown as cards where it is narrow.
  return html`<table class="sessions" role="table" aria-labelledby="sessions">
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map(
            (column) =>
              html`<th role="columnheader" scope="col" class=${NUMBERS.has(column) ? "number" : ""}>
                ${text(`panel.list.${column}`)}
              </th>`,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${sessions.map((session) => row(session, shown))}
      </tbody>
    </table>
    <nav class="paging" aria-label=${text("panel.list.pages")}>
      <span aria-live="polite">${range}</span>
      ${pageButton(page - 1, page > 1, "previous", shown)}
      ${pageButton(page + 1, offset + limit < total, "next", shown)}
    </nav>`;
}

function pageButton(
  page: number,
  there: boolean,
  name: "previous" | "next",
  { text, onPage }: Shown,
): TemplateResult {
  const label = text(`panel.list.${name}`);
  return html`<button
    type="button"
    class="icon"
    aria-label=${label}
    title=${label}
    ?disabled=${!there}
    @click=${() => {
      onPage(page);
    }}
  >
    <ha-icon icon=${PAGE_ICONS[name]}></ha-icon>
  </button>`;
}

function row(session: Session, shown: Shown): TemplateResult {
  const { text, columns } = shown;
  return html`<tr role="row">
    ${columns.map(
      (column) =>
        html`<td
          role="cell"
          class="${NUMBERS.has(column) ? "number " : ""}${column}"
          data-label=${text(`panel.list.${column}`)}
        >
          ${cell(column, session, shown)}
        </td>`,
    )}
  </tr>`;
}

function cell(column: Column, session: Session, { text, hass, hrefOf }: Shown): unknown {
  const open = session.outcome === "open";
  switch (column) {
    case "begin":
      return html`<a href=${hrefOf(session)}
        >${session.begin ? moment(session.begin, hass) : text("panel.list.no_time")}</a
      >`;
    case "end":
      return session.end === null ? NOTHING : moment(session.end, hass);
    case "duration":
      if (open) return html`<span class="open">${text("panel.outcome.open")}</span>`;
      return session.duration === null ? NOTHING : formatDuration(session.duration);
    // What has flowed is signed at the end.
    case "energy":
      return open ? NOTHING : energy(session.imported, hass);
    case "exported":
      return open ? NOTHING : energy(session.exported, hass);
    case "cost":
      return costOf(session.cost, text, hass);
    case "who":
      return who(session, session.identification_type, text);
    case "meter":
      return session.meter ?? text("panel.gone");
    case "charge_point":
      return session.charge_point ?? NOTHING;
    case "tariff":
      return session.tariff_text ?? NOTHING;
    case "records":
      return count(session.records, hass);
    case "verdict":
      return verdictChip(session.verdict, text);
  }
}

/** What a session costs; where it has no cost, why. */
function costOf({ amount, reason, rates }: Cost, text: Localize, hass: HomeAssistant): unknown {
  if (amount !== null) return money(amount, rates?.currency ?? "", hass);
  const why = reason === null ? "" : explain(text, "not_billed", reason);
  return html`<span title=${why}>${NOTHING}<span class="visually-hidden">${why}</span></span>`;
}

/** Choose the columns; the first one is always there. */
export function columnChoice(
  shown: readonly Column[],
  text: Localize,
  onChoose: (column: Column, there: boolean) => void,
): TemplateResult {
  return html`<details class="columns">
    <summary>${text("panel.list.columns")}</summary>
    <fieldset>
      <legend class="visually-hidden">${text("panel.list.columns")}</legend>
      ${COLUMNS.slice(1).map(
        (column) =>
          html`<label>
            <input
              type="checkbox"
              name=${column}
              .checked=${shown.includes(column)}
              @change=${(event: Event) => {
                onChoose(column, (event.target as HTMLInputElement).checked);
              }}
            />
            ${text(`panel.list.${column}`)}
          </label>`,
      )}
    </fieldset>
  </details>`;
}
