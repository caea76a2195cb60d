import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import pg from 'pg';
import { afterAll } from 'vitest';

/** What a request asked of Postgres. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Listens, until all tests of the file are over, to what the HTTP servers of this process ask of Postgres.
 *
 * @returns a function that makes calls, and tells the statements that answering them took: those that
 * began before the last answer came, and none of what goes on beside requests
 */
export function recordStatements(): <Result>(
  calls: () => Promise<Result>,
) => Promise<{ result: Result; statements: readonly Statement[] }> {
  const requests = new AsyncLocalStorage<Statement[]>();
  let current: Statement[] = [];
  const enter = () => requests.enterWith(current);
  subscribe('http.server.request.start', enter);

  const query = pg.Client.prototype.query as (...words: unknown[]) => unknown;
  const recording = function (this: pg.Client, ...words: unknown[]): unknown {
    const [text, values] = words;
    if (typeof text === 'string') {
      requests.getStore()?.push({ text, values: Array.isArray(values) ? values : [] });
    }
    return query.apply(this, words);
  };
  pg.Client.prototype.query = recording as typeof pg.Client.prototype.query;
  afterAll(() => {
    pg.Client.prototype.query = query as typeof pg.Client.prototype.query;
    unsubscribe('http.server.request.start', enter);
  });

  return async (calls) => {
    const statements: Statement[] = [];
    current = statements;
    const result = await calls();
    current = [];
    return { result, statements: [...statements] };
  };
}
