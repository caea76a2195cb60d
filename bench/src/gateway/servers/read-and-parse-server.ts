import { createHash } from 'node:crypto';
import { compile, type JsonObject, load } from '@px0/template-engine';
import pg from 'pg';
import { serveParent } from '../../measuring/child.js';
import { RefusalError, serveWithFastify } from './fastify-app.js';
import { type DatabaseSetup, readSetup, type StatementName } from './setup.js';

/**
 * Holds nothing: key, teams, prompt and version are read for each request, each by an index, and the
 * template is compiled. What stands in for the same in Go where there is no Go.
 */
const { database, statements } = readSetup<DatabaseSetup>();
const pool = new pg.Pool({ connectionString: database, max: 16, min: 16 });

async function read<Row extends pg.QueryResultRow>(name: StatementName, values: unknown[]): Promise<Row[]> {
  // Named, so that a connection prepares it once.
  return (await pool.query<Row>({ name, text: statements[name], values })).rows;
}

const tell = serveParent({}, () => pool.end());
const port = await serveWithFastify({
  authenticate: async (token) => {
    const hash = createHash('sha256').update(token).digest();
    const [key] = await read<{ id: string; org_id: string }>('key', [hash]);
    if (key === undefined) throw new RefusalError(401, 'unauthorized');
    const teams = await read<{ team_id: string }>('teams', [key.id]);
    return { organization: key.org_id, teams: teams.map(({ team_id }) => team_id) };
  },
  render: async ({ organization, teams }, slug, variables) => {
    const [prompt] = await read<{ id: string; live_version: number }>('prompt', [organization, slug, teams]);
    if (prompt === undefined) throw new RefusalError(404, 'prompt not found');
    const [version] = await read<{
      version: number;
      template: string;
      tags: string[];
      model: string;
      model_params: object;
    }>('version', [prompt.id, prompt.live_version]);
    if (version === undefined) throw new RefusalError(404, 'no live version found for this prompt');
    const { template, ...rest } = version;
    const loaded = load(compile(template, { name: slug }));
    return { rendered: loaded.render(variables as JsonObject), slug, ...rest };
  },
});
tell({ kind: 'ready', port });
