import type { List } from '../syntax/ast.js';
import type { TemplateVariable } from './template-variable.js';

/** @returns what the template reads of its data, sorted by path */
export function variablesOf(
  _body: List,
  _definitions: ReadonlyMap<string, List>,
): readonly TemplateVariable[] {
  return [];
}
