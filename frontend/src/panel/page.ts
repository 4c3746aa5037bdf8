import { LitElement } from "lit";

import { download } from "../common/actions";
import type { HomeAssistant } from "../common/hass";
import { errorText, type Localize } from "../common/texts";
import { formatPlace, type Place } from "./location";
import type { ArchiveInfo } from "./shapes";

/** What a card has around its content, in pixels. */
const CARD = 34;

/** Change the address as Home Assistant's own pages do. */
export function go(base: string, place: Place, replace = false): void {
  const address = `${base}${formatPlace(place)}`;
  if (replace) history.replaceState(history.state, "", address);
  else history.pushState({ fromList: isList(base) && place.view === "session" }, "", address);
  window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace } }));
}

/** The languages that statements and receipts are written in. */
const DOCUMENT_LANGUAGES: ReadonlySet<string> = new Set(["en", "de", "fr", "it", "es"]);

/** The reader's language if documents are written in it; undefined for that of Home Assistant. */
export function documentLanguage(hass: HomeAssistant): string | undefined {
  const [language = ""] = hass.language.split("-", 1);
  return DOCUMENT_LANGUAGES.has(language) ? language : undefined;
}

/** Whether the list of sessions is shown now. */
function isList(base: string): boolean {
  return window.location.pathname.replace(/\/$/, "") === base;
}

/** Give the focus to a heading, which has none of its own. */
export function focusOn(heading: HTMLElement): void {
  heading.tabIndex = -1;
  heading.focus();
}

/** A page of the panel. */
export abstract class PanelPage extends LitElement {
  static override readonly properties = {
    hass: { attribute: false },
    texts: { attribute: false },
    info: { attribute: false },
    place: { attribute: false },
    base: { attribute: false },
    moves: { attribute: false },
    revision: { attribute: false },
    _problem: { state: true },
    _width: { state: true },
  };

  declare hass: HomeAssistant;
  declare texts: Localize;
  declare info: ArchiveInfo;
  declare place: Place;
  /** The panel's own address. */
  declare base: string;
  /** Changes whenever there may be something new to show. */
  declare revision: number;
  /** How often another page was opened: then, its heading gets the focus. */
  declare moves: number | undefined;
  declare _problem: string;
  /** How many pixels a chart may be wide: charts are drawn as large as they are shown. */
  declare _width: number;

  readonly #observer = new ResizeObserver(([entry]) => {
    if (entry) this._width = Math.max(240, Math.round(entry.contentRect.width) - CARD);
  });

  #moves = 0;

  constructor() {
    super();
    this._problem = "";
    this._width = 720;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  protected override updated(): void {
    const heading = this.renderRoot.querySelector<HTMLElement>("h2");
    if (!heading) return;
    document.title = `${heading.textContent.trim()} – Home Assistant`;
    const { moves = 0 } = this;
    if (moves === this.#moves) return;
    this.#moves = moves;
    focusOn(heading);
  }

  protected href(changes: Partial<Place>): string {
    return `${this.base}${formatPlace({ ...this.place, ...changes })}`;
  }

  protected go(changes: Partial<Place>, replace = false): void {
    go(this.base, { ...this.place, ...changes }, replace);
  }

  protected async save(path: string): Promise<void> {
    this._problem = "";
    try {
      await download(this.hass, path);
    } catch (error) {
      this._problem = await errorText(this.hass, error);
    }
  }

  /** What changes a page on its own, and not just because something happened in Home Assistant. */
  protected override shouldUpdate(changed: Map<PropertyKey, unknown>): boolean {
    const before = changed.get("hass") as HomeAssistant | undefined;
    return changed.size > 1 || before?.locale !== this.hass.locale;
  }
}
