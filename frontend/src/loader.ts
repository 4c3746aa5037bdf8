// Loads the card where dashboard resources are listed in YAML, and this integration's is not.
//
// Home Assistant's app replaces the registry of elements when it starts; a card that was defined in
// the one before is never found. So it is loaded when the app is there.

const PAUSE = 50;

function load(): void {
  if (customElements.get("home-assistant")) void import("./card.js");
  else setTimeout(load, PAUSE);
}

load();
