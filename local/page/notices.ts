import { element } from './element.ts';

/** What the page tells: in a corner for everybody, and in the live region for screen readers. */
export class Notices {
  readonly #box: HTMLElement;
  readonly #live: HTMLElement;

  constructor(box: HTMLElement, live: HTMLElement) {
    this.#box = box;
    this.#live = live;
  }

  tell(text: string): void {
    this.#live.textContent = text;
  }

  /** Stays until it is dismissed, as Treeherder's red ones do. */
  error(text: string): void {
    const dismiss = element('button', { type: 'button' }, 'Dismiss');
    const notice = element('div', { class: 'notice' }, element('p', { role: 'alert' }, text), dismiss);
    dismiss.addEventListener('click', () => notice.remove());
    this.#box.append(notice);
  }
}
