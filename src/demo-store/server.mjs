// The HTTP side: routes, and the faults that concern a connection rather than an answer.
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pngPicture, svgPicture } from './pictures.mjs';
import { categoriesFile } from './taxonomy.mjs';

const MAX_BODY = 16 * 1024 * 1024; // metafieldsSet takes values of 10 MB
const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

export function makeServer({ shop, endpoint, tokens, bulk, uploads, faults, control }) {
  const server = createServer((request, response) => {
    handle(request, response).catch(error => {
      if (error.status) return send(response, error.status, { errors: error.message });
      console.error(error.stack);
      if (response.headersSent) response.destroy();
      else send(response, 500, { errors: 'Internal Server Error' });
    });
  });
  server.keepAliveTimeout = 30_000;

  async function handle(request, response) {
    const url = new URL(request.url, 'http://demo');
    response.setHeader('Date', new Date(shop.now()).toUTCString());
    if (url.pathname.startsWith('/_demo/')) {
      if (!LOOPBACK.has(request.socket.remoteAddress)) return send(response, 403, { error: 'only from this machine' });
      const answer = await control.answer(request.method, url, async () => JSON.parse((await readBody(request)) || '{}'), response);
      return answer && send(response, ...answer);
    }
    const api = /^\/admin\/api\/([^/]+)\/graphql\.json$/.exec(url.pathname);
    if (api) return request.method === 'POST' ? graphql(request, response, api[1]) : send(response, 405, { errors: 'Method Not Allowed' });
    if (url.pathname === '/admin/oauth/access_token' && request.method === 'POST') return token(request, response);
    if (url.pathname === '/staged-uploads/' && request.method === 'POST') return upload(request, response);
    const result = /^\/bulk-results\/(\d+)\.jsonl$/.exec(url.pathname);
    if (result) return download(request, response, result[1], url.searchParams);
    if (url.pathname === '/taxonomy/categories.txt' && request.method === 'GET') return response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }).end(categoriesFile());
    const picture = /^\/pictures\/(\d+(?:-\d+)?)\.(svg|png)$/.exec(url.pathname);
    if (picture) return sendPicture(response, picture[1], picture[2]);
    return send(response, 404, { errors: 'Not Found' });
  }

  async function graphql(request, response, version) {
    const text = await readBody(request);
    let payload;
    try {
      payload = request.headers['content-type']?.startsWith('application/graphql') ? { query: text } : JSON.parse(text);
    } catch {
      return send(response, 400, { errors: { query: 'Required parameter missing or invalid' } });
    }
    const operation = payload?.operationName ?? /\b(?:query|mutation)\s+([A-Za-z_]\w*)/.exec(payload?.query ?? '')?.[1];
    if (await misbehaves(response, name => faults.hit(name, operation))) return undefined;
    const drop = faults.hit('drop-connection', operation);
    if (drop?.before) return request.socket.destroy();
    const answer = await endpoint.answer({ version, token: request.headers['x-shopify-access-token'], payload, debug: request.headers['shopify-graphql-cost-debug'] === '1' });
    if (answer.mutated && faults.hit('die-after-executing', operation)) return request.socket.destroy();
    const late = faults.hit('hold-answer', operation);
    if (late) await faults.until(late, () => response.destroyed);
    for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
    if (drop) {
      const body = Buffer.from(JSON.stringify(answer.body));
      response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length });
      return response.write(body.subarray(0, body.length >> 1), () => response.destroy());
    }
    return send(response, answer.status, answer.body);
  }

  /** Waits, or answers with a status, when such a fault is on. */
  async function misbehaves(response, hit) {
    const slow = hit('slow');
    if (slow) await sleep(slow.ms ?? 1000);
    const held = hit('hold');
    if (held) await faults.until(held, () => response.destroyed);
    const fault = hit('http-status');
    if (!fault) return false;
    if (fault.retryAfter !== undefined) response.setHeader('Retry-After', String(fault.retryAfter));
    send(response, fault.status ?? 503, { errors: fault.status === 429 ? 'Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.' : 'Service Unavailable' });
    return true;
  }

  async function token(request, response) {
    const text = await readBody(request);
    if (await misbehaves(response, name => faults.hitNamed(name, 'access_token'))) return undefined;
    const form = request.headers['content-type']?.includes('json') ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
    return send(response, ...tokens.grant(form));
  }

  async function upload(request, response) {
    if (await misbehaves(response, name => faults.hitNamed(name, 'upload'))) return undefined;
    const drop = faults.hitNamed('drop-connection', 'upload');
    if (drop?.before) return request.socket.destroy();
    const [status, xml] = await uploads.receive(request);
    if (drop) return request.socket.destroy(); // stored, but nobody is told
    response.writeHead(status, { 'Content-Type': 'application/xml; charset=UTF-8' });
    return response.end(xml);
  }

  async function download(request, response, id, search) {
    if (await misbehaves(response, name => faults.hitNamed(name, 'download'))) return undefined;
    const known = bulk.result(id, search.get('Expires'), search.get('Signature'));
    const expired = faults.hit('url-expired', undefined, known.query);
    const found = expired ? { status: expired.status ?? 403, code: 'ExpiredToken' } : known;
    if (found.status) {
      response.writeHead(found.status, { 'Content-Type': 'application/xml; charset=UTF-8' });
      return response.end(`<?xml version='1.0' encoding='UTF-8'?><Error><Code>${found.code}</Code><Message>The provided token has expired or does not fit.</Message></Error>`);
    }
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const start = range ? Number(range[1]) : 0;
    const end = range && range[2] ? Math.min(Number(range[2]), found.size - 1) : found.size - 1;
    if (range && start >= found.size) {
      response.writeHead(416, { 'Content-Range': `bytes */${found.size}` });
      return response.end();
    }
    response.writeHead(range ? 206 : 200, {
      'Content-Type': 'application/jsonl', 'Content-Length': end - start + 1, 'Accept-Ranges': 'bytes', ETag: `"${id}-${found.size}"`,
      ...(range ? { 'Content-Range': `bytes ${start}-${end}/${found.size}` } : {}),
    });
    if (request.method === 'HEAD' || found.size === 0) return response.end();
    const cut = faults.hit('jsonl-cut', undefined, found.query);
    const slow = faults.hit('slow-download', undefined, found.query);
    const last = cut ? Math.min(end, start + (cut.atByte ?? 0) - 1) : end;
    if (last < start) return response.destroy();
    const file = createReadStream(found.file, { start, end: last, highWaterMark: slow ? Math.max(1, Math.ceil(slow.bytesPerSecond / 10)) : 256 * 1024 });
    file.on('error', () => response.destroy());
    response.on('close', () => file.destroy());
    const body = slow ? file.pipe(new Transform({ transform(part, _, done) { setTimeout(done, 100, null, part); } })) : file;
    if (!cut) return body.pipe(response);
    body.on('end', () => response.write('', () => setTimeout(() => response.destroy(), 20)));
    return body.pipe(response, { end: false });
  }

  function sendPicture(response, id, kind) {
    const product = shop.mediaById(id)?.product;
    const body = kind === 'png' ? pngPicture(id) : svgPicture(id, product && !product.patch?.full ? shop.generator.family(product.index).icon : undefined);
    response.writeHead(200, { 'Content-Type': kind === 'png' ? 'image/png' : 'image/svg+xml', 'Cache-Control': 'public, max-age=31536000', 'Access-Control-Allow-Origin': '*' });
    response.end(body);
  }

  return server;
}

function send(response, status, body) {
  if (response.destroyed) return;
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': bytes.length });
  response.end(bytes);
}

async function readBody(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > MAX_BODY) throw Object.assign(new Error('Request Entity Too Large'), { status: 413 });
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
