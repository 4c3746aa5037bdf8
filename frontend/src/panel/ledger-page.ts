import { html, nothing, type TemplateResult } from "lit";

import { DOMAIN } from "../common/hass";
import { errorText } from "../common/texts";
import type { View } from "./location";
import { PanelPage, focusOn } from "./page";
import { notice } from "./parts";

/** The pages about money, as they are listed on each of them. */
const LEDGER: readonly View[] = ["billing", "drivers", "prices"];

/** A page about drivers, prices or costs: what is changed there is kept beside the records. */
export abstract class LedgerPage extends PanelPage {
  static override readonly properties = { ...PanelPage.properties, _busy: { state: true } };

  /** Whether something is being saved. */
  declare _busy: boolean;

  #shown: HTMLDialogElement | null = null;

  constructor() {
    super();
    this._busy = false;
  }

  /** The meters that say which archive is meant, where there is more than one: the first one's. */
  protected get archive(): { readonly device_id?: readonly string[] } {
    const { meter } = this.place.filters;
    const { meters } = this.info;
    if (meters.every(({ archive }) => archive === meters[0]?.archive)) return {};
    const chosen = meter || (meters.find(({ device_id }) => device_id)?.device_id ?? "");
    return chosen ? { device_id: [chosen] } : {};
  }

  /** Save something; returns what came back, undefined where that failed. */
  protected async write<Answer>(command: string, data: object): Promise<Answer | undefined> {
    this._busy = true;
    this._problem = "";
    try {
      return await this.hass.callWS<Answer>({
        type: `${DOMAIN}/${command}`,
        ...this.archive,
        ...data,
      });
    } catch (error) {
      this._problem = await errorText(this.hass, error);
      return undefined;
    } finally {
      this._busy = false;
    }
  }

  /** A dialog is part of the page only while it is open. */
  protected override updated(): void {
    super.updated();
    const dialog = this.renderRoot.querySelector("dialog");
    // One that was closed a moment ago is still there, and must not open again: it would keep the focus.
    if (dialog && dialog !== this.#shown) dialog.showModal();
    this.#shown = dialog;
  }

  protected closeDialog(): void {
    this._problem = "";
    this.renderRoot.querySelector("dialog")?.close();
  }

  /** What had the focus may be gone, or about to go, with what was changed: then the heading has it. */
  protected async keepFocus(command: string): Promise<void> {
    await this.updateComplete;
    const heading = this.renderRoot.querySelector<HTMLElement>("h2");
    if (heading && (command === "delete" || !this.shadowRoot?.activeElement)) focusOn(heading);
  }

  protected ledgerTabs(): TemplateResult {
    const { texts: text } = this;
    // What is searched for belongs to the list that it was typed above.
    const filters = { ...this.place.filters, search: "" };
    return html`<nav class="ledger" aria-label=${text("panel.tab.billing")}>
      ${LEDGER.map(
        (view) =>
          html`<a
            href=${this.href({ view, filters })}
            aria-current=${this.place.view === view ? "page" : nothing}
            >${text(`panel.ledger.${view}` as "panel.ledger.billing")}</a
          >`,
      )}
    </nav>`;
  }

  protected problem(): TemplateResult | typeof nothing {
    return this._problem ? notice("danger", "mdi:alert-circle-outline", this._problem) : nothing;
  }

  /** A button of an entry in a list. */
  protected rowButton(
    action: "edit" | "delete",
    name: string,
    onClick: () => void,
  ): TemplateResult {
    const label = this.texts(`panel.${action}`);
    return html`<button
      type="button"
      class="icon"
      aria-label="${label}: ${name}"
      title=${label}
      @click=${onClick}
    >
      <ha-icon icon="mdi:${action === "edit" ? "pencil" : "delete"}-outline"></ha-icon>
    </button>`;
  }

  /** The buttons at the end of a dialog's form. */
  protected dialogButtons(label: string, kind = "start"): TemplateResult {
    return html`${this.problem()}
      <div class="buttons">
        <button
          type="button"
          @click=${() => {
            this.closeDialog();
          }}
        >
          ${this.texts("panel.cancel")}
        </button>
        <button class=${kind} ?disabled=${this._busy}>${label}</button>
      </div>`;
  }
}

/** Read a form's texts by the names of its fields. */
export function valuesOf(form: HTMLFormElement): (name: string) => string {
  const data = new FormData(form);
  return (name) => {
    const value = data.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
}

/** What was filled in, without what was left empty. */
export function filled(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
}
