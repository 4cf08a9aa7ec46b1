import type { NextFunction, Request, Response } from 'express';
import type { ApiDeps } from './deps.ts';
import type { Route } from './route.ts';

/** What is said of a request while it is answered. */
interface Named {
  route?: Route;
  code?: string;
}

const namesOf = (response: Response): Named => response.locals;

/** Says which route answers. */
export const nameRoute = (response: Response, route: Route): void => {
  namesOf(response).route = route;
};

/** Says why the request is refused, if its body is a problem document. */
export const nameRefusal = (response: Response, body: unknown): void => {
  if (response.statusCode < 400 || typeof body !== 'object' || body === null) return;
  const { code } = body as { readonly code?: unknown };
  if (typeof code === 'string') namesOf(response).code = code;
};

/** Methods by which requests are told apart; any other is `OTHER`: a caller may invent some. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Measures every request until its answer is out, or its caller is gone. Streams last; their number is measured instead. */
export const measured =
  ({ measure }: Pick<ApiDeps, 'measure'>) =>
  (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    response.once('close', () => {
      const { route, code } = namesOf(response);
      if (route?.kind === 'stream' && response.statusCode < 400) return;
      measure.answered({
        method: methods.has(request.method) ? request.method : 'OTHER',
        route: route?.path ?? 'unmatched',
        // 499, as proxies call it: the caller did not wait for the answer.
        status: response.writableFinished ? response.statusCode : 499,
        seconds: (performance.now() - startedAt) / 1_000,
        code,
      });
    });
    next();
  };
