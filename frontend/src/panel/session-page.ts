import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { findEntities } from "../common/entities";
import { formatDuration } from "../common/format";
import { controls } from "../common/style";
import type { Point } from "./chart";
import { Fetched } from "./fetched";
import { NO_FILTERS, START } from "./location";
import { PanelPage, documentLanguage } from "./page";
import { facts, failure, notice, severityIcon, verdictChip, verdictLook, waiting } from "./parts";
import { readPower } from "./power";
import { powerFigure } from "./power-figure";
import {
  checkIcon,
  clockPart,
  level,
  rawText,
  readingsTable,
  recordFacts,
  reportParts,
  transparencyPart,
} from "./report";
import type { Cost, SessionDetail, StoredRecord } from "./shapes";
import { baseStyle } from "./styles/base";
import { chartStyle } from "./styles/chart";
import { sessionStyle } from "./styles/session";
import { tableStyle } from "./styles/table";
import { count, energy, explain, findingText, moment, who, money } from "./words";

export class SessionPageElement extends PanelPage {
  static override readonly properties = {
    ...PanelPage.properties,
    _power: { state: true },
    _pointed: { state: true },
  };
  static override readonly styles = [controls, baseStyle, tableStyle, chartStyle, sessionStyle];

  /** Undefined while it is being read; empty where the recorder has none. */
  declare _power: readonly Point[] | undefined;

  /** The time that is pointed at in the curve, in Unix milliseconds. */
  declare _pointed: number | undefined;

  readonly #session = new Fetched<SessionDetail>(this);
  #asked = 0;
  #powerOf = "";

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { session } = this.place;
    if (session === this.#asked && !changed.has("revision")) return;
    if (session !== this.#asked) {
      this.#session.clear();
      this._power = undefined;
      this.#powerOf = "";
    }
    this.#asked = session;
    this.#load();
  }

