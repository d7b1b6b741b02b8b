/**
 * How a claimed run ended. `malformed`: it is not one of our action tasks. `lost`: it was canceled, or its claim or
 * deadline has passed, so it is no longer ours.
 */
export type Resolution = 'completed' | 'failed' | 'malformed' | 'shutdown' | 'lost';
