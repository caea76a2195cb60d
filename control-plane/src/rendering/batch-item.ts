import Type, { type Static, type TSchema } from 'typebox';
import { Refusal } from '../http/error-catalogue.js';
import { compileValidator } from '../http/validation.js';
import { RenderQuery, RenderRequest } from './render-schemas.js';

/** One render of a batch. */
export interface BatchItem {
  /** Of the prompt; or its id. */
  readonly slug: string;
  /** A number or a tag; undefined: the live version. */
  readonly version: string | undefined;
  readonly teamId: string | undefined;
  readonly request: RenderRequest;
}

const checkRequest = checkOf(RenderRequest);
const checkSlug = checkOf(Type.Object({ slug: Type.Optional(Type.String()) }));
const checkVersion = checkOf(
  Type.Object({ version: Type.Optional(Type.Union([Type.Number(), Type.String()])) }),
);
const checkTeam = checkOf(RenderQuery, 'querystring');

/**
 * @param sent of any kind
 * @throws {Refusal} what is wrong with it, in the words of a single render
 */
export function readBatchItem(sent: unknown): BatchItem {
  const request = checkRequest(sent);
  const { slug } = checkSlug(sent);
  if (slug === undefined || slug === '') throw new Refusal('slug_required');
  const { version } = checkVersion(sent);
  const { team_id: teamId } = checkTeam(sent);
  return { slug, version: version === undefined ? undefined : String(version), teamId, request };
}

/** @param httpPart `querystring` takes what is empty for absent */
function checkOf<Schema extends TSchema>(
  schema: Schema,
  httpPart: 'body' | 'querystring' = 'body',
): (sent: unknown) => Static<Schema> {
  const validate = compileValidator({ schema, method: 'POST', url: '', httpPart });
  return (sent) => {
    const checked = validate(sent) as { value: Static<Schema> } | { error: Refusal };
    if ('error' in checked) throw checked.error;
    return checked.value;
  };
}
