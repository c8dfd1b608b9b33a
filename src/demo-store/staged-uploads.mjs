// Where clients put the variables of a bulk mutation: a signed form to post, whose last part is the file.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphQLError } from 'graphql';

export const MAX_FILE = 100_000_000;
const MAX_FORM = MAX_FILE + 65_536;
const SHOP_ID = '62189011234';
const KEY = new RegExp(`^tmp/${SHOP_ID}/bulk/([0-9a-f-]{36})/[^/]+$`);
const OPEN_MS = 86_400_000;

export class StagedUploads {
  constructor({ shop, folder, secret }) {
    Object.assign(this, { shop, folder, secret });
    mkdirSync(folder, { recursive: true });
  }

  create({ input }) {
    const userErrors = [];
    const wrong = (k, name, message) => userErrors.push({ field: ['input', String(k), name], message });
    for (const [k, one] of input.entries()) {
      if (one.resource !== 'BULK_MUTATION_VARIABLES') throw new GraphQLError(`The demo store does not serve staged uploads of ${one.resource}.`, { extensions: { code: 'NOT_SERVED_BY_DEMO_STORE' } });
      if (one.httpMethod !== 'POST') throw new GraphQLError('The demo store serves staged uploads of BULK_MUTATION_VARIABLES with httpMethod POST only.', { extensions: { code: 'NOT_SERVED_BY_DEMO_STORE' } });
      if (one.mimeType !== 'text/jsonl') wrong(k, 'mimeType', `${one.mimeType} is not a recognized format for BULK_MUTATION_VARIABLES`);
      if (!one.filename || /[/\\]/.test(one.filename)) wrong(k, 'filename', 'Filename is invalid');
      if (one.fileSize != null && Number(one.fileSize) > MAX_FILE) wrong(k, 'fileSize', 'File size is too large (maximum is 100 MB)');
    }
    return userErrors.length ? { stagedTargets: null, userErrors } : { stagedTargets: input.map(one => this.#target(one)), userErrors };
  }

  #target({ filename, mimeType }) {
    const key = `tmp/${SHOP_ID}/bulk/${randomUUID()}/${filename}`;
    const date = new Date(this.shop.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    const policy = Buffer.from(JSON.stringify({ conditions: [{ key }, { 'Content-Type': mimeType }, ['content-length-range', 1, MAX_FILE]], expiration: new Date(this.shop.now() + OPEN_MS).toISOString() })).toString('base64');
    const values = { 'Content-Type': mimeType, success_action_status: '201', acl: 'private', key, 'x-goog-date': date, 'x-goog-credential': 'demo-store', 'x-goog-algorithm': 'GOOG4-RSA-SHA256', 'x-goog-signature': this.#sign(policy), policy };
    const url = `${this.shop.baseUrl}/staged-uploads/`;
    return { url, resourceUrl: `${url}${key}`, parameters: Object.entries(values).map(([name, value]) => ({ name, value })) };
  }

  #sign(policy) {
    return createHmac('sha256', this.secret).update(`upload ${policy}`).digest('hex');
  }

  /** Takes a posted form; answers [status, XML] as the storage behind Shopify does. */
  async receive(request) {
    const boundary = /multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(request.headers['content-type'] ?? '')?.[1];
    if (!boundary) return refusal(400, 'InvalidRequest', 'A multipart form is expected.');
    const bytes = [];
    let size = 0;
    for await (const part of request) {
      size += part.length;
      if (size > MAX_FORM) return refusal(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
      bytes.push(part);
    }
    const parts = partsOf(Buffer.concat(bytes), boundary);
    if (!parts) return refusal(400, 'MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.');
    const place = parts.findIndex(part => part.name === 'file');
    if (place < 0) return refusal(400, 'InvalidArgument', 'POST requires exactly one file upload per request.');
    const values = Object.fromEntries(parts.slice(0, place).map(part => [part.name, part.content.toString('utf8')])); // what comes after the file is not read
    const { key, policy, 'x-goog-signature': signature } = values;
    const wanted = Buffer.from(this.#sign(policy ?? '')), given = Buffer.from(signature ?? '');
    if (!policy || wanted.length !== given.length || !timingSafeEqual(wanted, given)) return refusal(403, 'SignatureDoesNotMatch', 'Access denied.');
    const { conditions, expiration } = JSON.parse(Buffer.from(policy, 'base64').toString('utf8'));
    if (this.shop.now() > Date.parse(expiration)) return refusal(400, 'InvalidPolicyDocument', 'The policy has expired.');
    for (const condition of conditions) {
      if (Array.isArray(condition)) continue;
      const [[name, value]] = Object.entries(condition);
      if (values[name] !== value) return refusal(403, 'AccessDenied', `The policy requires the field '${name}' to match exactly.`);
    }
    const file = parts[place].content;
    if (file.length > MAX_FILE) return refusal(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
    if (file.length < 1) return refusal(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum object size');
    writeFileSync(this.#file(KEY.exec(key)[1]), file);
    return [201, `<?xml version='1.0' encoding='UTF-8'?><PostResponse><Location>${this.shop.baseUrl}/staged-uploads/${key}</Location><Bucket>demo-store</Bucket><Key>${key}</Key></PostResponse>`];
  }

  #file(id) {
    return join(this.folder, `${id}.jsonl`);
  }

  /** { file, size } of what was uploaded under this path, or null. */
  find(path) {
    const id = KEY.exec(path)?.[1];
    const file = id && this.#file(id);
    return file && existsSync(file) ? { file, size: statSync(file).size } : null;
  }
}

const refusal = (status, code, message) => [status, `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${message}</Message></Error>`];

/** The parts of a multipart form, in order, or null when it is none. */
export function partsOf(body, boundary) {
  const mark = Buffer.from(`--${boundary}`), parts = [];
  let at = body.indexOf(mark);
  if (at < 0) return null;
  for (;;) {
    at += mark.length;
    if (body.subarray(at, at + 2).toString() === '--') return parts;
    const headersEnd = body.indexOf('\r\n\r\n', at);
    const end = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), headersEnd + 2);
    if (headersEnd < 0 || end < 0) return null;
    const name = /name="?([^";\r\n]+)"?/i.exec(body.subarray(at, headersEnd).toString('utf8'))?.[1];
    if (!name) return null;
    parts.push({ name, content: body.subarray(Math.min(headersEnd + 4, end), end) });
    at = end + 2;
  }
}
