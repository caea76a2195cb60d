import type { BenchTemplate } from './template.js';

/** Three tables of six rows and four columns, each under a header of its own. */
export const tables: BenchTemplate = {
  sources: {
    go: `{{range .tables -}}
{{.title}}
|{{range .columns}} {{.}} |{{end}}
{{range .rows -}}
|{{range .}} {{.}} |{{end}}
{{end}}
{{end -}}
`,
    handlebars: `{{#each tables}}
{{title}}
|{{#each columns}} {{this}} |{{/each}}
{{#each rows}}
|{{#each this}} {{this}} |{{/each}}
{{/each}}

{{/each}}
`,
    nunjucks: `{% for table in tables -%}
{{ table.title }}
|{% for column in table.columns %} {{ column }} |{% endfor %}
{% for row in table.rows -%}
|{% for cell in row %} {{ cell }} |{% endfor %}
{% endfor %}
{% endfor -%}
`,
    liquid: `{% for table in tables -%}
{{ table.title }}
|{% for column in table.columns %} {{ column }} |{% endfor %}
{% for row in table.rows -%}
|{% for cell in row %} {{ cell }} |{% endfor %}
{% endfor %}
{% endfor -%}
`,
    mustache: `{{#tables}}
{{title}}
|{{#columns}} {{.}} |{{/columns}}
{{#rows}}
|{{#.}} {{.}} |{{/.}}
{{/rows}}

{{/tables}}
`,
    eta: `<% for (const table of it.tables) { -%>
<%= table.title %>
|<% for (const column of table.columns) { %> <%= column %> |<% } %>
<% for (const row of table.rows) { -%>
|<% for (const cell of row) { %> <%= cell %> |<% } %>
<% } %>
<% } -%>
`,
  },
  data: JSON.stringify({
    tables: [
      {
        title: 'Revenue by region, in thousands',
        columns: ['Region', 'Last year', 'This year', 'Trend'],
        rows: [
          ['Germany', 1840.5, 2012, 'up'],
          ['France', 1211, 1198.25, 'down'],
          ['Spain', 640.75, 702.5, 'up'],
          ['Italy', 588, 588, 'flat'],
          ['Poland', 312.4, 431.1, 'up'],
          ['Sweden', 275, 240.9, 'down'],
        ],
      },
      {
        title: 'Tickets by team',
        columns: ['Team', 'Open', 'Median hours', 'Lead'],
        rows: [
          ['Billing', 41, 3.5, 'Jonas Brandt'],
          ['Delivery', 88, 11.25, 'Marta Nowak'],
          ['Accounts', 17, 2, 'Amelie Laurent'],
          ['Hardware', 53, 26.5, 'Luis Ortega'],
          ['Partners', 9, 7.75, 'Sofia Lindgren'],
          ['Security', 3, 0.5, 'Priya Raman'],
        ],
      },
      {
        title: 'Plans',
        columns: ['Plan', 'Seats', 'EUR a month', 'Support'],
        rows: [
          ['Free', 1, 'none', 'forum'],
          ['Starter', 5, 29, 'mail'],
          ['Team', 25, 119.5, 'mail and chat'],
          ['Business', 100, 399, 'chat and phone'],
          ['Enterprise', 1000, 2499.99, 'a manager'],
          ['Education', 500, 199, 'mail'],
        ],
      },
    ],
  }),
};
