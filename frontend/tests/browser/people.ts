import type { PastCharge } from "./bench";

/** Somebody who charges, at so many of a hundred charges. */
interface Person {
  readonly share: number;
  readonly minutes: readonly [least: number, most: number];
  readonly fields: Readonly<Record<string, unknown>>;
}

const CARD = { IT: "ISO14443", IL: "VERIFIED", IF: ["RFID_PLAIN"] };
const DAY_TARIFF = "0.45 EUR/kWh";

const PEOPLE: readonly Person[] = [
  { share: 30, minutes: [14, 26], fields: { ...CARD, ID: "04A2B3C4D5E680", TT: DAY_TARIFF } },
  { share: 24, minutes: [8, 20], fields: { ...CARD, ID: "047C19E2B35A81", TT: DAY_TARIFF } },
  {
    share: 22,
    minutes: [18, 34],
    fields: {
      IT: "EMAID",
      IL: "SECURE",
      IF: ["ISO15118_PNC"],
      ID: "DE8AACA2B3C4D5",
      TT: DAY_TARIFF,
    },
  },
  { share: 14, minutes: [6, 14], fields: { ...CARD, ID: "04F1D08AC66B80", TT: "Staff" } },
  {
    share: 10,
    minutes: [5, 12],
    fields: { IT: "CARD_TXN_NR", IL: "TRUSTED", IF: [], ID: "8840-2231", TT: "0.59 EUR/kWh" },
  },
];

/** What a meter at a company's car park has done in so many days: less at weekends, nothing at night. */
export function carPark(days: number, seed: number): PastCharge[] {
  const { weekday, hour } = today();
  const draw = draws(seed);
  const charges: PastCharge[] = [];
  for (let ago = days; ago >= 1; ago -= 1) {
    const free = (weekday - ago + 700) % 7 === 0 || (weekday - ago + 700) % 7 === 6;
    const count = Math.floor(draw() * (free ? 2 : 4));
    for (let charge = 0; charge < count; charge += 1) {
      const { minutes, fields } = someone(draw());
      const [least, most] = minutes;
      charges.push({
        hours_ago: 24 * ago + hour - (8 + 3 * charge + draw()),
        minutes: Math.round(least + draw() * (most - least)),
        fields: { ...fields, CT: "EVSEID", CI: `IT*LOV*E${100 + seed}` },
        ...(draw() < 0.15 ? { reads: 1 } : {}),
      });
    }
  }
  return charges;
}

/** The day of the week and the hour of the day, with decimals, where the car park is. */
function today(): { weekday: number; hour: number } {
  const now = new Date(new Date().toLocaleString("en-US", { timeZone: "Europe/Rome" }));
  return { weekday: now.getDay(), hour: now.getHours() + now.getMinutes() / 60 };
}

function someone(drawn: number): Person {
  let rest = 100 * drawn;
  const found = PEOPLE.find(({ share }) => (rest -= share) < 0) ?? PEOPLE[0];
  if (!found) throw new Error("there is nobody");
  return found;
}

/** The same numbers between 0 and 1 for the same seed. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
