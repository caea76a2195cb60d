import { errorTextsOf, type Route } from '#http/api-document.js';

/** The tables of the HTTP contract, read by a program: what each row promises of its routes. */
export interface ContractRow {
  /** As it stands in the contract. */
  readonly line: string;
  readonly routes: readonly ContractRoute[];
  readonly successes: readonly number[];
  readonly errors: readonly PromisedError[];
}

interface ContractRoute {
  readonly method: string;
  /** Parameters are `{}`: their names differ between the contract and the document. */
  readonly path: string;
  readonly query: readonly string[];
}

interface PromisedError {
  readonly status: number;
  /** Texts of which the route must have all; none where the contract names the status alone. */
  readonly texts: readonly string[];
  /** Or at least one of these: those of another row, where the contract says `as in …`. */
  readonly someOf?: readonly string[];
}

/** @throws for a row that names no route: it would be passed over */
export function readContract(markdown: string): ContractRow[] {
  const rows: ContractRow[] = [];
  /** Of the table that the line is in; undefined outside of tables of routes. */
  let table: ContractRow[] | undefined;
  for (const line of markdown.split('\n')) {
    if (!line.startsWith('|')) table = undefined;
    const row = table === undefined ? proseRow(line) : tableRow(line, table, rows);
    if (line.startsWith('| Method and path')) table = [];
    if (row === undefined) continue;
    if (row.routes.length === 0) throw new Error(`no route is found in this row of the contract: ${line}`);
    table?.push(row);
    rows.push(row);
  }
  return rows;
}

/** A line such as GET `/v1/health` → 200 `{status: "OK"}`. */
function proseRow(line: string): ContractRow | undefined {
  if (!/^[A-Z]+ `\/v1\//.test(line)) return undefined;
  const [head = '', answer = ''] = line.split('→');
  return {
    line,
    routes: routesIn(head, undefined),
    successes: successesIn(answer),
    errors: errorsIn(answer, [], []),
  };
}

function tableRow(
  line: string,
  table: readonly ContractRow[],
  above: readonly ContractRow[],
): ContractRow | undefined {
  const [head = '', , answer = '', errors = ''] = line
    .slice(1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
  if (/^-+$/.test(head)) return undefined;
  const previous = table.at(-1);
  return {
    line,
    routes: head.startsWith('same')
      ? (previous?.routes ?? [])
      : routesIn(head, previous?.routes.at(-1)?.path),
    successes: successesIn(answer),
    errors: errorsIn(errors, table, above),
  };
}

/**
 * @param head such as GET, PUT, DELETE `…/payloads/{payloadID}`
 * @param before the path that `…` goes on from
 */
function routesIn(head: string, before: string | undefined): ContractRoute[] {
  const methods = head.match(/\b(GET|POST|PUT|PATCH|DELETE)\b/g) ?? [];
  const spans = [...head.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
  const query = spans.flatMap((span) => [...span.matchAll(/(?:^|[?&])(\w+)=/g)].map(([, name = '']) => name));
  const paths: string[] = [];
  for (const span of spans.filter((one) => /^[/…]/.test(one))) {
    const own = (span.split('?')[0] ?? '').replaceAll(/\{[^}]*\}/g, '{}');
    const [first] = paths;
    if (own.startsWith('…/')) paths.push(continued(before ?? '', own.slice(2)));
    // As in `/v1/prompts/{id}/archive`, `/restore`.
    else if (first !== undefined) paths.push(first.replace(/\/[^/]+$/, own));
    else paths.push(own);
  }
  return methods.flatMap((method) => paths.map((path) => ({ method, path, query })));
}

/** @returns the path before, up to where the rest begins: both name the segment there */
function continued(before: string, rest: string): string {
  const segments = before.split('/');
  const [start = ''] = rest.split('/');
  const index = segments.lastIndexOf(start);
  if (index === -1) return '';
  return [...segments.slice(0, index), rest].join('/');
}

function successesIn(answer: string): number[] {
  return [...new Set(answer.match(/\b20[0-9]\b/g)?.map(Number))];
}

/** Statuses, each with the texts that follow it. What stands in parentheses explains. */
function errorsIn(
  cell: string,
  table: readonly ContractRow[],
  above: readonly ContractRow[],
): PromisedError[] {
  const spans: string[] = [];
  const plain = cell
    .replaceAll(/`([^`]*)`/g, (_whole, span: string) => `⟦${spans.push(span) - 1}⟧`)
    .replaceAll(/\([^)]*\)/g, '');
  const clauses = plain.split(/(?=\b[45]\d\d\b)/).filter((clause) => /^[45]\d\d/.test(clause));
  return clauses.map((clause) => {
    const status = Number(clause.slice(0, 3));
    const texts = [...clause.matchAll(/⟦(\d+)⟧/g)].map(([, index = '']) =>
      (spans[Number(index)] ?? '').replaceAll(/<[^>]*>/g, '…'),
    );
    const model = clause.match(/as in (\w+)/)?.[1];
    if (model === undefined) return { status, texts };
    return { status, texts, someOf: textsOfModel(model, status, table, above) };
  });
}

/** @param model `create`, which is the table's first row, or the end of the path of a row above */
function textsOfModel(
  model: string,
  status: number,
  table: readonly ContractRow[],
  above: readonly ContractRow[],
): string[] {
  const row =
    model === 'create'
      ? table[0]
      : above.find(({ routes }) => routes.some(({ path }) => path.endsWith(`/${model}`)));
  return (row?.errors ?? []).filter((error) => error.status === status).flatMap(({ texts }) => texts);
}

/** @returns what a row promises and the document lacks */
export function lackOf(row: ContractRow, document: readonly Route[]): string[] {
  const lacking: string[] = [];
  const found = row.routes.map((promised) => {
    const route = document.find(
      ({ method, path }) =>
        method === promised.method && path.replaceAll(/\{[^}]*\}/g, '{}') === promised.path,
    );
    if (route === undefined) lacking.push(`${promised.method} ${promised.path}`);
    const parameters = route?.operation.parameters?.map(({ name }) => name) ?? [];
    for (const name of promised.query)
      if (!parameters.includes(name)) lacking.push(`${promised.path}: ?${name}=`);
    return route;
  });
  const routes = found.filter((route) => route !== undefined);
  for (const status of row.successes) {
    // Of several routes in one row each has its own.
    if (!routes.some(({ operation }) => operation.responses[status] !== undefined)) lacking.push(`${status}`);
  }
  for (const { name, operation } of routes) {
    const successes = Object.keys(operation.responses)
      .map(Number)
      .filter((status) => status < 300);
    // Where the contract names none, as for a second way to render, any will do.
    const fitting =
      row.successes.length === 0 ? successes : successes.filter((status) => row.successes.includes(status));
    if (fitting.length === 0) lacking.push(`${name}: ${row.successes.join(' or ')}`);
    for (const { status, texts, someOf } of row.errors) {
      const documented = errorTextsOf(operation, status);
      if (operation.responses[status] === undefined) lacking.push(`${name}: ${status}`);
      for (const text of texts) if (!documented.includes(text)) lacking.push(`${name}: ${status} ${text}`);
      if (someOf !== undefined && !someOf.some((text) => documented.includes(text)))
        lacking.push(`${name}: ${status}, one of ${someOf.join(' / ')}`);
    }
  }
  return lacking;
}
