import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { findEntities, isThere, stateOf } from "../common/entities";
import { controls } from "../common/style";
import { Fetched } from "./fetched";
import { NO_FILTERS, START } from "./location";
import { PanelPage } from "./page";
import { facts, failure, fingerprint, notice, waiting } from "./parts";
import type { Counts, MeterArchive, UnassignedPage, UnassignedRecord } from "./shapes";
import { archiveStyle } from "./styles/archive";
import { baseStyle } from "./styles/base";
import { NOTHING, count, explain, moment } from "./words";

const MOST_UNASSIGNED = 50;

export class ArchivePage extends PanelPage {
  static override readonly styles = [controls, baseStyle, archiveStyle];

  readonly #check = new Fetched<Counts>(this);
  readonly #unassigned = new Fetched<UnassignedPage>(this);
  /** Which archive was verified last. */
  #checked = -1;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("revision") || !this.hasUpdated) this.#load();
  }

  readonly #load = (): void => {
    void this.#unassigned.load(this.hass, "records/list", {
      ...this.#archiveOf(this.info.meters[0]),
      limit: MOST_UNASSIGNED,
    });
  };

  /** Names an archive by its meters. */
  #archiveOf(meter: MeterArchive | undefined): { device_id?: string[] } {
    const { meters } = this.info;
    if (!meter || meters.every(({ archive }) => archive === meter.archive)) return {};
    return {
      device_id: meters.flatMap(({ archive, device_id }) =>
        archive === meter.archive ? (device_id ?? []) : [],
      ),
    };
  }

  #verifyAll(meter: MeterArchive): void {
    this.#checked = meter.archive;
    this.#check.clear();
    void this.#check.load(this.hass, "archive/verify", this.#archiveOf(meter));
  }

  protected override render(): TemplateResult {
    const { meters } = this.info;
    const archives = [...new Set(meters.map(({ archive }) => archive))];
    return html`<h2 class="visually-hidden">${this.texts("panel.tab.archive")}</h2>
      ${archives.map((archive) =>
        this.#archive(meters.filter((meter) => meter.archive === archive)),
      )}
      ${this.#others()}`;
  }

  #archive(meters: readonly MeterArchive[]): TemplateResult {
    const { texts: text } = this;
    const [first] = meters;
    const { value: counts, busy } = this.#check;
    const mine = this.#checked === first?.archive;
    return html`
      ${meters.map((meter) => this.#meter(meter))}
      <section class="card check">
        <div>
          <h2>${text("panel.archive.verify")}</h2>
          <p class="quiet">${text("panel.archive.verify_hint")}</p>
        </div>
        <button
          type="button"
          ?disabled=${busy || !first?.available}
          @click=${() => {
            if (first) this.#verifyAll(first);
          }}
        >
          <ha-icon icon="mdi:shield-sync-outline"></ha-icon>
          ${text(busy && mine ? "panel.archive.verifying" : "panel.archive.verify_now")}
        </button>
        <div class="wide" role="status">
          ${
            mine && counts
              ? notice(
                  counts.suspicious ? "warning" : "success",
                  counts.suspicious ? "mdi:shield-alert-outline" : "mdi:shield-check",
                  text("panel.archive.verified", {
                    records: count(counts.records, this.hass),
                    suspicious: count(counts.suspicious, this.hass),
                    failed: count(counts.failed, this.hass),
                  }),
                )
              : nothing
          }
          ${
            mine && this.#check.error
              ? notice("danger", "mdi:alert-circle-outline", this.#check.error)
              : nothing
          }
        </div>
      </section>
    `;
  }

  #meter(meter: MeterArchive): TemplateResult {
    const { texts: text, hass } = this;
    const { sync } = meter;
    const entities = findEntities(hass, meter.device_id ?? "");
    const reachable = isThere(stateOf(hass, entities, "binary_sensor.charging"));
    return html`<section class="card">
      <header>
        <h2>
          ${
            meter.device_id
              ? html`<a href="/config/devices/device/${meter.device_id}">${meter.name}</a>`
              : meter.name
          }
        </h2>
      </header>
      ${reachable ? nothing : notice("neutral", "mdi:lan-disconnect", text("panel.archive.offline"))}
      ${
        meter.available
          ? nothing
          : notice(
              "warning",
              "mdi:database-off-outline",
              text("panel.unavailable", { name: meter.name, count: count(meter.waiting, hass) }),
            )
      }
      ${this.#keyAlarm(meter)}
      ${
        meter.failed
          ? notice(
              "danger",
              "mdi:shield-remove",
              html`<p>${text("panel.archive.failed", { count: count(meter.failed, hass) })}</p>
                <a href=${this.#failedOf(meter)}>${text("panel.archive.show_failed")}</a>`,
            )
          : nothing
      }
      ${
        sync.lost
          ? notice(
              "danger",
              "mdi:database-remove-outline",
              text("panel.archive.lost", { count: count(sync.lost, hass) }),
            )
          : nothing
      }
      ${
        sync.overwrites_soon
          ? notice("warning", "mdi:database-alert-outline", text("panel.archive.overwrites_soon"))
          : nothing
      }
      ${
        sync.failed
          ? notice("warning", "mdi:sync-alert", text("panel.archive.sync_failed"))
          : nothing
      }
      ${facts([
        [text("panel.archive.records"), html`<b>${count(meter.records, hass)}</b>`],
        [text("panel.archive.suspicious"), count(meter.suspicious, hass)],
        [
          text("panel.archive.missing"),
          sync.missing === null ? text("panel.archive.not_known") : count(sync.missing, hass),
        ],
        [text("panel.archive.waiting"), meter.waiting ? count(meter.waiting, hass) : null],
        [text("panel.archive.sync"), text(this.#syncState(meter))],
      ])}
      ${sync.running ? this.#progress(meter) : nothing} ${this.#keys(meter)}
    </section>`;
  }

  /** The sessions with an invalid signature. */
  #failedOf({ device_id }: MeterArchive): string {
    const filters = { ...NO_FILTERS, meter: device_id ?? "", verdict: "invalid" as const };
    return this.href({ ...START, filters });
  }

  /** The alarm about another key, which an administrator accepts in Home Assistant's repairs. */
  #keyAlarm({ alarm }: MeterArchive): TemplateResult | typeof nothing {
    const { texts: text } = this;
    if (!alarm) return nothing;
    return notice(
      "danger",
      "mdi:key-alert-outline",
      html`<p>${text("panel.archive.key_alarm")}</p>
        <p>
          ${text("panel.archive.key_known")} ${fingerprint(alarm.expected)}<br />
          ${text("panel.archive.key_found")} ${fingerprint(alarm.found)}
        </p>
        <a href="/config/repairs">${text("panel.archive.open_repairs")}</a>`,
    );
  }

  #syncState({
    sync,
  }: MeterArchive): `panel.archive.sync_${"running" | "behind" | "unknown" | "complete"}` {
    if (sync.running) return "panel.archive.sync_running";
    if (sync.missing === null) return "panel.archive.sync_unknown";
    return sync.missing ? "panel.archive.sync_behind" : "panel.archive.sync_complete";
  }

  #progress({ name, sync }: MeterArchive): TemplateResult {
    const { texts: text, hass } = this;
    const all = sync.fetched + (sync.missing ?? 0);
    const label = text("panel.archive.progress", {
      fetched: count(sync.fetched, hass),
      all: count(all, hass),
    });
    return html`<div class="progress">
      <progress aria-label=${name} max=${all || 1} .value=${sync.fetched}></progress>
      <span>${label}</span>
    </div>`;
  }

  #keys({ keys }: MeterArchive): TemplateResult {
    const { texts: text, hass } = this;
    return html`<h3>${text("panel.archive.keys")}</h3>
      ${
        keys.length
          ? html`<ul class="keys">
              ${keys.map(
                (key) =>
                  html`<li>
                    <ha-icon
                      class="tone ${key.state === "changed" ? "warning" : key.state === "pinned" ? "success" : "neutral"}"
                      icon=${key.state === "changed" ? "mdi:key-alert-outline" : "mdi:key-outline"}
                    ></ha-icon>
                    <div>
                      <p>${explain(text, "key_state", key.state)}</p>
                      <p class="quiet">
                        ${text("panel.archive.seen", {
                          first: moment(key.first_seen, hass),
                          last: moment(key.last_seen, hass),
                        })}
                      </p>
                      <p class="quiet">
                        ${text("panel.part.fingerprint")} ${fingerprint(key.fingerprint)}
                      </p>
                      <details class="raw">
                        <summary>${text("panel.public_key")}</summary>
                        <pre tabindex="0" aria-label=${text("panel.public_key")}>
${key.public_key}</pre>
                      </details>
                    </div>
                  </li>`,
              )}
            </ul>`
          : html`<p class="quiet">${text("panel.archive.no_keys")}</p>`
      }`;
  }

  /** Records that belong to no session, such as unreadable ones. */
  #others(): TemplateResult | typeof nothing {
    const { texts: text } = this;
    const { value: found, error } = this.#unassigned;
    if (!found && !error) return waiting(text);
    if (found?.total === 0) return nothing;
    return html`<section class="card" aria-labelledby="others">
      <h2 id="others">
        ${text("panel.others.title", { count: count(found?.total ?? 0, this.hass) })}
      </h2>
      <p class="quiet">${text("panel.others.hint")}</p>
      ${failure(this.#unassigned, text, this.#load)}
      ${this._problem ? notice("danger", "mdi:alert-circle-outline", this._problem) : nothing}
      <ul class="keys">
        ${found?.records.map((record) => this.#other(record))}
      </ul>
    </section>`;
  }

  #other(record: UnassignedRecord): TemplateResult {
    const { texts: text, hass } = this;
    return html`<li>
      <div>
        <p>
          ${record.pagination ?? NOTHING}, ${moment(record.time ?? record.arrived, hass)},
          ${record.meter ?? text("panel.gone")}
        </p>
        <p class="quiet">${explain(text, "signature", record.signature)}</p>
      </div>
      <button
        type="button"
        aria-label="OCMF ${record.pagination ?? ""}: ${text("panel.download.ocmf")}"
        @click=${() => void this.save(record.links.ocmf)}
      >
        <ha-icon icon="mdi:download"></ha-icon>OCMF
      </button>
    </li>`;
  }
}
