import { byId } from './element.ts';

/**
 * Asks before an action that is hard to undo.
 *
 * @param action text of the button that confirms
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
