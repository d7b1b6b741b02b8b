/** taskgraph might do something else, so its own code must decide: the action is forwarded. The message says why. */
export class Uncertain extends Error {}

/** Text from a graph, short enough for a log or an answer. */
export function quoted(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
