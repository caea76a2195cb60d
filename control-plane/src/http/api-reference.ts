import {
  type ApiDocument,
  errorTextsOf,
  type Operation,
  type Route,
  routesOf,
  schemaOf,
} from './api-document.js';
import { ERRORS, type ErrorCode } from './error-catalogue.js';
import { PAGE_BYTES } from './heavy-pages.js';
import { MOST_ITEMS } from './paging.js';
import type { Relation } from './policy.js';
import { limitsOf, ownTypeOf, type SchemaWords, shapesIn, typeOf } from './schema-words.js';

/** @returns the reference of the API, in Markdown, from the document that is served and the table of errors */
export function apiReference(document: ApiDocument): string {
  const routes = routesOf(document);
  const shapes = shapesIn(routes.flatMap(({ operation }) => goodSchemas(operation)));
  const chapters = document.tags
    .map((tag) => ({ ...tag, routes: routes.filter(({ operation }) => operation.tags.includes(tag.name)) }))
    .filter((chapter) => chapter.routes.length > 0);
  const blocks = [
    `# ${document.info.title}: reference of the API`,
    '<!-- Written by `npm run api-reference` from the schemas of the routes and the table of errors. Do not edit. -->',
    document.info.description,
    INTRODUCTION,
    ...chapters.map(({ name, routes }) => tableOf([capitalized(name), ''], routes.map(contentsRow))),
    ...chapters.flatMap(({ name, description, routes }) => [
      `## ${capitalized(name)}`,
      description,
      ...routes.flatMap((route) => routeBlocks(route)),
    ]),
    '## Shapes',
    ...shapes.flatMap(({ name, schema }) => [`### ${name}`, fieldsTable(schema)]),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

const INTRODUCTION = `Credentials are sent as \`Authorization: Bearer <session or key>\`, keys also as \`X-API-Key: <key>\`. Every answer
names its request in the header \`x-request-id\`. Answers of status 429 and 503 may tell in \`retry-after\` after how
many seconds asking again makes sense. In error texts \`…\` stands for words that come with the occasion. An \`id\` is a
UUID, a \`time\` is RFC 3339 in UTC, and a field with \`?\` may be left out. \`GET /openapi.json\` serves the same for
machines, \`/docs\` for browsers.

What cannot be read as HTTP is answered before any route is reached, and the connection is closed: ${errorOf('bad_request')},
${errorOf('request_timeout')} for what does not arrive in time, ${errorOf('headers_too_large')}.

A list that is read with \`limit\` and \`cursor\` never shows more than ${MOST_ITEMS.toLocaleString('en')} items at once, with or without
\`limit\` (the audit log fewer). Lists of prompts, versions and payloads end a page earlier once it holds
${PAGE_BYTES / 2 ** 20} MiB. A client that wants all of a longer list must go on: as long as \`next_cursor\` is not null, it asks
again with that as \`cursor\`. Lists of members and people have numbered pages (\`page\`) instead.`;

/** Such as "400 `bad request`". */
function errorOf(code: ErrorCode): string {
  const [status, words] = ERRORS[code];
  return `${status} \`${words}\``;
}

function routeBlocks({ method, path, operation }: Route): string[] {
  const { operationId, summary, description = '', parameters = [], requestBody } = operation;
  const body = requestBody?.content['application/json'].schema;
  return [
    `<a id="${operationId}"></a>\n\n### ${summary}`,
    `\`${method} ${path}\``,
    description,
    `Who: ${whoMay(operation)}.`,
    parameters.length > 0
      ? tableOf(
          ['Parameter', 'In', 'Type', ''],
          parameters.map(({ name, in: place, required, description: words, schema }) => [
            `\`${name}\`${required ? '' : '?'}`,
            place,
            code(typeOf(schema as SchemaWords)),
            remarks({ ...(schema as SchemaWords), ...(words !== undefined && { description: words }) }),
          ]),
        )
      : '',
    body === undefined ? '' : `Body:\n\n${fieldsTable(body as SchemaWords)}`,
    tableOf(
      ['Status', 'Answer'],
      Object.keys(operation.responses).map((status) => answerRow(operation, status)),
    ),
  ];
}

function answerRow(operation: Operation, status: string): string[] {
  const schema = schemaOf(operation, status) as SchemaWords | undefined;
  const texts = errorTextsOf(operation, status);
  if (schema === undefined) return [status, 'no body'];
  if (texts.length === 0) {
    const told = Object.entries(schema.properties ?? {}).map(
      ([name, field]) => [name, remarks(field)] as const,
    );
    const notes = told.filter(([, note]) => note !== '').map(([name, note]) => `\`${name}\`: ${note}`);
    return [status, [code(typeOf(schema)), ...notes].join('<br>')];
  }
  const { error, ...beside } = schema.properties ?? {};
  const fields = Object.entries(beside).map(([name, field]) => code(`${name}: ${typeOf(field)}`));
  return [
    status,
    texts.map(code).join('<br>') + (fields.length > 0 ? `<br>beside it ${fields.join(', ')}` : ''),
  ];
}

function fieldsTable(schema: SchemaWords): string {
  if (schema.properties === undefined) return code(ownTypeOf(schema));
  return tableOf(
    ['Field', 'Type', ''],
    Object.entries(schema.properties).map(([name, field]) => [
      `\`${name}\`${schema.required?.includes(name) ? '' : '?'}`,
      code(typeOf(field)),
      remarks(field),
    ]),
  );
}

function remarks(schema: SchemaWords): string {
  const { description = '' } = schema;
  const limits = limitsOf(schema);
  return [description, limits && `${capitalized(limits)}.`].filter((text) => text !== '').join(' ');
}

const RELATION_WORDS: Readonly<Record<Relation, string>> = {
  stranger: 'anybody',
  org_member: 'members of the organization',
  viewer: 'viewers',
  editor: 'editors',
  team_admin: 'team admins',
  org_admin: 'org admins',
  creator: 'who made it',
  limited_key: 'keys of some teams',
  read_render_key: '`read_render`',
  all_key: '`all`',
  admin_key: '`admin`',
};

function whoMay({ security, 'x-who-may': relations }: Operation): string {
  const kinds = security.flatMap((scheme) => Object.keys(scheme));
  if (kinds.length === 0) return 'anyone';
  const hearsGuests = security.some((scheme) => Object.keys(scheme).length === 0);
  const hearsKeys = kinds.includes('apiKey');
  const users = relations?.filter((relation) => !relation.endsWith('_key'));
  const keys = hearsKeys ? relations?.filter((relation) => relation.endsWith('_key')) : [];
  // Whoever has a role in a team is a member of its organization.
  const told = users?.includes('org_member') ? users.filter((relation) => relation === 'org_member') : users;
  return [
    hearsGuests && 'anyone',
    told === undefined ? 'with a session' : `with a session: ${told.map(wordsOf).join(', ')}`,
    keys === undefined && 'with a key',
    keys !== undefined && keys.length > 0 && `with a key that may ${keys.map(wordsOf).join(', ')}`,
  ]
    .filter((part) => part !== false)
    .join('; or ');
}

function wordsOf(relation: Relation): string {
  return RELATION_WORDS[relation];
}

function goodSchemas(operation: Operation) {
  return Object.keys(operation.responses)
    .filter((status) => status.startsWith('2'))
    .flatMap((status) => schemaOf(operation, status) ?? []);
}

function contentsRow({ method, path, operation }: Route): string[] {
  return [`[\`${method} ${path}\`](#${operation.operationId})`, operation.summary];
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A `|` would end a cell. */
function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function capitalized(text: string): string {
  return text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
