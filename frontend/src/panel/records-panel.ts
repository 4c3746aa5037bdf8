import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { html as staticHtml, literal, type StaticValue } from "lit/static-html.js";

import { DOMAIN, type HomeAssistant } from "../common/hass";
import { outdated } from "../common/outdated";
import { controls } from "../common/style";
import { loadTexts, textsOf, type Localize } from "../common/texts";
import { Fetched } from "./fetched";
import { START, formatPlace, parsePlace, type Place, type View } from "./location";
import { go } from "./page";
import { failure, notice, waiting } from "./parts";
import type { ArchiveInfo } from "./shapes";
import { baseStyle } from "./styles/base";
import { shellStyle } from "./styles/shell";

/** Entities that change when there is something new in the archive. */
const TELLING: ReadonlySet<string> = new Set([
  "record",
  "last_session_end",
  "last_session_verdict",
  "records_archived",
  "records_failed",
  "records_missing",
  "logbook_progress",
  "charging",
]);

/** Not all that the archive's page tells of makes an entity change. */
const LOOK_EVERY = 5_000;

const TABS: readonly (readonly [View, string])[] = [
  ["sessions", "mdi:format-list-bulleted"],
  ["billing", "mdi:cash-multiple"],
  ["verify", "mdi:shield-search"],
  ["archive", "mdi:database-outline"],
];

const PAGES: Readonly<Record<View, StaticValue>> = {
  sessions: literal`dmed4-overview-page`,
  session: literal`dmed4-session-page`,
  billing: literal`dmed4-billing-page`,
  drivers: literal`dmed4-drivers-page`,
  prices: literal`dmed4-prices-page`,
  verify: literal`dmed4-verify-page`,
  archive: literal`dmed4-archive-page`,
};

/** The tab of a page that has none. */
const TAB_OF: Readonly<Partial<Record<View, View>>> = {
  session: "sessions",
  drivers: "billing",
  prices: "billing",
};

export class RecordsPanel extends LitElement {
  static override readonly properties = {
    hass: { attribute: false },
    narrow: { type: Boolean, reflect: true },
    route: { attribute: false },
    _texts: { state: true },
    _place: { state: true },
    _revision: { state: true },
  };
  static override readonly styles = [controls, baseStyle, shellStyle];

  declare hass: HomeAssistant | undefined;
  declare narrow: boolean;
  declare route: { readonly prefix: string; readonly path: string } | undefined;
  declare _texts: Localize | undefined;
  declare _place: Place;
  declare _revision: number;

  readonly #info = new Fetched<ArchiveInfo>(this);
  #language = "";
  #told = "";
  #arrived = false;
  /** Of which page the tab was brought into sight. */
  #tabOf: View | undefined;
  #moves = 0;
  #looking: ReturnType<typeof setInterval> | undefined;
  #connection: HomeAssistant["connection"] | undefined;

  constructor() {
    super();
    this.narrow = false;
    this._place = START;
    this._revision = 0;
  }

