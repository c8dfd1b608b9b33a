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

/** The file that productSet names: { existing, alt } of one that is there, or { pending } of a new one. */
export function fileInput(writing, input, field) {
  only('FileSetInput', input, ['id', 'originalSource', 'alt', 'contentType', 'filename', 'duplicateResolutionMode']);
  if ((input.alt ?? '').length > MAX_ALT) return writing.wrong([...field, 'alt'], 'INVALID_INPUT', 'The alt value exceeds the maximum limit of 512 characters.');
  if (input.id != null) {
    const id = bareId(input.id, ...TYPES);
    if (!writing.shop.mediaById(id)) return writing.wrong([...field, 'id'], 'INVALID_INPUT', 'File does not exist.');
    return { existing: id, alt: input.alt };
  }
  if (!input.originalSource || !isAddress(input.originalSource)) return writing.wrong([...field, 'originalSource'], 'INVALID_INPUT', 'Invalid image source url value provided.');
  kindOf(input.contentType, input.originalSource);
  return { pending: { alt: input.alt, source: input.originalSource, contentType: input.contentType } };
}

const mediaOf = (writing, file) => writing.shop.mediaById(file.id);

export const fileMutations = {
  fileCreate(writing, { files }) {
    for (const [k, one] of files.entries()) {
      only('FileCreateInput', one, ['originalSource', 'alt', 'contentType', 'filename', 'duplicateResolutionMode']);
      const field = ['files', String(k)];
      kindOf(one.contentType, one.originalSource);
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
    const productOf = (id, field) => shop.productById(bareId(id, 'Product')) ?? writing.wrong(field, 'REFERENCE_TARGET_DOES_NOT_EXIST') ?? null;
    const shown = new Map(); // media of each product as they would become
    const mediaOfProduct = product => shown.get(product.index) ?? shown.set(product.index, new Set(product.media.map(m => m.id))).get(product.index);
    const plans = [];
    for (const [k, one] of files.entries()) {
      only('FileUpdateInput', one, ['id', 'alt', 'referencesToAdd', 'referencesToRemove']);
      const field = ['files', String(k)], id = bareId(one.id, ...TYPES), media = shop.mediaById(id);
      if (!media) { writing.wrong([...field, 'id'], 'FILE_DOES_NOT_EXIST', `File id ${one.id} does not exist.`); continue; }
      if (media.status === 'FAILED') { writing.wrong([...field, 'id'], 'INVALID_FAILED_MEDIA_STATE'); continue; }
      if (media.status !== 'READY') { writing.wrong([...field, 'id'], 'NON_READY_STATE', 'Non-ready files cannot be updated.'); continue; }
      if ((one.alt ?? '').length > MAX_ALT) writing.wrong([...field, 'alt'], 'ALT_VALUE_LIMIT_EXCEEDED');
      const plan = { id, alt: one.alt, add: [], remove: [] };
      for (const [n, target] of (one.referencesToAdd ?? []).entries()) {
        const at = [...field, 'referencesToAdd', String(n)], product = productOf(target, at);
        if (!product) continue;
        plan.add.push(product.index);
        if (mediaOfProduct(product).add(id).size > MAX_MEDIA) writing.wrong(at, 'PRODUCT_MEDIA_LIMIT_EXCEEDED');
      }
      for (const [n, target] of (one.referencesToRemove ?? []).entries()) {
        const product = productOf(target, [...field, 'referencesToRemove', String(n)]);
        if (!product) continue;
        plan.remove.push(product.index);
        mediaOfProduct(product).delete(id);
      }
      if (new Set([...media.file?.products ?? [], ...plan.add]).size > MAX_REFERENCES) writing.wrong([...field, 'referencesToAdd'], 'TOO_MANY_FILE_REFERENCE');
      plans.push(plan);
    }
    writing.check();
    for (const plan of plans) plan.file = writableFile(shop, plan.id);
    const drafts = new Map();
    const draftOf = index => drafts.get(index) ?? drafts.set(index, new ProductDraft(shop, index)).get(index);
    for (const { file, add, remove } of plans) {
      for (const index of add) draftOf(index).attach(file);
      for (const index of remove) draftOf(index).detach(file.id);
    }
    for (const draft of drafts.values()) writing.keep(draft);
    writeAlts(writing, plans.filter(plan => plan.alt !== undefined));
    for (const { file } of plans) file.updatedAt = at;
    writing.wrote = true;
    shop.changed();
    return { files: plans.map(({ file }) => mediaOf(writing, file)) };
  },

  fileDelete(writing, { fileIds }) {
    const ids = fileIds.map(id => bareId(id, ...TYPES));
    for (const [k, id] of ids.entries()) if (!writing.shop.mediaById(id)) writing.wrong(['fileIds', String(k)], 'FILE_DOES_NOT_EXIST', `File id ${fileIds[k]} does not exist.`);
    writing.check();
    for (const id of new Set(ids)) forget(writing.shop, writableFile(writing.shop, id), writing.at);
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
