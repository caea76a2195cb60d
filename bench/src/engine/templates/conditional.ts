import type { BenchTemplate } from './template.js';

/**
 * A short prompt that depends on a string, on a flag, and on a field inside of the flag. Mustache
 * cannot compare: it reads flags that the data holds for it.
 */
export const conditional: BenchTemplate = {
  sources: {
    go: `You are a support agent of {{.company}}. The customer is {{.user.name}}.
{{if eq .user.language "de" -}}
Answer in German, and use the formal address.
{{- else if eq .user.language "fr" -}}
Answer in French, and use the formal address.
{{- else -}}
Answer in English, in plain words.
{{- end}}
{{if .user.premium -}}
This is a premium customer{{if .user.manager}}, looked after by {{.user.manager}}{{end}}. Offer a call back.
{{- else -}}
Offer the help pages first.
{{- end}}
The ticket is number {{.ticket}}.
`,
    handlebars: `You are a support agent of {{company}}. The customer is {{user.name}}.
{{#if (eq user.language "de")}}
Answer in German, and use the formal address.
{{else if (eq user.language "fr")}}
Answer in French, and use the formal address.
{{else}}
Answer in English, in plain words.
{{/if}}
{{#if user.premium}}
This is a premium customer{{#if user.manager}}, looked after by {{user.manager}}{{/if}}. Offer a call back.
{{else}}
Offer the help pages first.
{{/if}}
The ticket is number {{ticket}}.
`,
    nunjucks: `You are a support agent of {{ company }}. The customer is {{ user.name }}.
{% if user.language == "de" -%}
Answer in German, and use the formal address.
{%- elif user.language == "fr" -%}
Answer in French, and use the formal address.
{%- else -%}
Answer in English, in plain words.
{%- endif %}
{% if user.premium -%}
This is a premium customer{% if user.manager %}, looked after by {{ user.manager }}{% endif %}. Offer a call back.
{%- else -%}
Offer the help pages first.
{%- endif %}
The ticket is number {{ ticket }}.
`,
    liquid: `You are a support agent of {{ company }}. The customer is {{ user.name }}.
{% if user.language == "de" -%}
Answer in German, and use the formal address.
{%- elsif user.language == "fr" -%}
Answer in French, and use the formal address.
{%- else -%}
Answer in English, in plain words.
{%- endif %}
{% if user.premium -%}
This is a premium customer{% if user.manager %}, looked after by {{ user.manager }}{% endif %}. Offer a call back.
{%- else -%}
Offer the help pages first.
{%- endif %}
The ticket is number {{ ticket }}.
`,
    mustache: `You are a support agent of {{company}}. The customer is {{user.name}}.
{{#user.is_german}}
Answer in German, and use the formal address.
{{/user.is_german}}
{{^user.is_german}}
{{#user.is_french}}
Answer in French, and use the formal address.
{{/user.is_french}}
{{^user.is_french}}
Answer in English, in plain words.
{{/user.is_french}}
{{/user.is_german}}
{{#user.premium}}
This is a premium customer{{#user.manager}}, looked after by {{user.manager}}{{/user.manager}}. Offer a call back.
{{/user.premium}}
{{^user.premium}}
Offer the help pages first.
{{/user.premium}}
The ticket is number {{ticket}}.
`,
    eta: `You are a support agent of <%= it.company %>. The customer is <%= it.user.name %>.
<% if (it.user.language === "de") { -%>
Answer in German, and use the formal address.
<%- } else if (it.user.language === "fr") { -%>
Answer in French, and use the formal address.
<%- } else { -%>
Answer in English, in plain words.
<%- } %>
<% if (it.user.premium) { -%>
This is a premium customer<% if (it.user.manager) { %>, looked after by <%= it.user.manager %><% } %>. Offer a call back.
<%- } else { -%>
Offer the help pages first.
<%- } %>
The ticket is number <%= it.ticket %>.
`,
  },
  data: JSON.stringify({
    company: 'Northwind Traders',
    user: {
      name: 'Amelie Laurent',
      language: 'fr',
      is_german: false,
      is_french: true,
      premium: true,
      manager: 'Jonas Brandt',
    },
    ticket: 20418,
  }),
};
