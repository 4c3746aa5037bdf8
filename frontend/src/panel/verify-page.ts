import { html, nothing, type TemplateResult } from "lit";

import { controls } from "../common/style";
import { Fetched } from "./fetched";
import { NO_FILTERS } from "./location";
import { PanelPage } from "./page";
import { notice, verdictLook } from "./parts";
import { rawText, readingsTable, recordFacts, reportParts } from "./report";
import type { Verification } from "./shapes";
import { baseStyle } from "./styles/base";
import { tableStyle } from "./styles/table";
import { verifyStyle } from "./styles/verify";
import { explain } from "./words";

export class VerifyPage extends PanelPage {
  static override readonly styles = [controls, baseStyle, tableStyle, verifyStyle];

  readonly #verification = new Fetched<Verification>(this);

  readonly #verify = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const [record = "", key = ""] = ["record", "public_key"].map((name) => {
      const value = data.get(name);
      return typeof value === "string" ? value : "";
    });
    this.#verification.clear();
    await this.#verification.load(this.hass, "records/verify", {
      // The text as it is, but for the line break that pasting brings.
      record: record.trim(),
      ...(key.trim() ? { public_key: key.trim() } : {}),
    });
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#result")?.focus();
  };

  protected override render(): TemplateResult {
    const { texts: text } = this;
    const { value: found, error, busy } = this.#verification;
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
            ></textarea>
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
        ${error ? notice("danger", "mdi:alert-circle-outline", error) : nothing}
      </section>
      ${found ? this.#result(found) : nothing}
    `;
  }

  #result(found: Verification): TemplateResult {
    const { texts: text, hass, info } = this;
    const [tone, icon] = verdictLook(found.verdict);
    const meter = info.meters.find(({ device_id }) => device_id === found.device_id);
    const filters = { ...NO_FILTERS, meter: found.device_id ?? "" };
    return html`<div id="result" tabindex="-1">
        <div class="banner ${tone}">
          <ha-icon icon=${icon}></ha-icon>
          <div>
            <strong role="heading" aria-level="3"
              >${explain(text, "panel.verdict", found.verdict)}</strong
            >
            <p>
              ${
                meter
                  ? text("panel.verify.of_meter", { meter: meter.name })
                  : text("panel.verify.of_nobody")
              }
            </p>
            <p>
              ${found.record_id === null ? text("panel.verify.not_archived") : text("panel.verify.archived")}
              ${
                found.session_id === null
                  ? nothing
                  : html`<a
                      href=${this.href({ view: "session", session: found.session_id, filters })}
                      >${text("panel.verify.open")}</a
                    >`
              }
            </p>
          </div>
        </div>
      </div>
      <section class="card">
        ${reportParts(found, text)}
        <h4>${text("panel.readings.title")}</h4>
        ${readingsTable(found, text, hass)}
        <h4>${text("panel.session.contents")}</h4>
        ${recordFacts(found, text, hass)} ${rawText(found, text)}
      </section>`;
  }
}
