import type { ReactiveController, ReactiveControllerHost } from "lit";

import { DOMAIN, type HassError, type HomeAssistant } from "../common/hass";
import { errorText } from "../common/texts";

/** A moment after a restart, Home Assistant does not know the commands yet. */
const RETRY = 1_000;

/** Something that Home Assistant is asked for, with what the page has to show meanwhile. */
export class Fetched<Answer> implements ReactiveController {
  /** What came last, shown also while it is asked for again; undefined until there is something. */
  value: Answer | undefined;
  /** Why the last attempt failed, in the user's words. */
  error = "";
  busy = false;
  readonly #host: ReactiveControllerHost;
  /** Answers to older questions are of no interest. */
  #question = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }

  /** Forget what came, because something else is asked for. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#question += 1;
    this.value = undefined;
    this.error = "";
    this.busy = false;
  }

  async load(hass: HomeAssistant, command: string, data: object = {}): Promise<void> {
    clearTimeout(this.#timer);
    this.#question += 1;
    const question = this.#question;
    this.busy = true;
    this.#host.requestUpdate();
    try {
      const value = await hass.callWS<Answer>({ type: `${DOMAIN}/${command}`, ...data });
      if (question !== this.#question) return;
      this.value = value;
      this.error = "";
    } catch (error) {
      const text = await errorText(hass, error);
      if (question !== this.#question) return;
      if ((error as HassError | undefined)?.code === "unknown_command") {
        this.#timer = setTimeout(() => void this.load(hass, command, data), RETRY);
        return;
      }
      this.error = text;
    }
    this.busy = false;
    this.#host.requestUpdate();
  }
}
