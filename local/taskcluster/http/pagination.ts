import { ApiError } from './api-error.ts';

const MAX_LIMIT = 1000;

export interface Page<Row> {
  rows: Row[];
  /** Absent on the last page. */
  continuationToken?: string;
}

/** One page of at most 1,000 rows. The token is an offset, so rows added meanwhile shift later pages. */
export function paginate<Row>(rows: readonly Row[], query: Readonly<Record<string, string>>): Page<Row> {
  const offset = decodeOffset(query['continuationToken']);
  const size = Math.min(Number(query['limit'] ?? MAX_LIMIT), MAX_LIMIT);
  const page: Page<Row> = { rows: rows.slice(offset, offset + size) };
  if (rows.length > offset + size && offset + size > 0) page.continuationToken = encodeOffset(offset + size);
  return page;
}

/** The field of an answer that leads to the next page, if there is one. */
export function continuation(page: Page<unknown>): { continuationToken?: string } {
  return page.continuationToken === undefined ? {} : { continuationToken: page.continuationToken };
}

function encodeOffset(offset: number): string {
  return Buffer.from(`from ${offset}`).toString('base64url');
}

function decodeOffset(token: string | undefined): number {
  if (token === undefined) return 0;
  const match = /^from (\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (match?.[1] === undefined) throw new ApiError('InputError', 'Invalid continuation token');
  return Number(match[1]);
}
