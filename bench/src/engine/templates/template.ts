/** The template languages of the bench. px0 and Go read the same one. */
export type Language = 'go' | 'handlebars' | 'nunjucks' | 'liquid' | 'mustache' | 'eta';

/** One meaning, written as a person who knows each language would write it. */
export interface BenchTemplate {
  readonly sources: Readonly<Record<Language, string>>;
  /** JSON text, as services send it; every engine gets the same. */
  readonly data: string;
}

/** Writes text whose only actions are fields, such as `user.name`, in every language. */
export function withFields(text: (field: (path: string) => string) => string): Record<Language, string> {
  return {
    go: text((path) => `{{.${path}}}`),
    handlebars: text((path) => `{{${path}}}`),
    nunjucks: text((path) => `{{ ${path} }}`),
    liquid: text((path) => `{{ ${path} }}`),
    mustache: text((path) => `{{${path}}}`),
    eta: text((path) => `<%= it.${path} %>`),
  };
}
