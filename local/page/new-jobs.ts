import { submitCustomAction } from '../treeherder/button.ts';
import { byId } from './element.ts';
import type { PageAction } from './press.ts';

/** Asks which of the jobs that the push has not run to add. Undefined if the developer cancels the dialog. */
export async function askForNewJob(): Promise<PageAction | string | undefined> {
  const labels = await newLabels();
  if (labels.length === 0) return 'The task graph of this push has no job that was not run.';
  const dialog = byId('new-jobs', HTMLDialogElement);
  const input = byId('new-label', HTMLInputElement);
  byId('new-labels', HTMLDataListElement).replaceChildren(
    ...labels.map((label) => Object.assign(document.createElement('option'), { value: label })),
  );
  input.value = '';
  dialog.returnValue = 'no';
  const closed = new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  dialog.showModal();
  await closed;
  if (dialog.returnValue !== 'yes') return undefined;
  const label = input.value.trim();
  return labels.includes(label) ? addNewJob(label) : `This push has no job ${label} that was not run.`;
}

/** Submits it as Treeherder's _Trigger selected_ does: labels, and no task. */
function addNewJob(label: string): PageAction {
  return {
    doing: `Adding ${label}…`,
    submit: (session) =>
      submitCustomAction(session, { name: 'add-new-jobs', taskId: null, input: { tasks: [label] } }),
  };
}

async function newLabels(): Promise<string[]> {
  const response = await fetch('new-labels.json');
  const labels: unknown = await response.json();
  return Array.isArray(labels) ? labels.map(String) : [];
}
