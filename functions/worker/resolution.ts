/**
 * How a claimed run ended. `malformed`: it is no action task of ours. `lost`: it was canceled, or its claim or deadline has
 * passed, and nobody waits for us.
 */
export type Resolution = 'completed' | 'failed' | 'malformed' | 'shutdown' | 'lost';
