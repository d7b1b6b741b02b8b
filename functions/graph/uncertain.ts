/** taskgraph might do otherwise, so its own code must decide: the action is forwarded. The message says why, in words. */
export class Uncertain extends Error {}

/** Text from a graph, short enough for a log or an answer. */
export function quoted(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
