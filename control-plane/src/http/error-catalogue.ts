/**
 * Every error that the API answers: its code (for the code and the documents of px0), its status,
 * and its words, which clients match on. `$detail` stands for words that come with the occasion.
 */
export const ERRORS = {
  unauthorized: [401, 'unauthorized'],
  forbidden: [403, 'forbidden'],
  access_token_required: [403, 'access token required'],
  not_found: [404, 'not found'],
  too_many_requests: [429, 'too many requests'],
  internal_error: [500, 'internal error'],
  unavailable: [503, 'service unavailable'],

  bad_request: [400, 'bad request'],
  request_timeout: [408, 'request timeout'],
  headers_too_large: [431, 'request header fields too large'],

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
  code_and_password_required: [400, 'code and new_password are required'],
  invalid_reset_code: [400, 'invalid or expired password reset code'],

  organization_not_found: [404, 'organization not found'],
  user_not_found: [404, 'user not found'],
  team_not_found: [404, 'team not found'],
  team_exists: [409, 'team name already exists under this organization'],
  default_team_not_deleted: [422, 'the Default Team cannot be deleted'],
  default_team_fixed: [422, 'the Default Team cannot be renamed or moved'],

  user_id_required: [400, 'user_id is required'],
  user_to_add_not_found: [404, 'user to add not found'],
  user_outside_organization: [400, 'user is not a member of this organization'],
  invalid_role: [400, 'invalid role, must be admin, editor, or viewer'],
  member_not_found: [404, 'team member relationship not found'],
  last_team_admin: [422, 'team must keep at least one admin'],

  already_team_member: [400, 'already a member of this team'],
  join_request_pending: [409, 'a pending join request already exists for this team'],
  invalid_join_status: [400, 'invalid status, must be approved or rejected'],
  join_request_not_found: [404, 'join request not found'],
  join_request_resolved: [400, 'join request has already been resolved'],

  org_id_required: [400, 'org_id is required'],
  invalid_operation: [400, 'invalid operation'],
  api_key_not_found: [404, 'api key not found'],

  invalid_slug: [400, 'invalid slug'],
  prompt_exists: [409, 'prompt with this name or slug already exists; please provide a unique name'],
  prompt_not_found: [404, 'prompt not found'],
  slug_ambiguous: [409, 'slug is ambiguous; pass team_id'],
  invalid_target_team: [400, 'invalid target team_id'],
  target_team_not_found: [404, 'target team not found'],

  template_required: [400, 'template is required'],
  invalid_template: [400, 'invalid template: $detail'],
  model_empty: [400, 'model must not be empty'],
  model_params_not_object: [400, 'model_params must be a JSON object'],
  version_change_required: [400, 'template, model, or model_params is required'],
  version_not_found: [404, 'version not found'],
  only_drafts_modified: [422, 'only draft versions can be modified'],
  only_drafts_deleted: [422, 'only draft versions can be deleted'],
  already_archived: [422, 'version is already archived'],
  cannot_promote: [422, 'cannot promote version'],
  only_live_demoted: [422, 'only live versions can be demoted'],
  tag_required: [400, 'tag is required'],
  invalid_tag: [400, 'invalid tag'],
  tag_not_found: [404, 'tag not found'],
  diff_range_required: [400, 'from and to query parameters are required'],
  invalid_from_version: [400, 'invalid from version'],
  invalid_to_version: [400, 'invalid to version'],
  from_version_not_found: [404, 'from version not found'],
  to_version_not_found: [404, 'to version not found'],

  payload_not_found: [404, 'payload not found'],

  variables_not_object: [400, 'variables must be a JSON object'],
  no_live_version: [404, 'no live version found for this prompt'],
  renders_required: [400, 'renders must be a list of 1 to 100 renders'],
  slug_required: [400, 'slug is required'],
  answer_too_large: [413, 'answer too large'],
  template_execution_failed: [422, 'template execution failed: $detail'],
} as const satisfies Record<string, readonly [status: number, words: string]>;

export type ErrorCode = keyof typeof ERRORS;

interface RefusalDetails {
  /** What takes the place of `$detail` in the words. */
  readonly detail?: string;
  readonly beside?: Readonly<Record<string, unknown>>;
  readonly retryAfter?: number;
}

/** A request is refused, with one of the catalogue's errors. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ErrorCode;
  /** Fields that stand beside `error` in the body. */
  readonly beside: Readonly<Record<string, unknown>>;
  /** Seconds after which asking again makes sense: the header Retry-After. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, { detail = '', beside = {}, retryAfter }: RefusalDetails = {}) {
    // As a function: a detail may hold `$` itself.
    super(ERRORS[code][1].replace('$detail', () => detail));
    this.code = code;
    this.beside = beside;
    this.retryAfter = retryAfter;
  }

  get status(): number {
    return ERRORS[this.code][0];
  }

  get body(): { error: string } & Record<string, unknown> {
    return { error: this.message, ...this.beside };
  }
}
