import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { HomeAssistant } from "../common/hass";
import { readHistory } from "../common/history";
import { LiveWatch, type Sample } from "../common/live-watch";
import { TRACE_MINUTES, newTrace } from "./trace";

/** Figures that change more often than this can't be read. The trace moves with every sample. */
const FIGURES_EVERY = 250;

/** A sample that is older says nothing of now. */
const SAMPLE_LIFE = 10_000;

/** Which meter is to be watched. */
export interface Watched {
  readonly hass: HomeAssistant;
  readonly deviceId: string;
  readonly powerEntity: string;
}

/** Who shows what comes of it. */
interface Shown {
  /** Show these figures, or none. */
  readonly figures: (sample: Sample | undefined) => void;
  /** Draw the trace up to a time, in Unix seconds. */
  readonly trace: (time: number) => void;
}

type Host = ReactiveControllerHost & Element;

/** Watches a meter while its card can be seen, and only then. */
export class MeterWatch implements ReactiveController {
  /** The power of the last minutes. */
  measured = newTrace();

  readonly #host: Host;
  readonly #shown: Shown;
  #watched: Watched | undefined;
  #watch: LiveWatch | undefined;
  #tick: ReturnType<typeof setInterval> | undefined;
  #shownAt = 0;
  #sampledAt = 0;
  /** How far Home Assistant's clock is ahead of the browser's, in ms. */
  #ahead = 0;
  #onScreen = false;
  readonly #still = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #observer = new IntersectionObserver((entries) => {
    this.#onScreen = entries.some((entry) => entry.isIntersecting);
    this.#watchOrRest();
  });

  constructor(host: Host, shown: Shown) {
    this.#host = host;
    this.#shown = shown;
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener("visibilitychange", this.#watchOrRest);
    this.#observer.observe(this.#host);
  }

  hostDisconnected(): void {
    document.removeEventListener("visibilitychange", this.#watchOrRest);
    this.#observer.disconnect();
    this.#onScreen = false;
    this.#rest();
  }

  /** Unix milliseconds by Home Assistant's clock. */
  get now(): number {
    return Date.now() + this.#ahead;
  }

  /** Whether the meter was heard of lately. */
  get heard(): boolean {
    return Date.now() - this.#sampledAt <= SAMPLE_LIFE;
  }

  /** Watch a meter from now on; none where there is nothing to watch. */
  follow(watched: Watched | undefined): void {
    this.#watched = watched;
    this.#watchOrRest();
  }

  /** Forget what was measured: the card is to show another meter. */
  forget(): void {
    this.#shown.figures(undefined);
    this.#sampledAt = 0;
    this.#rest();
    this.measured = newTrace();
  }

  readonly #watchOrRest = (): void => {
    const watched = this.#watched;
    if (!this.#onScreen || document.visibilityState !== "visible" || !watched) {
      this.#rest();
      return;
    }
    if (this.#watch) return;
    this.#watch = new LiveWatch(watched.hass.connection, watched.deviceId, this.#take);
    this.#watch.start();
    this.#tick = setInterval(this.#onTick, 1000);
    void this.#fillTrace(watched);
  };

  #rest(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    clearInterval(this.#tick);
  }

  readonly #take = (sample: Sample): void => {
    const now = Date.now();
    this.#ahead = sample.time * 1000 - now;
    this.#sampledAt = now;
    if (sample.power !== null) this.measured.add(sample.time, sample.power);
    if (!this.#still.matches) this.#shown.trace(sample.time);
    if (now - this.#shownAt < FIGURES_EVERY) return;
    this.#shownAt = now;
    this.#shown.figures(sample);
  };

  readonly #onTick = (): void => {
    if (!this.heard) this.#shown.figures(undefined);
    this.#shown.trace(this.now / 1000);
    this.#host.requestUpdate(); // the duration
  };

  async #fillTrace({ hass, powerEntity }: Watched): Promise<void> {
    const since = this.now / 1000 - TRACE_MINUTES * 60;
    const spans = await readHistory(hass, powerEntity, since);
    for (const { from, to, value } of spans)
      this.measured.fill(Math.max(from, since), to ?? this.now / 1000, value);
    this.#shown.trace(this.now / 1000);
  }
}
