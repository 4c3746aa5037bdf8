import { html, nothing, type TemplateResult } from "lit";

import type { Localize } from "../common/texts";
import { NO_FILTERS, RANGES, VERDICTS, daysOf, hasFilters, type Filters } from "./location";
import type { ArchiveInfo, Driver } from "./shapes";
import { explain } from "./words";

interface Chosen {
  readonly filters: Filters;
  readonly meters: ArchiveInfo["meters"];
  readonly drivers: readonly Driver[];
  readonly today: string;
  readonly text: Localize;
  readonly onFilter: (changes: Partial<Filters>) => void;
  /** Called at every letter. */
  readonly onSearch: (search: string) => void;
}

/** What the list of sessions and the chart are narrowed down by. */
export function filterForm(chosen: Chosen): TemplateResult {
  const { filters, meters, text, onFilter, onSearch } = chosen;
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
    ${rangeFields(chosen)}
    ${
      meters.length > 1
        ? html`<label
            ><span>${text("panel.filter.meter")}</span>
            <select name="meter" @change=${choose("meter")}>
              <option value="" .selected=${!filters.meter}>
                ${text("panel.filter.all_meters")}
              </option>
              ${meters.map(
                ({ device_id, name }) =>
                  html`<option value=${device_id ?? ""} .selected=${device_id === filters.meter}>
                    ${name}
                  </option>`,
              )}
            </select>
          </label>`
        : nothing
    }
    ${driverField(chosen)}
    <label
      ><span>${text("panel.filter.verdict")}</span>
      <select name="verdict" @change=${choose("verdict")}>
        <option value="" .selected=${!filters.verdict}>${text("panel.filter.any_verdict")}</option>
        ${VERDICTS.map(
          (verdict) =>
            html`<option value=${verdict} .selected=${verdict === filters.verdict}>
              ${explain(text, "panel.verdict", verdict)}
            </option>`,
        )}
      </select>
    </label>
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

/** One range of time for chart and list. */
function rangeFields({ filters, today, text, onFilter }: Chosen): TemplateResult {
  return html`<label
      ><span>${text("panel.filter.range")}</span>
      <select
        name="range"
        @change=${(event: Event) => {
          const range = RANGES.find((one) => one === (event.target as HTMLSelectElement).value);
          // A range of one's own begins as what was shown.
          const days = range === "custom" ? daysOf(filters, today) : { since: "", until: "" };
          onFilter({ range: range ?? "all", ...days });
        }}
      >
        ${RANGES.map(
          (range) =>
            html`<option value=${range} .selected=${range === filters.range}>
              ${text(`panel.range.${range}`)}
            </option>`,
        )}
      </select>
    </label>
    ${
      filters.range === "custom"
        ? (["since", "until"] as const).map(
            (name) =>
              html`<label
                ><span>${text(`panel.filter.${name}`)}</span>
                <input
                  type="date"
                  name=${name}
                  .value=${filters[name]}
                  @change=${(event: Event) => {
                    onFilter({ [name]: (event.target as HTMLInputElement).value });
                  }}
                />
              </label>`,
          )
        : nothing
    }`;
}

function driverField({
  filters,
  drivers,
  text,
  onFilter,
}: Chosen): TemplateResult | typeof nothing {
  const known = drivers.some(({ driver_id }) => String(driver_id) === filters.driver);
  if (!drivers.length && !filters.driver) return nothing;
  return html`<label
    ><span>${text("panel.filter.driver")}</span>
    <select
      name="driver"
      @change=${(event: Event) => {
        onFilter({ driver: (event.target as HTMLSelectElement).value });
      }}
    >
      <option value="" .selected=${!filters.driver}>${text("panel.filter.all_drivers")}</option>
      ${drivers.map(
        ({ driver_id, name }) =>
          html`<option value=${driver_id} .selected=${String(driver_id) === filters.driver}>
            ${name}
          </option>`,
      )}
      ${
        filters.driver && !known
          ? html`<option value=${filters.driver} .selected=${true}>
              ${text("panel.filter.gone_driver")}
            </option>`
          : nothing
      }
    </select>
  </label>`;
}
