import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { Refusal } from '../domain/errors.ts';
import type { ApiDeps } from './deps.ts';
import type { Live } from './live/stream.ts';
import { discreetLog } from '../database/discreetLog.ts';
import { withoutSecrets } from '../database/secrets.ts';
import { measured, nameRefusal } from './measured.ts';
import { mount } from './mount.ts';
import { bodyTypes, openApiDocument } from './openapi.ts';
import { mountAccountPages } from './pages/accountPages.ts';
import { defectProblem, problemOf, refusalOf } from './problems.ts';
import { routes } from './routes.ts';

export const apiVersion = '0.1.0';

/** Nothing comes from elsewhere: no script, no style, no font. */
const contentSecurity = {
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'font-src': ["'self'", 'data:'],
  'upgrade-insecure-requests': null,
};

/** Builds the HTTP application; nothing is listened on and nothing started here. */
export function buildApp(given: ApiDeps, live: Live): Express {
  const deps: ApiDeps = { ...given, log: discreetLog(given.log) };
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', deps.trustProxy);
  app.use(helmet({ contentSecurityPolicy: { directives: contentSecurity } }));
  app.use(requestLog(deps));
  app.use(measured(deps));
  app.use('/v1', guardAnswers);
  app.use('/v1', express.json({ limit: '256kb', type: [...bodyTypes] }), refuseUnread);

  mount(app, routes, deps, live);
  const document = openApiDocument(routes, apiVersion);
  app.get('/openapi.json', (_request, response) => {
    response.json(document);
  });
  mountDocs(app);
  mountAccountPages(app, deps);

  app.use((_request: Request, _response: Response, next: NextFunction) => {
    next(new Refusal('not-found', 'There is nothing here. The API is described at /docs.'));
  });
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    sendProblem(error, request, response, deps);
  });
  return app;
}

/** What the API answers is data for its caller alone: kept by no cache, and no page even when a browser is made to show it. */
function guardAnswers(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  next();
}

const uploadPaths = new Set(
  routes.flatMap(({ kind, method, path }) => (kind === 'upload' ? [`${method.toUpperCase()} ${path}`] : [])),
);

/** A body that is not JSON is refused: left out, it would count as a change of nothing. */
function refuseUnread(request: Request, _response: Response, next: NextFunction): void {
  const { 'transfer-encoding': encoding, 'content-length': length } = request.headers;
  // Taken by its route as it comes in.
  const isUpload = uploadPaths.has(`${request.method} ${request.baseUrl}${request.path}`);
  const isUnread = !isUpload && request.body === undefined && (encoding !== undefined || Number(length ?? 0) > 0);
  next(
    isUnread
      ? new Refusal('unsupported-media-type', `Send JSON, with the header Content-Type: ${bodyTypes[0]}.`)
      : undefined,
  );
}

function sendProblem(error: unknown, request: Request, response: Response, deps: ApiDeps): void {
  const refusal = refusalOf(error);
  const requestId = String(request.id);
  if (!refusal) deps.log.error({ err: error, requestId }, 'a request failed by a defect');
  const problem = refusal ? problemOf(refusal) : defectProblem(requestId);
  if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  if (problem.status === 503) response.setHeader('Retry-After', '1');
  const retryAfter = problem['retryAfterSeconds'];
  if (typeof retryAfter === 'number') response.setHeader('Retry-After', String(retryAfter));
  response.status(problem.status);
  nameRefusal(response, problem);
  response.type('application/problem+json').send(JSON.stringify(problem));
}

const requestLog = (deps: ApiDeps) =>
  pinoHttp({
    logger: deps.log,
    genReqId: (request, response) => {
      const given = request.headers['x-request-id'];
      const id = typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    // Neither headers nor bodies: tokens and what people write stay out of logs.
    serializers: {
      req: (request: { id: unknown; method: string; url: string }) => ({
        id: request.id,
        method: request.method,
        path: withoutSecrets(request.url.split('?')[0] ?? ''),
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'debug'),
  });

/** What the page needs, and nothing else of its package: no source maps, no list of its parts, no sign-in pages. */
const docsFiles =
  /^\/?$|^\/(?:index\.html|index\.css|swagger-ui\.css|swagger-ui-bundle\.js|swagger-ui-standalone-preset\.js|favicon-\d+x\d+\.png)$/;

/** Swagger UI, served from its package: nothing is loaded from elsewhere. */
function mountDocs(app: Express): void {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  app.get('/docs/swagger-initializer.js', (_request, response) => {
    response
      .type('text/javascript')
      .send(
        `window.onload = () => { window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null, presets: [SwaggerUIBundle.presets.apis], layout: 'BaseLayout' }); };`,
      );
  });
  const page = express.static(folder, { index: 'index.html' });
  app.use('/docs', (request, response, next) =>
    docsFiles.test(request.path) ? page(request, response, next) : next(),
  );
}
