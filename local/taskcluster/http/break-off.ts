import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Call, Fault } from '../api.ts';
import type { CallLog } from '../calls.ts';

/**
 * Cuts the connection, or leaves it hanging, if the fault asks for it at this moment of the call.
 *
 * @returns whether it does; nothing may be written to the response after that
 */
export function breaksOff(
  fault: Fault | undefined,
  moment: 'before' | 'midway' | 'after',
  call: Call,
  calls: CallLog,
  { socket }: IncomingMessage,
): boolean {
  if (fault?.drop === moment) {
    calls.end(call);
    socket.destroy();
    return true;
  }
  if (fault?.hang !== moment) return false;
  // The call ends when the client gives up.
  const ended = () => calls.end(call);
  if (socket.destroyed) ended();
  else socket.once('close', ended);
  return true;
}

/** Sends an answer, or as much of it as the fault allows. */
export function sendAnswer(
  answer: { status: number; headers: Record<string, string | number>; bytes: Buffer },
  { fault, call, calls }: { fault: Fault | undefined; call: Call; calls: CallLog },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { status, headers, bytes } = answer;
  const headersOnly = request.method === 'HEAD';
  call.status = status;
  call.bytes = bytes.length;
  const isMidway = fault?.drop === 'midway' || fault?.hang === 'midway';
  if (!isMidway) calls.end(call);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  if (!isMidway) {
    response.end(headersOnly ? undefined : bytes);
    return;
  }
  response.flushHeaders();
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () =>
    breaksOff(fault, 'midway', call, calls, request),
  );
}
