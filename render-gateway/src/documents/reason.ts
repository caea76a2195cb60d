import { InvalidDocumentError } from '@px0/contract';

/** @returns what is wrong with a document, for those who may see the document */
export function reasonOf(error: unknown): string {
  if (error instanceof InvalidDocumentError) return error.problem;
  return error instanceof Error ? error.message : String(error);
}
