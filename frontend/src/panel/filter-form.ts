import { html, nothing, type TemplateResult } from "lit";

import type { Localize } from "../common/texts";
import { NO_FILTERS, VERDICTS, hasFilters, type Filters } from "./location";
import type { ArchiveInfo } from "./shapes";
import { explain } from "./words";

interface Chosen {
  readonly filters: Filters;
  readonly meters: ArchiveInfo["meters"];
  readonly text: Localize;
  readonly onFilter: (changes: Partial<Filters>) => void;
  /** Called at every letter. */
  readonly onSearch: (search: string) => void;
}

/** What the list of sessions and the chart are narrowed down by. */
export function filterForm({ filters, meters, text, onFilter, onSearch }: Chosen): TemplateResult {
  const choose =
    (name: keyof Filters) =>
    (event: Event): void => {
      onFilter({ [name]: (event.target as HTMLInputElement).value });
    };
  return html`<form
    class="filters"
    role="search"
    @submit=${(event: Event) => {
      event.preventDefault();
    }}
  >
    <label class="wide"
      ><span>${text("panel.filter.search")}</span>
      <input
        type="search"
        name="search"
        .value=${filters.search}
        placeholder=${text("panel.filter.search_hint")}
        @input=${(event: InputEvent) => {
          onSearch((event.target as HTMLInputElement).value);
        }}
      />
    </label>
    ${
      meters.length > 1
        ? html`<label
            ><span>${text("panel.filter.meter")}</span>
            <select name="meter" @change=${choose("meter")}>
              <option value="" ?selected=${!filters.meter}>
                ${text("panel.filter.all_meters")}
              </option>
              ${meters.map(
                ({ device_id, name }) =>
                  html`<option value=${device_id ?? ""} ?selected=${device_id === filters.meter}>
                    ${name}
                  </option>`,
              )}
            </select>
          </label>`
        : nothing
    }
    <label
      ><span>${text("panel.filter.verdict")}</span>
      <select name="verdict" @change=${choose("verdict")}>
        <option value="" ?selected=${!filters.verdict}>${text("panel.filter.any_verdict")}</option>
        ${VERDICTS.map(
          (verdict) =>
            html`<option value=${verdict} ?selected=${verdict === filters.verdict}>
              ${explain(text, "panel.verdict", verdict)}
            </option>`,
        )}
      </select>
    </label>
    ${(["since", "until"] as const).map(
      (name) =>
        html`<label
          ><span>${text(`panel.filter.${name}`)}</span>
          <input type="date" name=${name} .value=${filters[name]} @change=${choose(name)} />
        </label>`,
    )}
    ${
      hasFilters(filters)
        ? html`<button
            type="button"
            class="reset"
            @click=${() => {
              onFilter(NO_FILTERS);
            }}
          >
            <ha-icon icon="mdi:filter-remove-outline"></ha-icon>${text("panel.filter.reset")}
          </button>`
        : nothing
    }
  </form>`;
}
