import { DOMAIN, type Connection, type HassError, type Unsubscribe } from "./hass";

/** Measures of a moment by Home Assistant's clock, in Unix seconds; kW, V and A. */
export interface Sample {
  readonly time: number;
  readonly voltage: number | null;
  readonly current: number | null;
  readonly power: number | null;
}

type LiveEvent = { readonly ended: true } | { readonly time: number } | Sample;

/** Home Assistant says something at least every second or two, even if it is just that it is there. */
const SILENCE = 10_000;

const FIRST_RETRY = 500;
const LONGEST_RETRY = 5_000;

/**
 * Watches a meter until it is stopped, whatever happens to the connection.
 *
 * The frontend's own renewal of subscriptions is left alone: after a restart it comes before this
 * integration knows the command, and an `unsubscribe` of an older connection may hit a new
 * subscription of the same number. So a new one is made whenever the stream is silent.
 */
export class LiveWatch {
  readonly #connection: Connection;
  readonly #deviceId: string;
  readonly #onSample: (sample: Sample) => void;
  #watching = false;
  /** Which subscription is the present one: what comes of an older one is dropped. */
  #attempt = 0;
  #unsubscribe: Unsubscribe | undefined;
  #retry = FIRST_RETRY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection, deviceId: string, onSample: (sample: Sample) => void) {
    this.#connection = connection;
    this.#deviceId = deviceId;
    this.#onSample = onSample;
  }

  start(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#connection.addEventListener("ready", this.#onReady);
    this.#connection.addEventListener("disconnected", this.#onDisconnected);
    this.#onReady();
  }

  stop(): void {
    if (!this.#watching) return;
    this.#watching = false;
    this.#connection.removeEventListener("ready", this.#onReady);
    this.#connection.removeEventListener("disconnected", this.#onDisconnected);
    this.#leave();
  }

  readonly #onReady = (): void => {
    this.#retry = FIRST_RETRY;
    this.#subscribe();
  };

  readonly #onDisconnected = (): void => {
    // The number of the subscription may soon be another's: it must not be unsubscribed.
    this.#unsubscribe = undefined;
    this.#leave();
  };

  #subscribe(): void {
    this.#leave();
    if (!this.#connection.connected) return;
    const attempt = this.#attempt;
    const isPresent = (): boolean => attempt === this.#attempt;
    this.#wait(SILENCE);
    this.#connection
      .subscribeMessage<LiveEvent>(
        (event) => {
          if (isPresent()) this.#take(event);
        },
        { type: `${DOMAIN}/live/subscribe`, device_id: this.#deviceId },
        { resubscribe: false },
      )
      .then(
        (unsubscribe) => {
          if (isPresent()) this.#unsubscribe = unsubscribe;
          else this.#give(unsubscribe);
        },
        (error: unknown) => {
          if (isPresent()) this.#fail((error as HassError | undefined)?.code);
        },
      );
  }

  #take(event: LiveEvent): void {
    if ("ended" in event) {
      this.#subscribe();
      return;
    }
    this.#retry = FIRST_RETRY;
    this.#wait(SILENCE);
    if ("power" in event) this.#onSample(event);
  }

  #fail(code: string | number | undefined): void {
    clearTimeout(this.#timer);
    if (code === "unauthorized") return;
    this.#wait(this.#retry);
    this.#retry = Math.min(2 * this.#retry, LONGEST_RETRY);
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#subscribe();
    }, milliseconds);
  }

  /** Make an end of the present subscription. */
  #leave(): void {
    clearTimeout(this.#timer);
    this.#attempt += 1;
    if (this.#unsubscribe) this.#give(this.#unsubscribe);
    this.#unsubscribe = undefined;
  }

  #give(unsubscribe: Unsubscribe): void {
    // Whether Home Assistant still knew it is of no interest.
    unsubscribe().catch(() => undefined);
  }
}
