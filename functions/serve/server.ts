import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { runContext } from './context.ts';
import { eventOf } from './event.ts';
import type { Health } from './health.ts';

/** How long an HTTP API waits for the function on AWS. A longer action answers before that. */
const ACTION_MS = 29_000;
/** After this long, what still keeps a closing server open are requests that never arrive as a whole. */
const CLOSE_MS = ACTION_MS + 5_000;
/** Time limit for receiving a whole request, so also for a client that sends it byte by byte. */
const REQUEST_MS = 15_000;
const CHECK_MS = 1_000;
/**
 * Longer than the usual idle timeout of load balancers (60 s), which could otherwise send into a closing connection.
 */
const KEEP_ALIVE_MS = 72_000;
/** Lambda's limit. The function has a slightly lower limit and answers as Taskcluster does. */
const MAX_BODY_BYTES = 6_000_000;
const MAX_CONNECTIONS = 1_000;
/** Requests received at once, and actions performed at once. */
const MAX_REQUESTS = 64;
/**
 * Their bodies together, which anyone can send. As bytes and as text, they take up to three times as much; real ones
 * have less than 1 MB each.
 */
const MAX_BYTES = 72_000_000;

type TriggerHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

export interface Served {
  /** The direct way; without it, there are only the operators' endpoints. */
  trigger: TriggerHandler | undefined;
  health: Health;
  /** The answer to /__version__: source, version, commit, build. */
  version: object;
  /** Prometheus text. */
  metrics: () => Promise<{ contentType: string; text: string }>;
  /** How long `close()` waits for requests under way. */
  closeMs?: number;
}

/**
 * The HTTP server: the trigger endpoint, served as by a gateway in front of Lambda, `/metrics`, and the endpoints that
 * Mozilla's Dockerflow requires. Does not listen yet. `close()` answers the requests under way and accepts no more.
 */
export function createServer({
  trigger,
  health,
  version,
  metrics,
  closeMs = CLOSE_MS,
}: Served): FastifyInstance {
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_MS,
    // Node takes the longer of the two for the whole request, and looks twice a minute.
    http: { headersTimeout: REQUEST_MS, connectionsCheckingInterval: CHECK_MS },
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    frameworkErrors: (error, _request, reply) => void answerError(error, reply),
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    // Node no longer enforces requestTimeout on a server that closes.
    setTimeout(() => app.server.closeAllConnections(), closeMs).unref();
    done();
  });
  // Otherwise the client would keep its connection open, and we would wait for it.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done();
  });
  // The function parses the body itself, and checks the signature over the original bytes.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler<FastifyError>((error, _request, reply) => answerError(error, reply));
  app.setNotFoundHandler((request, reply) =>
    answer(reply, 404, 'ResourceNotFound', `There is nothing at ${request.method} ${request.url}`),
  );

  app.get('/__lbheartbeat__', () => ({ status: 'ok' }));
  app.get('/__heartbeat__', async (_request, reply) => {
    const report = await health.report();
    return reply.code(report.status === 'ok' ? 200 : 503).send(report);
  });
  app.get('/__version__', () => version);
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metrics();
    return reply.type(contentType).send(text);
  });
  if (trigger) serveTrigger(app, trigger);
  return app;
}

function serveTrigger(app: FastifyInstance, trigger: TriggerHandler): void {
  // A client may leave while its action goes on, so a request counts twice.
  const open = new Load();
  const running = new Load();
  app.route<{ Body: Buffer | undefined }>({
    method: ['OPTIONS', 'POST'],
    url: '/api/hooks/v1/hooks/*',
    // Before the body is read. Nothing was written, so clients may try again, as they do after a 5xx.
    onRequest: (request, reply, done) => {
      const bytes = expectedBytes(request.headers['content-length']);
      if (!open.hasRoom(bytes) || !running.hasRoom(bytes)) {
        void reply.header('retry-after', '1');
        void answer(reply, 503, 'InternalServerError', 'Too many requests at once; try again');
        return;
      }
      reply.raw.once('close', open.add(bytes));
      done();
    },
    handler: async (request, reply) => {
      const ended = running.add(request.body?.length ?? 0);
      const result = await trigger(eventOf(request), runContext('trigger', ACTION_MS)).finally(ended);
      for (const [name, value] of Object.entries(result.headers ?? {})) reply.header(name, value);
      return reply.code(result.statusCode ?? 200).send(result.body ?? '');
    },
  });
}

/** Requests, and the bytes of their bodies. */
class Load {
  #requests = 0;
  #bytes = 0;

  hasRoom(bytes: number): boolean {
    return this.#requests < MAX_REQUESTS && this.#bytes + bytes <= MAX_BYTES;
  }

  /** @returns ends what was added */
  add(bytes: number): () => void {
    this.#requests++;
    this.#bytes += bytes;
    return () => {
      this.#requests--;
      this.#bytes -= bytes;
    };
  }
}

/** How long a body may become. One that says nothing may reach the limit; one that says more is refused unread. */
function expectedBytes(contentLength = ''): number {
  const said = /^[0-9]{1,9}$/.test(contentLength) ? Number(contentLength) : MAX_BODY_BYTES;
  return Math.min(said, MAX_BODY_BYTES);
}

/** Refusals by the server itself: oversize bodies, paths that cannot be decoded. */
function answerError({ statusCode = 500, message }: FastifyError, reply: FastifyReply): FastifyReply {
  if (statusCode === 413) return answer(reply, 413, 'InputTooLarge', message);
  if (statusCode < 500) return answer(reply, statusCode, 'InputError', message);
  return answer(reply, statusCode, 'InternalServerError', 'Internal Server Error');
}

/** Answers in the form of Taskcluster's errors, which pages may read, as those of the function. */
function answer(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply
    .code(status)
    .header('access-control-allow-origin', '*')
    .send({ code, message, requestInfo: {} });
}
