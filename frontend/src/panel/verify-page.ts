import { html, nothing, type TemplateResult } from "lit";

import { controls } from "../common/style";
import { Fetched } from "./fetched";
import { NO_FILTERS } from "./location";
import { PanelPage } from "./page";
import { notice, verdictLook } from "./parts";
import { rawText, readingsTable, recordFacts, reportParts } from "./report";
import type { Drivers, Verification, Verifications } from "./shapes";
import { baseStyle } from "./styles/base";
import { tableStyle } from "./styles/table";
import { verifyStyle } from "./styles/verify";
import { count, energy, explain, moment } from "./words";

/** More than any file of records that people hand around; the server takes no larger message either. */
const MAX_FILE = 2 * 1024 * 1024;

/** The text of a file: Windows calls UTF-16 Unicode, and begins it with its mark. */
function decoded(bytes: Uint8Array): string {
  const marks: Record<string, string> = { "255,254": "utf-16le", "254,255": "utf-16be" };
  return new TextDecoder(marks[bytes.subarray(0, 2).join()] ?? "utf-8").decode(bytes);
}

function inBase64(bytes: Uint8Array): string {
  const chunk = 0x8000;
  let text = "";
  for (let start = 0; start < bytes.length; start += chunk) {
    text += String.fromCharCode(...bytes.subarray(start, start + chunk));
  }
  return btoa(text);
}

export class VerifyPage extends PanelPage {
  static override readonly properties = { ...PanelPage.properties, _problem: { state: true } };
  static override readonly styles = [controls, baseStyle, tableStyle, verifyStyle];

  /** What is wrong with the file that was chosen. */
  declare _problem: string;

  readonly #verification = new Fetched<Verifications>(this);
  readonly #drivers = new Fetched<Drivers>(this);
  /** The file behind the text, where the text is not all of it: what was signed are its bytes. */
  #original: { shown: FormDataEntryValue | null; base64: string } = { shown: null, base64: "" };

  constructor() {
    super();
    this._problem = "";
  }