  get #base(): string {
    return this.route?.prefix ?? "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("location-changed", this.#onLocation);
    window.addEventListener("popstate", this.#onLocation);
    this.#looking = setInterval(() => {
      if (this._place.view === "archive" && document.visibilityState === "visible") this.#load();
    }, LOOK_EVERY);
    this.#onLocation();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("location-changed", this.#onLocation);
    window.removeEventListener("popstate", this.#onLocation);
    clearInterval(this.#looking);
    this.#connection?.removeEventListener("ready", this.#onReady);
    this.#connection = undefined;
  }

  readonly #onLocation = (): void => {
    const { pathname, search } = window.location;
    // On the way to another panel, this one stays as it is.
    if (!this.route || !pathname.startsWith(this.#base)) return;
    const place = parsePlace(pathname.slice(this.#base.length), search);
    const { view, session } = this._place;
    // The page that is opened first leaves the focus where it is.
    if (this.#arrived && (place.view !== view || place.session !== session)) this.#moves += 1;
    this.#arrived = true;
    this._place = place;
  };

  readonly #onReady = (): void => {
    this._revision += 1;
  };

  protected override willUpdate(changed: PropertyValues): void {
    const { hass } = this;
    if (!hass) return;
    const before = changed.get("hass") as HomeAssistant | undefined;
    if (hass.language !== this.#language) {
      this.#language = hass.language;
      loadTexts(hass);
    }
    if (before?.localize !== hass.localize) this._texts = textsOf(hass);
    if (changed.has("route")) this.#onLocation();
    if (hass.connection !== this.#connection) {
      this.#connection?.removeEventListener("ready", this.#onReady);
      this.#connection = hass.connection;
      hass.connection.addEventListener("ready", this.#onReady);
    }
    if (before?.states !== hass.states) this.#listen(hass);
    if (changed.has(/* @__KEY__ */ "_revision") || (changed.has("hass") && !before)) this.#load();
  }

  protected override updated(): void {
    // On a phone, not all tabs fit.
    const tab = this.renderRoot.querySelector("[aria-current]");
    if (this.#tabOf !== this._place.view)
      tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (tab) this.#tabOf = this._place.view;
  }

  /** See whether the archive may have something new. */
  #listen(hass: HomeAssistant): void {
    const told = Object.values(hass.entities)
      .filter(
        ({ platform, translation_key }) =>
          platform === DOMAIN && TELLING.has(translation_key ?? ""),
      )
      .map(({ entity_id }) => hass.states[entity_id]?.state)
      .join();
    if (told === this.#told) return;
    if (this.#told) this._revision += 1;
    this.#told = told;
  }

  readonly #load = (): void => {
    if (this.hass) void this.#info.load(this.hass, "archive/info");
  };

  readonly #retry = (): void => {
    this._revision += 1;
  };

  /** Links within the panel change the page without loading Home Assistant anew. */
  readonly #onClick = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    const link = event.composedPath().find((each) => each instanceof HTMLAnchorElement);
    if (!link || link.target) return;
    const { origin, pathname, search } = new URL(link.href);
    if (origin !== window.location.origin || !isBelow(pathname, this.#base)) return;
    event.preventDefault();
    go(this.#base, parsePlace(pathname.slice(this.#base.length), search));
    this.renderRoot.querySelector("main")?.scrollTo(0, 0);
  };

  protected override render(): TemplateResult {
    const { hass, _texts: text } = this;
    if (!hass || !text) return html`<div class="bar"></div>`;
    return html`
      <div class="bar">
        <ha-menu-button .hass=${hass} .narrow=${this.narrow}></ha-menu-button>
        <h1>${text("panel.title")}</h1>
      </div>
      <nav class="tabs" aria-label=${text("panel.title")} @click=${this.#onClick}>
        ${TABS.map(([view, icon]) => this.#tab(view, icon, text))}
      </nav>
      <main @click=${this.#onClick}>
        <div class="content">${this.#content(hass, text)}</div>
      </main>
    `;
  }

  #tab(view: View, icon: string, text: Localize): TemplateResult {
    const current = TAB_OF[this._place.view] ?? this._place.view;
    const path = formatPlace({ ...START, view });
    return html`<a href="${this.#base}${path}" aria-current=${current === view ? "page" : nothing}>
      <ha-icon icon=${icon}></ha-icon>
      <span>${text(`panel.tab.${view}` as "panel.tab.sessions")}</span>
    </a>`;
  }

  #content(hass: HomeAssistant, text: Localize): TemplateResult {
    const info = this.#info.value;
    return html`
      ${outdated(info?.version, text, (content) => notice("neutral", "mdi:update", content))}
      ${failure(this.#info, text, this.#retry)}
      ${info ? this.#page(hass, text, info) : this.#info.error ? nothing : waiting(text)}
    `;
  }

  #page(hass: HomeAssistant, text: Localize, info: ArchiveInfo): TemplateResult {
    if (!info.meters.length)
      return html`<section class="empty card">
        <ha-icon icon="mdi:lan-disconnect"></ha-icon>
        <h2>${text("panel.no_meter.title")}</h2>
        <p>${text("panel.no_meter.hint")}</p>
        <button type="button" @click=${this.#retry}>${text("panel.retry")}</button>
      </section>`;
    const { _place: place, _revision: revision } = this;
    const base = this.#base;
    const moves = this.#moves;
    const page = PAGES[place.view];
    return staticHtml`<${page}
      .hass=${hass}
      .texts=${text}
      .info=${info}
      .place=${place}
      .base=${base}
      .moves=${moves}
      .revision=${revision}
    ></${page}>`;
  }
}

function isBelow(path: string, base: string): boolean {
  return path === base || path.startsWith(`${base}/`);
}
