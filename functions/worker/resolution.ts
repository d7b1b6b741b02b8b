/** How a claimed run ended; `lost`: it was canceled, or its claim or deadline has passed, and nobody waits for us. */
export type Resolution = 'completed' | 'failed' | 'shutdown' | 'lost';
