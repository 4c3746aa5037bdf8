/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */
function t(){customElements.get("home-assistant")?import("./card.js"):setTimeout(t,50)}t();
