const format = new Intl.NumberFormat('en');

export const number = (value: number): string => format.format(value);

/** `1 job`, `2,000 jobs`. */
export function plural(count: number, one: string, more = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : more}`;
}
