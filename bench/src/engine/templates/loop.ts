import type { BenchTemplate } from './template.js';

/** An order of ten items, each with a condition. */
export const loop: BenchTemplate = {
  sources: {
    go: `Order {{.order.number}} of {{.customer.name}}:
{{range .items -}}
- {{.quantity}} x {{.title}} at {{.price}} EUR: {{if .shipped}}shipped on {{.shipped_on}}{{else}}ships within {{.ships_in_days}} days{{end}}
{{end -}}
Total: {{.order.total}} EUR
`,
    handlebars: `Order {{order.number}} of {{customer.name}}:
{{#each items}}
- {{quantity}} x {{title}} at {{price}} EUR: {{#if shipped}}shipped on {{shipped_on}}{{else}}ships within {{ships_in_days}} days{{/if}}
{{/each}}
Total: {{order.total}} EUR
`,
    nunjucks: `Order {{ order.number }} of {{ customer.name }}:
{% for item in items -%}
- {{ item.quantity }} x {{ item.title }} at {{ item.price }} EUR: {% if item.shipped %}shipped on {{ item.shipped_on }}{% else %}ships within {{ item.ships_in_days }} days{% endif %}
{% endfor -%}
Total: {{ order.total }} EUR
`,
    liquid: `Order {{ order.number }} of {{ customer.name }}:
{% for item in items -%}
- {{ item.quantity }} x {{ item.title }} at {{ item.price }} EUR: {% if item.shipped %}shipped on {{ item.shipped_on }}{% else %}ships within {{ item.ships_in_days }} days{% endif %}
{% endfor -%}
Total: {{ order.total }} EUR
`,
    mustache: `Order {{order.number}} of {{customer.name}}:
{{#items}}
- {{quantity}} x {{title}} at {{price}} EUR: {{#shipped}}shipped on {{shipped_on}}{{/shipped}}{{^shipped}}ships within {{ships_in_days}} days{{/shipped}}
{{/items}}
Total: {{order.total}} EUR
`,
    eta: `Order <%= it.order.number %> of <%= it.customer.name %>:
<% for (const item of it.items) { -%>
- <%= item.quantity %> x <%= item.title %> at <%= item.price %> EUR: <% if (item.shipped) { %>shipped on <%= item.shipped_on %><% } else { %>ships within <%= item.ships_in_days %> days<% } %>
<% } -%>
Total: <%= it.order.total %> EUR
`,
  },
  data: JSON.stringify({
    order: { number: 'A-4711', total: 1172.65 },
    customer: { name: 'Clara Weber' },
    items: [
      item('Desk lamp', 1, 49.5, '2026-03-02'),
      item('Office chair, grey', 2, 189, '2026-03-02'),
      item('Monitor arm', 2, 74.9, 4),
      item('USB-C cable, 2 m', 5, 9.99, '2026-03-03'),
      item('Notebook, dotted', 12, 4.25, 2),
      item('Whiteboard', 1, 129, 10),
      item('Whiteboard marker', 20, 1.35, '2026-03-02'),
      item('Docking station', 1, 211.4, 3),
      item('Keyboard, French layout', 1, 88.75, '2026-03-04'),
      item('Footrest', 2, 17.65, 6),
    ],
  }),
};

function item(title: string, quantity: number, price: number, delivery: string | number) {
  const shipped = typeof delivery === 'string';
  return {
    title,
    quantity,
    price,
    shipped,
    shipped_on: shipped ? delivery : null,
    ships_in_days: shipped ? null : delivery,
  };
}
