import { type Document, documentKey, type KeyDocument, type PromptDocument } from '@px0/contract';
import { type Refusal, refusal } from '../errors.js';
import { asId, canBeSlug, type Target } from './target.js';

/** Where a version stands, and the state of the prompt that it goes out with. */
export interface Route {
  readonly versionKey: string;
  readonly prompt: PromptDocument;
}

export type Resolution =
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** A document that must be asked for first. */
  | { readonly kind: 'needs'; readonly key: string };

/** What is held under a document key: null for known to be absent, undefined for not known. */
export type FindDocument = (key: string) => Document | null | undefined;

const VERSION_NUMBER = /^[1-9][0-9]{0,9}$/;

const refused = (reason: Refusal): Resolution => ({ kind: 'refused', refusal: reason });
const needs = (key: string): Resolution => ({ kind: 'needs', key });

/**
 * Finds the version that a caller's request means, from documents alone: the same documents give
 * the same answer, and a missing one is named. The rules are those of the contract's "Rendering".
 */
export function resolve(key: KeyDocument, target: Target, find: FindDocument): Resolution {
  const id = asId(target.slugOrId);
  if (id !== undefined) return resolvePrompt(key, id, target, find);

  if (!canBeSlug(target.slugOrId)) return refused(refusal.promptNotFound);
  const slugKey = documentKey.slug(key.org_id, target.slugOrId);
  const slug = find(slugKey);
  if (slug === undefined) return needs(slugKey);
  if (slug?.kind !== 'slug') return refused(refusal.promptNotFound);
  const prompts = slug.prompts.filter((entry) => reaches(key, entry.team_id, target.teamId));
  const [first, second] = prompts;
  if (first === undefined) return refused(refusal.promptNotFound);
  if (second !== undefined) {
    return refused({
      code: 'ambiguousSlug',
      fields: { team_ids: prompts.map((entry) => entry.team_id).sort() },
    });
  }
  return resolvePrompt(key, first.prompt_id, target, find);
}

function resolvePrompt(key: KeyDocument, id: string, target: Target, find: FindDocument): Resolution {
  const promptKey = documentKey.prompt(id);
  const prompt = find(promptKey);
  if (prompt === undefined) return needs(promptKey);
  if (prompt?.kind !== 'prompt' || prompt.org_id !== key.org_id) return refused(refusal.promptNotFound);
  // Asked of the prompt too: after a move it knows its team before the slug's document does.
  if (!reaches(key, prompt.team_id, target.teamId)) return refused(refusal.promptNotFound);

  const version = chooseVersion(prompt, target.version);
  if (typeof version !== 'number') return refused(version);
  return { kind: 'route', route: { versionKey: documentKey.version(id, version), prompt } };
}

/** Whether a request names a version by its number, and not by a tag or as the live one. */
export function isVersionNumber(wanted: string | undefined): boolean {
  return wanted !== undefined && VERSION_NUMBER.test(wanted);
}

function chooseVersion(prompt: PromptDocument, wanted: string | undefined): number | Refusal {
  if (wanted === undefined) return prompt.live ?? refusal.noLiveVersion;
  const version = isVersionNumber(wanted)
    ? Number(wanted)
    : Object.hasOwn(prompt.tags, wanted)
      ? prompt.tags[wanted]
      : undefined;
  return version ?? refusal.versionNotFound;
}

function reaches(key: KeyDocument, teamId: string, wanted: string | undefined): boolean {
  if (wanted !== undefined && wanted !== teamId) return false;
  return key.team_ids === null || key.team_ids.includes(teamId);
}
