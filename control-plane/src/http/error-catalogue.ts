/**
 * Every error that the API answers: its code (for the code and the documents of px0), its status,
 * and its words, which clients match on. `$detail` stands for words that come with the occasion.
 */
export const ERRORS = {
  unauthorized: [401, 'unauthorized'],
  forbidden: [403, 'forbidden'],
  access_token_required: [403, 'access token required'],
  not_found: [404, 'not found'],
  internal_error: [500, 'internal error'],
  unavailable: [503, 'service unavailable'],

  invalid_request_body: [400, 'invalid request body'],
  request_body_too_large: [413, 'request body too large'],
  invalid_query: [400, 'invalid query parameter $detail'],
  invalid_id: [400, 'invalid id'],
  invalid_prompt_id: [400, 'invalid prompt id'],
  name_required: [400, 'name is required'],

  email_and_password_required: [400, 'email and password are required'],
  email_required: [400, 'email is required'],
  invalid_email: [400, 'invalid email format'],
  password_too_short: [400, 'password must be at least 8 characters'],
  password_too_simple: [
    400,
    'password must contain at least one uppercase letter, one lowercase letter, one digit, and one special character',
  ],
  email_taken: [409, 'email already registered'],
  team_id_needs_admin: [403, 'only admins can register users with a team_id'],
  user_not_verified: [403, 'user is not verified'],
  registrar_outside_organization: [403, 'user does not belong to the organization of the specified team'],
  email_and_code_required: [400, 'email and code are required'],
  invalid_verification_code: [400, 'invalid verification code'],
  invalid_credentials: [401, 'invalid credentials'],

  organization_not_found: [404, 'organization not found'],
  team_not_found: [404, 'team not found'],

  org_id_required: [400, 'org_id is required'],
  invalid_operation: [400, 'invalid operation'],
  api_key_not_found: [404, 'api key not found'],

  invalid_slug: [400, 'invalid slug'],
  prompt_exists: [409, 'prompt with this name or slug already exists; please provide a unique name'],
  prompt_not_found: [404, 'prompt not found'],
  slug_ambiguous: [409, 'slug is ambiguous; pass team_id'],

  template_required: [400, 'template is required'],
  invalid_template: [400, 'invalid template: $detail'],
  model_empty: [400, 'model must not be empty'],
  model_params_not_object: [400, 'model_params must be a JSON object'],
  version_change_required: [400, 'template, model, or model_params is required'],
  version_not_found: [404, 'version not found'],
  only_drafts_modified: [422, 'only draft versions can be modified'],
  cannot_promote: [422, 'cannot promote version'],
  only_live_demoted: [422, 'only live versions can be demoted'],
  tag_required: [400, 'tag is required'],
  invalid_tag: [400, 'invalid tag'],
  tag_not_found: [404, 'tag not found'],

  variables_not_object: [400, 'variables must be a JSON object'],
  no_live_version: [404, 'no live version found for this prompt'],
  template_execution_failed: [422, 'template execution failed: $detail'],
} as const satisfies Record<string, readonly [status: number, words: string]>;

export type ErrorCode = keyof typeof ERRORS;

/** A request is refused, with one of the catalogue's errors. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ErrorCode;
  /** Fields that stand beside `error` in the body. */
  readonly beside: Readonly<Record<string, unknown>>;

  /** @param detail what takes the place of `$detail` in the words */
  constructor(
    code: ErrorCode,
    { detail = '', beside = {} }: { detail?: string; beside?: Readonly<Record<string, unknown>> } = {},
  ) {
    // As a function: a detail may hold `$` itself.
    super(ERRORS[code][1].replace('$detail', () => detail));
    this.code = code;
    this.beside = beside;
  }

  get status(): number {
    return ERRORS[this.code][0];
  }

  get body(): { error: string } & Record<string, unknown> {
    return { error: this.message, ...this.beside };
  }
}
