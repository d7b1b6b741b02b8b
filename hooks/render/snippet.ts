import { stringify } from 'yaml';
import { loadTemplate } from './template.ts';

const HEAD = `# Put this around the one task of .taskcluster.yml:
#
#   tasks:
#     - $let:
#         originalTask: <the task as it is now, $let and all>
#       in: <the template below>
#
# It does nothing unless the hook supplies retriggerHooks (npm run hooks -- apply, mode: snippet): pushes, cron tasks
# and Chain of Trust's own rendering see the task as it is now.
`;

/** The wrapper for a repository's own .taskcluster.yml. */
export function snippet(): string {
  return HEAD + stringify(loadTemplate('wrapper.yml'), { lineWidth: 110 });
}
