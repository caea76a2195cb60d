import { compile, type JsonObject, load } from '@px0/template-engine';
import { serveParent } from '../../measuring/child.js';
import { RefusalError, serveWithFastify } from './fastify-app.js';
import { readSetup } from './setup.js';

/** Fastify with px0's engine: templates loaded beforehand, keys in a Map. */
const TEAM = 'team';
const { key, prompt } = readSetup();
const teamsOfKeys: ReadonlyMap<string, readonly string[]> = new Map([[key, [TEAM]]]);
const template = load(compile(prompt.template, { name: prompt.slug }));
const { template: _source, ...rest } = prompt;
const prompts = new Map([[`${TEAM}/${prompt.slug}`, { template, rest }]]);

const tell = serveParent({});
const port = await serveWithFastify({
  authenticate: (key) => {
    const teams = teamsOfKeys.get(key);
    if (teams === undefined) throw new RefusalError(401, 'unauthorized');
    return teams;
  },
  render: (teams, slug, variables) => {
    for (const team of teams) {
      const found = prompts.get(`${team}/${slug}`);
      if (found !== undefined) {
        return { rendered: found.template.render(variables as JsonObject), ...found.rest };
      }
    }
    throw new RefusalError(404, 'prompt not found');
  },
});
tell({ kind: 'ready', port });
