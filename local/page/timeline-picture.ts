import type { Step } from '../timeline.ts';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 360;
const LINE = 26;
const BAR_FROM = 104;
const BAR_TO = 296;

/** The steps as bars, each starting at the end of the one before. Screen readers get them as one sentence. */
export function timelinePicture(steps: readonly Step[]): SVGSVGElement {
  const total = Math.max(1, ...steps.map(({ atMs }) => atMs));
  const sentence = steps.map(({ name, atMs }) => `${name} ${atMs.toFixed(0)} ms`).join(', ');
  const height = steps.length * LINE + 4;
  const picture = shape('svg', { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': sentence });
  const x = (ms: number) => BAR_FROM + (ms / total) * (BAR_TO - BAR_FROM);
  let before = 0;
  for (const [at, { name, atMs, detail }] of steps.entries()) {
    const middle = at * LINE + LINE / 2 + 2;
    const [from, to] = [x(Math.min(before, atMs)), x(Math.max(before, atMs))];
    picture.append(
      withTitle(text(BAR_FROM - 10, middle, name, 'step'), detail),
      shape('line', { x1: `${BAR_FROM}`, x2: `${BAR_TO}`, y1: `${middle}`, y2: `${middle}`, class: 'track' }),
      withTitle(
        shape('rect', {
          x: from.toFixed(1),
          y: `${middle - 6}`,
          width: Math.max(2, to - from).toFixed(1),
          height: '12',
          rx: '2',
          class: name === 'pending' ? 'bar pending' : 'bar',
        }),
        `${name}: ${detail}`,
      ),
      text(WIDTH, middle, `${atMs.toFixed(0)} ms`, 'ms'),
    );
    before = Math.max(before, atMs);
  }
  return picture;
}

function shape<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string>,
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function text(x: number, y: number, content: string, kind: string): SVGElement {
  const made = shape('text', { x: `${x}`, y: `${y}`, class: kind });
  made.textContent = content;
  return made;
}

function withTitle(made: SVGElement, content: string): SVGElement {
  const title = shape('title', {});
  title.textContent = content;
  made.append(title);
  return made;
}
