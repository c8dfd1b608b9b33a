// Files and the media of products: a file is the shop's, shown by any number of products; new ones need a moment.
import { bareId, only } from './writing.mjs';
import { forget, newFile, ProductDraft, writableFile } from './written-products.mjs';

const MAX_ALT = 512;
const MAX_MEDIA = 250;
const MAX_REFERENCES = 10_000;
const TYPES = ['MediaImage', 'Video', 'ExternalVideo', 'Model3d'];
const KINDS = { IMAGE: 'MediaImage', VIDEO: 'Video', EXTERNAL_VIDEO: 'ExternalVideo', MODEL_3D: 'Model3d' };

const isAddress = text => /^https?:\/\//.test(text) && URL.canParse(text);

function kindOf(contentType, source) {
  if (contentType) return KINDS[contentType] ?? only('FileContentType', { [contentType]: true }, []);
  return /(youtube|youtu\.be|vimeo)/.test(source) ? 'ExternalVideo' : /\.(mp4|mov)(\?|$)/i.test(source) ? 'Video' : /\.(glb|usdz)(\?|$)/i.test(source) ? 'Model3d' : 'MediaImage';
}

/** A new file, UPLOADED: it is made ready a moment later (jobs.mjs). */
export function upload(writing, { alt, source, contentType }) {
  const file = newFile(writing.shop, { kind: kindOf(contentType, source), alt: alt?.trim() || null, status: 'UPLOADED', at: writing.at });
  (writing.uploads ??= []).push(file.id);
  writing.wrote = true;
  return file;
}

/** Media given with a product or its variants. */
export function addMedia(writing, draft, media, field) {
  const invalid = ['INVALID_INPUT'];
  for (const [k, one] of media.entries()) {
    if (!isAddress(one.originalSource)) writing.wrong([...field, String(k), 'originalSource'], invalid, 'Image URL is invalid');
    if ((one.alt ?? '').length > MAX_ALT) writing.wrong([...field, String(k), 'alt'], invalid, 'The alt value exceeds the maximum limit of 512 characters.');
  }
  if (draft.full.mediaIds.length + media.length > MAX_MEDIA) writing.wrong(field, invalid, `Exceeded the limit of ${MAX_MEDIA} media per product.`);
  writing.check();
  if (media.length) draft.later = () => { for (const one of media) draft.attach(upload(writing, { alt: one.alt, source: one.originalSource, contentType: one.mediaContentType })); };
}

/** The file that productSet names: one that exists, with a new alt text if given, or a new one. */
export function fileInput(writing, input, field) {
  only('FileSetInput', input, ['id', 'originalSource', 'alt', 'contentType', 'filename', 'duplicateResolutionMode']);
  if ((input.alt ?? '').length > MAX_ALT) return writing.wrong([...field, 'alt'], 'INVALID_INPUT', 'The alt value exceeds the maximum limit of 512 characters.');
  if (input.id != null) {
    const file = writableFile(writing.shop, bareId(input.id, ...TYPES));
    if (!file) return writing.wrong([...field, 'id'], 'INVALID_INPUT', 'File does not exist.');
    if (input.alt !== undefined) (writing.alts ??= []).push({ file, alt: input.alt });
    return file;
  }
  if (!input.originalSource || !isAddress(input.originalSource)) return writing.wrong([...field, 'originalSource'], 'INVALID_INPUT', 'Invalid image source url value provided.');
  return { pending: { alt: input.alt, source: input.originalSource, contentType: input.contentType } };
}

const mediaOf = (writing, file) => writing.shop.mediaById(file.id);