  protected override updated(): void {
    super.updated();
    const detail = this.#session.value;
    if (!detail) return;
    const { device_id, begin, last_known } = detail;
    const wanted = JSON.stringify([device_id, begin, last_known]);
    if (wanted === this.#powerOf) return;
    this.#powerOf = wanted;
    void this.#loadPower(detail);
  }

  readonly #load = (): void => {
    const { filters, session } = this.place;
    void this.#session.load(this.hass, "sessions/get", {
      session_id: session,
      ...(filters.meter ? { device_id: [filters.meter] } : {}),
    });
  };

  async #loadPower({ device_id, begin, last_known, outcome }: SessionDetail): Promise<void> {
    const { hass } = this;
    const entityId = findEntities(hass, device_id ?? "").get("sensor.power");
    const from = Date.parse(begin ?? "");
    const to = outcome === "open" ? Date.now() : Date.parse(last_known ?? "");
    const known = entityId !== undefined && to > from;
    this._power = known ? await readPower(hass, entityId, from, to) : [];
  }

  protected override render(): TemplateResult {
    const { texts: text } = this;
    const { value: detail, error } = this.#session;
    return html`
      <a class="back" href=${this.base} @click=${this.#back}>
        <ha-icon icon="mdi:arrow-left"></ha-icon>${text("panel.session.back")}
      </a>
      ${failure(this.#session, text, this.#load)}
      ${this._problem ? notice("danger", "mdi:alert-circle-outline", this._problem) : nothing}
      ${detail ? this.#detail(detail) : error ? nothing : waiting(text)}
    `;
  }

  /** Back to the list as it was, if that is where this page was opened from. */
  readonly #back = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    if ((history.state as { fromList?: boolean } | null)?.fromList) history.back();
    else this.go(START);
  };

  #detail(detail: SessionDetail): TemplateResult {
    const { texts: text, hass } = this;
    const [tone, icon] = verdictLook(detail.verdict);
    const title = detail.begin
      ? text("panel.session.title", { begin: moment(detail.begin, hass) })
      : text("panel.session.untimed");
    return html`
      <h2 class="title">${title}</h2>
      <div class="banner ${tone}">
        <ha-icon icon=${icon}></ha-icon>
        <div>
          <strong>${explain(text, "panel.verdict", detail.verdict)}</strong>
          <p>${explain(text, "verdict", detail.verdict)}</p>
          <p>${explain(text, "outcome", detail.outcome)}</p>
        </div>
      </div>
      <section class="card" aria-labelledby="about">
        <header>
          <h3 id="about">${text("panel.session.about")}</h3>
          <div class="downloads">${this.#downloads(detail)}</div>
        </header>
        ${this.#facts(detail)}
      </section>
      ${this.#powerChart(detail)}
      <section class="card" aria-labelledby="findings">
        <h3 id="findings">${text("panel.session.findings")}</h3>
        <ul class="parts">
          ${detail.findings.map(
            (finding) =>
              html`<li>
                ${severityIcon(finding.severity)}
                <div>
                  <p>${findingText(finding, text, hass)}</p>
                  ${
                    detail.record_reports.some(({ record_id }) => record_id === finding.record_id)
                      ? html`<button
                          type="button"
                          class="link"
                          @click=${() => {
                            this.#openRecord(finding.record_id);
                          }}
                        >
                          ${text("panel.session.open_record")}
                        </button>`
                      : nothing
                  }
                </div>
              </li>`,
          )}
          ${
            detail.findings.length
              ? nothing
              : html`<li>
                  ${checkIcon(detail.verdict === "valid" ? undefined : "note")}
                  <div><p>${text("panel.session.no_findings")}</p></div>
                </li>`
          }
          ${clockPart(detail.clock, text)}
          ${transparencyPart(detail.transparency, detail.verdict === "valid", text)}
        </ul>
      </section>
      <section class="records" aria-labelledby="records">
        <h3 id="records">
          ${text("panel.session.records", { count: count(detail.records, hass) })}
        </h3>
        ${detail.record_reports.map((record, place) =>
          this.#record(record, detail, place === detail.record_reports.length - 1),
        )}
      </section>
    `;
  }

  #facts(detail: SessionDetail): TemplateResult {
    const { texts: text, hass } = this;
    const { device_id, duration, exported } = detail;
    const meter = detail.meter ?? text("panel.gone");
    return facts([
      [text("panel.fact.energy"), html`<b>${energy(detail.imported, hass)}</b>`],
      [text("panel.fact.exported"), Number(exported) ? energy(exported, hass) : null],
      [text("panel.fact.begin"), moment(detail.begin, hass)],
      [
        text(detail.end === null ? "panel.fact.last_known" : "panel.fact.end"),
        moment(detail.last_known, hass),
      ],
      [text("panel.fact.duration"), duration === null ? null : formatDuration(duration)],
      [text("panel.fact.cost"), this.#cost(detail.cost)],
      [text("panel.fact.identification"), this.#who(detail)],
      [text("panel.fact.level"), level(detail.identification_level, text)],
      [text("panel.fact.tariff"), detail.tariff_text],
      [text("panel.fact.charge_point"), detail.charge_point],
      [
        text("panel.fact.meter"),
        device_id ? html`<a href="/config/devices/device/${device_id}">${meter}</a>` : meter,
      ],
    ]);
  }

  /** Who charged; an identification that belongs to nobody yet can be named from here. */
  #who(detail: SessionDetail): TemplateResult {
    const { texts: text } = this;
    const { driver_id, identification, identification_type: type } = detail;
    const { meter } = this.place.filters;
    return html`${who(detail, type, text)}
    ${
      identification && driver_id === null
        ? html`<a
            href=${this.href({
              view: "drivers",
              filters: { ...NO_FILTERS, meter, search: identification },
            })}
            >${text("panel.session.name_driver")}</a
          >`
        : nothing
    }`;
  }

  /** What it costs, or why it has no cost. */
  #cost({ amount, reason, rates, time_left_out }: Cost): unknown {
    const { texts: text, hass } = this;
    if (amount === null)
      return reason === null ? null : html`– <small>${explain(text, "not_billed", reason)}</small>`;
    return html`${money(amount, rates?.currency ?? "", hass)}
    ${time_left_out ? html`<small>${text("panel.fact.without_time")}</small>` : nothing}`;
  }

  #downloads({ links }: SessionDetail): TemplateResult[] {
    const { texts: text } = this;
    const language = documentLanguage(this.hass);
    const beside = (form: string): string => links.ocmf.replace(/\.ocmf$/, `.${form}`);
    return [
      this.#button("XML", links.xml, text("panel.download.xml")),
      this.#button("OCMF", links.ocmf, text("panel.download.ocmf")),
      this.#button("XLSX", beside("xlsx"), text("panel.download.xlsx")),
      this.#button("CSV", beside("csv"), text("panel.download.csv")),
      this.#button("ZIP", beside("zip"), text("panel.download.zip")),
      this.#button("OCPI", links.ocpi, text("panel.download.ocpi")),
      this.#button("OCPP", links.ocpp, text("panel.download.ocpp")),
      this.#button(
        text("panel.session.receipt"),
        `${links.ocmf.replace(/\.ocmf$/, "/receipt.pdf")}${language ? `?language=${language}` : ""}`,
        text("panel.download.receipt"),
      ),
    ];
  }

  #button(form: string, path: string | null, title: string): TemplateResult {
    return html`<button
      type="button"
      title=${title}
      ?disabled=${path === null}
      @click=${() => void this.save(path ?? "")}
    >
      <ha-icon icon="mdi:download"></ha-icon>${form}
    </button>`;
  }

  /** Open the record that a finding is about, and go there. */
  #openRecord(id: number): void {
    const record = this.renderRoot.querySelector<HTMLDetailsElement>(`#record-${id}`);
    if (!record) return;
    record.open = true;
    record.scrollIntoView({ block: "start" });
    record.querySelector("summary")?.focus({ preventScroll: true });
  }

  #record(record: StoredRecord, session: SessionDetail, open: boolean): TemplateResult {
    const { texts: text, hass } = this;
    return html`<details class="card record" id="record-${record.record_id}" ?open=${open}>
      <summary>
        <span class="name"
          >${explain(text, "panel.kind", record.kind)}
          <small>${record.pagination ?? ""}</small></span
        >
        ${verdictChip(record.verdict, text)}
      </summary>
      ${reportParts(record, text)}
      <h4>${text("panel.readings.title")}</h4>
      ${readingsTable(record, text, hass)}
      <h4>${text("panel.session.contents")}</h4>
      ${recordFacts(record, text, hass, sameDriver(record, session))} ${rawText(record, text)}
      <div class="downloads">
        ${this.#button("OCMF", record.links.ocmf, text("panel.download.ocmf"))}
        ${this.#button("XML", record.links.xml, text("panel.download.xml"))}
      </div>
    </details>`;
  }

  // --- power ---------------------------------------------------------------------------------------

  #powerChart(detail: SessionDetail): TemplateResult {
    const { texts: text, _power: points } = this;
    return html`<section class="card" aria-labelledby="power">
      <h3 id="power">${text("panel.session.power")}</h3>
      ${
        points === undefined
          ? waiting(text)
          : points.length
            ? powerFigure(points, Date.parse(detail.begin ?? ""), {
                text,
                hass: this.hass,
                width: this._width,
                pointed: this._pointed,
                onPoint: (time) => {
                  this._pointed = time;
                },
              })
            : html`<p class="quiet">${text("panel.session.no_power")}</p>`
      }
    </section>`;
  }
}

/** The driver of the session, if a record is of the same identification. */
function sameDriver({ identification }: StoredRecord, session: SessionDetail): string | null {
  return identification.data === session.identification ? session.driver : null;
}
