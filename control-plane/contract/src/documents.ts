/**
 * Feed documents: the whole state, as a gateway needs it, of one thing that rendering depends on.
 * The publisher writes them, gateways read them, and nothing else crosses between the two.
 */

/** Raised with every change of a document's shape that an older gateway could misread. */
export const DOCUMENT_FORMAT = 1;

export type Operation = 'read_render' | 'all' | 'admin';
export type MissingKey = 'error' | 'default' | 'zero';

/** An API key, found by the SHA-256 of its text. */
export interface KeyDocument {
  readonly kind: 'key';
  readonly id: string;
  readonly org_id: string;
  /** null: every team of the organization, those created later included. */
  readonly team_ids: readonly string[] | null;
  readonly operation: Operation;
}

/** Which prompts of an organization carry a slug: at most one per team. */
export interface SlugDocument {
  readonly kind: 'slug';
  readonly org_id: string;
  readonly slug: string;
  readonly prompts: readonly { readonly team_id: string; readonly prompt_id: string }[];
}

/** A prompt, as far as finding the version to render goes. */
export interface PromptDocument {
  readonly kind: 'prompt';
  readonly id: string;
  readonly org_id: string;
  readonly team_id: string;
  readonly slug: string;
  /** Number of the live version, null while there is none. */
  readonly live: number | null;
  readonly tags: Readonly<Record<string, number>>;
}

/** One version: a compiled template and the model settings that go out beside its rendering. */
export interface VersionDocument {
  readonly kind: 'version';
  readonly prompt_id: string;
  readonly version: number;
  /** A program of the template engine, which validates it when it loads it. */
  readonly program: unknown;
  readonly missing: MissingKey;
  readonly model: string | null;
  readonly model_params: Readonly<Record<string, unknown>> | null;
}

export type Document = KeyDocument | SlugDocument | PromptDocument | VersionDocument;
export type DocumentKind = Document['kind'];

/** A document as the feed carries it. */
export interface FeedDocument {
  readonly key: string;
  /** The feed's revision that brought this state. */
  readonly revision: number;
  /** The encoded document; null is a tombstone: the thing is gone. */
  readonly body: string | null;
}