  readonly #verify = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const [record = "", key = ""] = ["record", "public_key"].map((name) => {
      const value = data.get(name);
      return typeof value === "string" ? value : "";
    });
    const meter = this.info.meters[0]?.device_id;
    void this.#drivers.load(this.hass, "drivers/list", meter ? { device_id: [meter] } : {});
    this.#verification.clear();
    const { shown, base64 } = this.#original;
    await this.#verification.load(this.hass, "records/verify", {
      // The text as it is, but for the line break that pasting brings.
      record: base64 && record === shown ? base64 : record.trim(),
      ...(key.trim() ? { public_key: key.trim() } : {}),
    });
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#result")?.focus();
  };

  readonly #choose = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    void this.#read(input.files?.[0]);
    input.value = "";
  };

  readonly #drop = (event: DragEvent): void => {
    const file = event.dataTransfer?.files[0];
    // A text that is dropped is the text area's own business.
    if (!file) return;
    event.preventDefault();
    void this.#read(file);
  };

  async #read(file: File | undefined): Promise<void> {
    const area = this.renderRoot.querySelector<HTMLTextAreaElement>("textarea[name=record]");
    const form = area?.form;
    if (!file || !form) return;
    const large = file.size > MAX_FILE;
    this._problem = large
      ? this.texts("panel.verify.too_large", { size: String(MAX_FILE / 1024 / 1024) })
      : "";
    if (large) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const text = decoded(bytes);
    area.value = text;
    // A text area makes line feeds of other line breaks, and a text can't hold every byte.
    const lossy = /[\r\ufffd]/.test(text);
    const shown = new FormData(form).get("record");
    this.#original = { shown, base64: lossy ? inBase64(bytes) : "" };
    form.requestSubmit();
  }

  protected override render(): TemplateResult {
    const { texts: text } = this;
    const { value: found, error, busy } = this.#verification;
    const problem = this._problem || error;
    return html`
      <section class="card" aria-labelledby="verify">
        <h2 id="verify">${text("panel.verify.title")}</h2>
        <p>${text("panel.verify.hint")}</p>
        <form class="verify" @submit=${this.#verify}>
          <label
            ><span>${text("panel.verify.record")}</span>
            <textarea
              name="record"
              rows="6"
              required
              spellcheck="false"
              autocomplete="off"
              placeholder="OCMF|{…}|{…}"
              @drop=${this.#drop}
            ></textarea>
          </label>
          <label class="file"
            ><ha-icon icon="mdi:file-outline"></ha-icon>
            <span>${text("panel.verify.choose")}</span>
            <input type="file" accept=".ocmf,.xml,.json,.txt,text/*" @change=${this.#choose} />
          </label>
          <label
            ><span>${text("panel.verify.key")}</span>
            <textarea name="public_key" rows="2" spellcheck="false" autocomplete="off"></textarea>
            <small>${text("panel.verify.key_hint")}</small>
          </label>
          <button class="start" ?disabled=${busy}>
            <ha-icon icon="mdi:shield-search"></ha-icon>
            ${text(busy ? "panel.verify.busy" : "panel.verify.submit")}
          </button>
        </form>
        ${problem ? notice("danger", "mdi:alert-circle-outline", problem) : nothing}
      </section>
      ${found ? this.#results(found) : nothing}
    `;
  }

  #results(found: Verifications): TemplateResult {
    const records = found.records.length ? found.records : [found];
    return html`<div id="result" tabindex="-1">
      ${
        records.length > 1
          ? html`<p>
              ${this.texts("panel.verify.found", { count: count(records.length, this.hass) })}
            </p>`
          : nothing
      }
      ${records.map((record) => this.#result(record))}
    </div>`;
  }

  #result(found: Verification): TemplateResult {
    const { texts: text, hass } = this;
    const [tone, icon] = verdictLook(found.verdict);
    return html`<div class="banner ${tone}">
        <ha-icon icon=${icon}></ha-icon>
        <div>
          <strong role="heading" aria-level="3"
            >${explain(text, "panel.verdict", found.verdict)}</strong
          >
          ${found.legible ? this.#inWords(found) : nothing}
        </div>
      </div>
      <section class="card">
        ${reportParts(found, text)}
        ${
          found.legible
            ? html`<h4>${text("panel.readings.title")}</h4>
                ${readingsTable(found, text, hass)}
                <h4>${text("panel.session.contents")}</h4>
                ${recordFacts(found, text, hass, this.#driverOf(found))}`
            : nothing
        }
        ${rawText(found, text)}
      </section>`;
  }

  /** The name of the driver who has the identification; readers differ in the case of numbers. */
  #driverOf({ identification }: Verification): string | null {
    const plain = (value: string): string => value.trim().toLowerCase();
    const data = plain(identification.data ?? "");
    const mine = this.#drivers.value?.drivers.find(({ identifications }) =>
      identifications.some(({ value }) => plain(value) === data),
    );
    return mine?.name ?? null;
  }

  /** Who, when and how much; who signed it only where the signature says so. */
  #inWords(found: Verification): TemplateResult {
    const { texts: text, hass, info } = this;
    const meter = info.meters.find(({ device_id }) => device_id === found.device_id);
    const filters = { ...NO_FILTERS, meter: found.device_id ?? "" };
    const amount = energy(found.imported, hass);
    const begin = moment(found.begin, hass);
    return html`<p>
        ${[this.#driverOf(found), found.identification.data ?? text("panel.unidentified")].filter(Boolean).join(" · ")}
        ·
        ${
          found.end === null
            ? text("panel.verify.summary_open", { energy: amount, begin })
            : text("panel.verify.summary", { energy: amount, begin, end: moment(found.end, hass) })
        }
      </p>
      ${
        found.verdict === "valid"
          ? html`<p>
              ${
                meter
                  ? text("panel.verify.of_meter", { meter: meter.name })
                  : text("panel.verify.of_nobody")
              }
            </p>`
          : nothing
      }
      <p>
        ${found.record_id === null ? text("panel.verify.not_archived") : text("panel.verify.archived")}
        ${
          found.session_id === null
            ? nothing
            : html`<a href=${this.href({ view: "session", session: found.session_id, filters })}
                >${text("panel.verify.open")}</a
              >`
        }
      </p>`;
  }
}
