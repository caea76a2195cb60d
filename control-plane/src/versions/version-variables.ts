import { setImmediate as nextTurn } from 'node:timers/promises';
import { compile, TemplateSyntaxError } from '@px0/template-engine';
import { Refusal } from '../http/error-catalogue.js';
import type { StoredVersion, TemplateVariable, Version } from './version-schemas.js';

/** Characters from which on a template takes long to compile. */
const LARGE_TEMPLATE = 16 * 1024;

/**
 * @param name what the engine's words call the template: the prompt's slug
 * @returns what the template reads
 * @throws a refusal if it is no template
 */
export function variablesOf(template: string, name: string): readonly TemplateVariable[] {
  try {
    return compile(template, { name }).variables;
  } catch (error) {
    if (error instanceof TemplateSyntaxError) {
      throw new Refusal('invalid_template', { detail: error.message });
    }
    throw error;
  }
}

/** @returns the version as the API shows it */
export async function withVariables(stored: StoredVersion): Promise<Version> {
  const variables = stored.variables ?? (await variablesOfOld(stored.template));
  if (stored.missing === 'error') return { ...stored, variables: [...variables] };
  return { ...stored, variables: variables.map((variable) => ({ ...variable, optional: true })) };
}

/**
 * Of a template that was stored when variables were not. Its name does not matter: such templates could
 * not call themselves.
 */
async function variablesOfOld(template: string): Promise<readonly TemplateVariable[]> {
  // Lists hold many of them; requests get their turn in between.
  if (template.length > LARGE_TEMPLATE) await nextTurn();
  try {
    return compile(template, { name: 'template' }).variables;
  } catch (error) {
    // It was a template once: only another engine since then can refuse it.
    if (error instanceof TemplateSyntaxError) return [];
    throw error;
  }
}
