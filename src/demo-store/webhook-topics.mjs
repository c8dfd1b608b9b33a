// The topics of webhooks, from the schema: its enum's words say how each is called in a header and which access it needs.

/** Only an app's own configuration subscribes to these: they are not in the enum. */
export const COMPLIANCE_TOPICS = ['customers/data_request', 'customers/redact', 'shop/redact'];

/** { name, scopes } by the enum's value; any one of the scopes is enough, none is needed when there are none. */
export function topicsOf(schema) {
  return new Map(schema.getType('WebhookSubscriptionTopic').getValues().map(({ name, description }) => {
    const text = description.replace(/\s+/g, ' ');
    const scopes = /Requires the `(\w+)` scope/.exec(text)?.[1] ?? /Requires at least one of the following scopes: ([\w, ]+)/.exec(text)?.[1] ?? '';
    return [name, { name: /`([^`]+)`/.exec(text)[1], scopes: scopes.split(', ').filter(Boolean) }];
  }));
}
