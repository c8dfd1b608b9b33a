// What Shopify does after it has answered: reordering media and the products of a collection, picking products for one,
// letting its members follow its sources, productSet and productDelete with synchronous: false, and making files ready. A job that was waiting when the program was killed is done after the next start.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gid } from './ids.mjs';

const LATER = ['productReorderMedia', 'collectionReorderProducts', 'collectionAddProductsV2', 'collectionRemoveProducts'];
const OPERATIONS = { productSet: 'ProductSetOperation', productDelete: 'ProductDeleteOperation' };

export class Jobs {
  #jobs = new Map();
  #made = 0;

  constructor({ shop, faults, journal, jobMs = 20 }) {
    Object.assign(this, { shop, faults, journal, jobMs });
  }

  takes(name, args) {
    return LATER.includes(name) || (name in OPERATIONS && args.synchronous === false);
  }

  /** Answers at once with a job or an operation, unless it is plain already that it cannot be done. */
  begin(name, args, writing) {
    const kind = OPERATIONS[name] ?? 'Job';
    if (name === 'collectionReorderProducts' && [...this.#jobs.values()].some(job => job.name === name && job.args.id === args.id && job.status !== 'COMPLETE')) writing.wrong(['id'], 'TOO_MANY_ATTEMPTS_TO_REORDER_PRODUCTS');
    const errors = name === 'productSet' ? [] : this.mutations.wouldRefuse(name, args, writing);
    if (errors.length) return { errors };
    const bare = kind === 'Job' ? randomUUID() : String(77_000_000_000 + ++this.#made);
    const job = { id: gid(kind, bare), kind, name, args, status: 'CREATED', productId: null, deletedProductId: null, userErrors: [] };
    this.#save(job);
    void this.#run(job);
    if (kind === 'Job') return { job: this.byId(job.id), errors: [] };
    return { [kind === 'ProductSetOperation' ? 'productSetOperation' : 'productDeleteOperation']: this.byId(job.id), errors: [] };
  }

  /** Does something of the store's own soon, and gives the job that a client can watch. */
  follow(name, args) {
    const job = { id: gid('Job', randomUUID()), kind: 'Job', name, args, status: 'CREATED', productId: null, deletedProductId: null, userErrors: [] };
    this.#save(job);
    void this.#run(job);
    return this.byId(job.id);
  }

  /** The job or operation as GraphQL shows it, or null. */
  byId(id) {
    const job = this.#jobs.get(id);
    if (!job) return null;
    const { shop } = this;
    if (job.kind === 'Job') return { typename: 'Job', id, get done() { return job.status === 'COMPLETE'; }, query: {} };
    return {
      typename: job.kind, id, get gid() { return id; }, get status() { return job.status; }, get userErrors() { return job.userErrors; },
      get product() { return job.productId === null ? null : shop.productById(job.productId) ?? null; }, get deletedProductId() { return job.deletedProductId; },
    };
  }

  /** What of a job's end is written down together with its change. */
  outcome(job, result, errors) {
    return { status: 'COMPLETE', productId: result.product?.id ?? job.productId, deletedProductId: result.deletedProductId ?? null, userErrors: errors };
  }

  restore({ type, ...job }) {
    this.#jobs.set(job.id, job);
    if (job.kind !== 'Job') this.#made = Math.max(this.#made, Number(job.id.split('/').at(-1)) - 77_000_000_000);
  }

  /** After a restart. */
  resume() {
    for (const job of this.#jobs.values()) if (job.status !== 'COMPLETE') void this.#run(job);
    const waiting = [...this.shop.files.values()].filter(file => file.status === 'UPLOADED').map(file => file.id);
    if (waiting.length) void this.makeReady(waiting);
  }

  async makeReady(ids) {
    if (await this.#pause()) this.mutations.execute('files ready', { ids });
  }

  async #run(job) {
    if (!await this.#pause(() => { if (job.status === 'CREATED') job.status = 'ACTIVE'; })) return;
    try {
      const { errors, ...result } = this.mutations.execute(job.name, job.args, { job });
      Object.assign(job, this.outcome(job, result, errors));
    } catch (error) {
      Object.assign(job, { status: 'COMPLETE', userErrors: [{ field: null, message: error.message, code: job.name === 'productSet' ? 'JOB_ERROR' : null }] });
    }
    this.#save(job);
  }

  /** False when the program stops meanwhile. */
  async #pause(begun = () => {}) {
    await sleep(this.jobMs);
    begun();
    const slow = this.faults.on('slow-jobs');
    if (slow?.ms) await sleep(slow.ms);
    else if (slow) await this.faults.until(slow, () => this.stopped);
    return !this.stopped;
  }

  #save(job) {
    this.#jobs.set(job.id, job);
    this.journal?.append({ type: 'job', ...job });
  }
}
