import { element } from './element.ts';

// A taskId is a v4 slugid: only few characters are possible at its 9th, 11th and last place.
const LINK =
  /https?:\/\/[^\s"'<>\\]{1,2000}|(?<![\w-])[\w-]{8}[Q-T][\w-][CGKOSWaeimquy26-][\w-]{10}[AQgw](?![\w-])/g;

/** Turns the URLs and taskIds of a text into links. */
export function linked(text: string, taskUrl: (taskId: string) => string): Node[] {
  const nodes: Node[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    // Punctuation after a URL belongs to the sentence.
    const found = match[0].replace(/[.,;:!?)\]}]{1,3}$/, '');
    nodes.push(document.createTextNode(text.slice(from, match.index)));
    nodes.push(link(found.startsWith('http') ? found : taskUrl(found), found));
    from = match.index + found.length;
  }
  nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}

/** A link that opens in a new tab. */
export function link(url: string, text: string): HTMLAnchorElement {
  return element('a', { href: url, target: '_blank', rel: 'noreferrer' }, text);
}
