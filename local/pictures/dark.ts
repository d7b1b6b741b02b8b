/** The page's dark colours, by the names that the picture uses. */
const DARK = new Map([
  ['ground', '#16181d'],
  ['raised', '#1e2128'],
  ['line', '#6b7383'],
  ['text', '#e6e8ee'],
  ['faint', '#a3abba'],
  ['ours', '#8ab4f8'],
  ['ours-ground', '#17294a'],
  ['done', '#86d6a2'],
  ['done-ground', '#15351f'],
  ['slow', '#ffca66'],
  ['slow-ground', '#40310d'],
]);

/** @throws Error if the picture uses a colour that has no dark one */
export function inTheDark(svg: string): string {
  return svg.replaceAll(/--([a-z-]+): #[0-9a-f]{6};/g, (_, name: string) => {
    const colour = DARK.get(name);
    if (colour === undefined) throw new Error(`--${name} has no dark colour.`);
    return `--${name}: ${colour};`;
  });
}
