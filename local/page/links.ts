import { element } from './element.ts';

// A taskId is a slugid of version 4, whose ninth, eleventh and last characters have few values.
const LINK =
  /https?:\/\/[^\s"'<>\\]{1,2000}|(?<![\w-])[\w-]{8}[Q-T][\w-][CGKOSWaeimquy26-][\w-]{10}[AQgw](?![\w-])/g;

/** Text with its URLs and taskIds as links. */
export function linked(text: string, taskUrl: (taskId: string) => string): Node[] {
  const nodes: Node[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    // A sentence may end behind a URL.
    const found = match[0].replace(/[.,;:!?)\]}]{1,3}$/, '');
    nodes.push(document.createTextNode(text.slice(from, match.index)));
    nodes.push(link(found.startsWith('http') ? found : taskUrl(found), found));
    from = match.index + found.length;
  }
  nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}

/** A link that leaves the page open. */
export function link(url: string, text: string): HTMLAnchorElement {
  return element('a', { href: url, target: '_blank', rel: 'noreferrer' }, text);
}
