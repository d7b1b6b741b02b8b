import { byId } from './element.ts';

/**
 * Asks before something that is hard to take back.
 *
 * @param action what the button to go on says
 */
export async function ask(question: string, action: string): Promise<boolean> {
  const dialog = byId('question', HTMLDialogElement);
  byId('question-text', HTMLElement).textContent = question;
  byId('question-yes', HTMLButtonElement).textContent = action;
  dialog.returnValue = 'no';
  const closed = new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  dialog.showModal();
  await closed;
  return dialog.returnValue === 'yes';
}
