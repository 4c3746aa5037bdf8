import { html, nothing, type TemplateResult } from "lit";

import { formatDuration } from "../common/format";
import type { HomeAssistant } from "../common/hass";
import type { Localize } from "../common/texts";
import { verdictChip } from "./parts";
import type { Session, SessionPage } from "./shapes";
import { NOTHING, energy, identificationType, moment, who } from "./words";

const PAGE_ICONS = { previous: "mdi:chevron-left", next: "mdi:chevron-right" } as const;

interface Shown {
  readonly text: Localize;
  readonly hass: HomeAssistant;
  /** Whether it has to be said which meter a session is of. */
  readonly severalMeters: boolean;
  readonly hrefOf: (session: Session) => string;
  readonly onPage: (page: number) => void;
}

/** A page of the list of sessions. */
export function sessionTable(found: SessionPage, shown: Shown): TemplateResult {
  const { text, severalMeters } = shown;
  const { sessions, total, offset, limit } = found;
  if (!sessions.length)
    return html`<div class="empty">
      <ha-icon icon="mdi:magnify-close"></ha-icon>
      <p>${text("panel.list.none")}</p>
    </div>`;
  const page = Math.floor(offset / limit) + 1;
  const range = text("panel.list.range", {
    first: offset + 1,
    last: offset + sessions.length,
    total,
  });
  const columns = [
    "begin",
    "duration",
    "energy",
    "who",
    ...(severalMeters ? (["meter"] as const) : []),
    "tariff",
    "verdict",
  ] as const;
  // The roles are said because rows are shown as cards where it is narrow.
  return html`<table class="sessions" role="table" aria-labelledby="sessions">
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map(
            (column) =>
              html`<th
                role="columnheader"
                scope="col"
                class=${column === "energy" || column === "duration" ? "number" : ""}
              >
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

function row(session: Session, { text, hass, severalMeters, hrefOf }: Shown): TemplateResult {
  const { duration, tariff_text: tariff } = session;
  const open = session.outcome === "open";
  return html`<tr role="row">
    <td role="cell" class="begin">
      <a href=${hrefOf(session)}
        >${session.begin ? moment(session.begin, hass) : text("panel.list.no_time")}</a
      >
    </td>
    <td role="cell" class="number duration">
      ${
        open
          ? html`<span class="open">${text("panel.outcome.open")}</span>`
          : duration === null
            ? NOTHING
            : formatDuration(duration)
      }
    </td>
    <td role="cell" class="number energy">
      ${/* What has flowed is signed at the end. */ open ? NOTHING : energy(session.imported, hass)}
    </td>
    <td role="cell" class="who">
      ${who(session, text)}
      ${
        session.identification
          ? html`<small>${identificationType(session.identification_type, text)}</small>`
          : nothing
      }
    </td>
    ${
      severalMeters
        ? html`<td role="cell" class="meter">${session.meter ?? text("panel.gone")}</td>`
        : nothing
    }
    <td role="cell" class="tariff">${tariff ?? NOTHING}</td>
    <td role="cell" class="verdict">${verdictChip(session.verdict, text)}</td>
  </tr>`;
}
