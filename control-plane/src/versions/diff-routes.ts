import type { App } from '../http/app.js';
import { answers } from '../http/openapi.js';
import type { VersionDiffs } from './version-diffs.js';
import { DiffAnswer, DiffQuery, PromptParams } from './version-schemas.js';

/** Comparing two versions of a prompt. */
export function addDiffRoutes(app: App, diffs: VersionDiffs): void {
  app.get(
    '/v1/prompts/:promptId/versions/diff',
    {
      config: { action: 'versions.diff' },
      schema: {
        operationId: 'diffVersions',
        tags: ['versions'],
        summary: 'Compare the templates of two versions',
        description:
          'As GNU diff -u writes it, files named v1 and v2. This path is not that of a version tagged "diff".',
        params: PromptParams,
        querystring: DiffQuery,
        response: answers({ 200: DiffAnswer }, [
          'invalid_prompt_id',
          'diff_range_required',
          'invalid_from_version',
          'invalid_to_version',
          'unauthorized',
          'prompt_not_found',
          'from_version_not_found',
          'to_version_not_found',
        ]),
      },
    },
    ({ params, query, access }) => diffs.between(params.promptId, query, access),
  );
}
