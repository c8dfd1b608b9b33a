// Shopify's own library says of each line {"body", "signature"} whether it would take it, and how it would sign it itself.
import '@shopify/shopify-api/adapters/node';
import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api';
import { createSHA256HMAC } from '@shopify/shopify-api/runtime';
import { createInterface } from 'node:readline';

const secret = process.argv[2];
const shopify = shopifyApi({
  apiKey: 'test', apiSecretKey: secret, apiVersion: ApiVersion.July26, hostName: 'dashboard.example', isEmbeddedApp: false,
  logger: { level: LogSeverity.Error },
});

for await (const line of createInterface({ input: process.stdin })) {
  const { body, signature } = JSON.parse(line);
  const headers = {
    'x-shopify-topic': 'products/update', 'x-shopify-hmac-sha256': signature, 'x-shopify-shop-domain': 'shop.myshopify.com',
    'x-shopify-api-version': '2026-10', 'x-shopify-webhook-id': 'a', 'content-type': 'application/json',
  };
  const { valid } = await shopify.webhooks.validate({ rawBody: body, rawRequest: { method: 'POST', url: '/webhooks/shopify', headers }, rawResponse: {} });
  process.stdout.write(JSON.stringify({ valid, signature: await createSHA256HMAC(secret, body) }) + '\n');
}