export const fileMutations = {
  fileCreate(writing, { files }) {
    for (const [k, one] of files.entries()) {
      only('FileCreateInput', one, ['originalSource', 'alt', 'contentType', 'filename', 'duplicateResolutionMode']);
      const field = ['files', String(k)];
      if (!isAddress(one.originalSource)) writing.wrong([...field, 'originalSource'], 'INVALID_IMAGE_SOURCE_URL');
      if ((one.alt ?? '').length > MAX_ALT) writing.wrong([...field, 'alt'], 'ALT_VALUE_LIMIT_EXCEEDED');
      if (one.duplicateResolutionMode !== 'APPEND_UUID') only('FileCreateInput', { duplicateResolutionMode: true }, []);
    }
    writing.check();
    const made = files.map(one => upload(writing, { alt: one.alt, source: one.originalSource, contentType: one.contentType }));
    writing.shop.changed();
    return { files: made.map(file => mediaOf(writing, file)) };
  },

  fileUpdate(writing, { files }) {
    const { shop, at } = writing;
    const drafts = new Map(), alts = [], found = [];
    const draftOf = (id, field) => {
      const product = shop.productById(bareId(id, 'Product'));
      if (!product) { writing.wrong(field, 'REFERENCE_TARGET_DOES_NOT_EXIST'); return null; }
      if (!drafts.has(product.index)) drafts.set(product.index, new ProductDraft(shop, product.index));
      return drafts.get(product.index);
    };
    for (const [k, one] of files.entries()) {
      only('FileUpdateInput', one, ['id', 'alt', 'referencesToAdd', 'referencesToRemove']);
      const field = ['files', String(k)];
      const file = writableFile(shop, bareId(one.id, ...TYPES));
      if (!file) { writing.wrong([...field, 'id'], 'FILE_DOES_NOT_EXIST', `File id ${one.id} does not exist.`); continue; }
      found.push(file);
      if (file.status === 'FAILED') { writing.wrong([...field, 'id'], 'INVALID_FAILED_MEDIA_STATE'); continue; }
      if (file.status !== 'READY') { writing.wrong([...field, 'id'], 'NON_READY_STATE', 'Non-ready files cannot be updated.'); continue; }
      if ((one.alt ?? '').length > MAX_ALT) writing.wrong([...field, 'alt'], 'ALT_VALUE_LIMIT_EXCEEDED');
      if (one.alt !== undefined) alts.push({ file, alt: one.alt });
      const all = new Set(file.products);
      for (const [n, id] of (one.referencesToAdd ?? []).entries()) {
        const draft = draftOf(id, [...field, 'referencesToAdd', String(n)]);
        if (!draft) continue;
        all.add(draft.index);
        draft.attach(file);
        if (draft.full.mediaIds.length > MAX_MEDIA) writing.wrong([...field, 'referencesToAdd', String(n)], 'PRODUCT_MEDIA_LIMIT_EXCEEDED');
      }
      for (const [n, id] of (one.referencesToRemove ?? []).entries()) draftOf(id, [...field, 'referencesToRemove', String(n)])?.detach(file.id);
      if (all.size > MAX_REFERENCES) writing.wrong([...field, 'referencesToAdd'], 'TOO_MANY_FILE_REFERENCE');
    }
    writing.check();
    for (const draft of drafts.values()) writing.keep(draft);
    writeAlts(writing, alts);
    for (const file of found) file.updatedAt = at;
    writing.wrote = true;
    shop.changed();
    return { files: found.map(file => mediaOf(writing, file)) };
  },

  fileDelete(writing, { fileIds }) {
    const found = fileIds.map((id, k) => writableFile(writing.shop, bareId(id, ...TYPES)) ?? writing.wrong(['fileIds', String(k)], 'FILE_DOES_NOT_EXIST', `File id ${id} does not exist.`));
    writing.check();
    for (const file of found) forget(writing.shop, file, writing.at);
    writing.wrote = true;
    return { deletedFileIds: fileIds };
  },

  productReorderMedia(writing, { id, moves }) {
    const draft = writing.draft(id, ['id']);
    for (const [k, move] of moves.entries()) if (!draft.full.mediaIds.includes(bareId(move.id, ...TYPES))) writing.wrong(['moves', String(k), 'id'], 'MEDIA_DOES_NOT_EXIST_ON_PRODUCT');
    writing.check();
    for (const move of moves) { // one after the other
      const mediaId = bareId(move.id, ...TYPES);
      const order = draft.full.mediaIds.filter(one => one !== mediaId);
      order.splice(Math.min(Number(move.newPosition), order.length), 0, mediaId);
      draft.full.mediaIds = order;
    }
    writing.keep(draft);
    return { product: writing.shop.productAt(draft.index) };
  },

  /** Not Shopify's: what becomes of an upload after a moment. */
  'files ready'(writing, { ids }) {
    for (const id of ids) {
      const file = writing.shop.files.get(id);
      if (!file) continue;
      Object.assign(file, { status: 'READY', updatedAt: writing.at });
      for (const index of file.products) writing.shop.changed(index);
    }
    writing.shop.changed();
    writing.wrote = true;
    return {};
  },
};

/** A new alt text moves the times of the file and of the products that show it. */
export function writeAlts(writing, alts) {
  const { shop, at } = writing;
  for (const { file, alt } of alts) {
    Object.assign(file, { alt: alt?.trim() || null, updatedAt: at });
    for (const index of file.products) if (!shop.isDeleted(index)) writing.keep(new ProductDraft(shop, index));
  }
}
