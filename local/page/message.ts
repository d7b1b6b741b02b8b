import { byId } from './element.ts';
import { linked } from './links.ts';

export type Kind = 'hint' | 'busy' | 'done' | 'error';

/**
 * The one line for the page's messages, also read out by screen readers. It is always in view, and a new message
 * replaces the last one.
 */
export class Message {
  readonly #line = byId('message', HTMLElement);
  readonly #text = byId('live', HTMLElement);
  readonly #dismiss = byId('dismiss', HTMLButtonElement);
  readonly #taskUrl: (taskId: string) => string;

  constructor(taskUrl: (taskId: string) => string) {
    this.#taskUrl = taskUrl;
    this.#dismiss.addEventListener('click', () => this.dismiss());
  }

  tell(kind: Kind, text: string): void {
    this.#line.dataset['kind'] = kind;
    this.#text.replaceChildren(...linked(text.trim(), this.#taskUrl));
    this.#line.scrollTop = 0;
    this.#dismiss.hidden = kind !== 'error' && kind !== 'done';
  }

  /** @returns whether there was a message */
  dismiss(): boolean {
    if (this.#dismiss.hidden) return false;
    this.tell('hint', '');
    return true;
  }
}
