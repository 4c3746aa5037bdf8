/**
 * Make an element known; returns whether it was new. A page that was open during an update, or that
 * lists the card twice, may know it already.
 */
export function define(name: string, element: CustomElementConstructor): boolean {
  if (customElements.get(name)) return false;
  customElements.define(name, element);
  return true;
}
