/** What the clients did: per operation name, and in all. */
export class Calls {
  constructor(bulk) {
    this.bulk = bulk;
    bulk.calls = this;
    this.clear();
  }

  clear() {
    this.operations = {};
    this.throttled = 0;
    this.points = 0;
    this.deprecations = new Map();
    this.bulk.maxConcurrent = this.bulk.runningOf('QUERY').length;
    this.bulk.maxConcurrentMutations = this.bulk.runningOf('MUTATION').length;
  }

  count(name, { throttled = false, refused = false, points = 0, deprecated = [] } = {}) {
    const one = this.operations[name] ??= { calls: 0, throttled: 0, refused: 0, points: 0 };
    one.calls++;
    if (throttled) { one.throttled++; this.throttled++; }
    if (refused) one.refused++;
    one.points += points;
    this.points += points;
    this.noteDeprecated(name, deprecated);
  }

  noteDeprecated(name, messages) {
    for (const message of messages) this.deprecations.set(`${name}: ${message}`, (this.deprecations.get(`${name}: ${message}`) ?? 0) + 1);
  }

  report() {
    const total = Object.values(this.operations).reduce((sum, one) => sum + one.calls, 0);
    return { total, throttled: this.throttled, points: this.points, maxConcurrentBulk: this.bulk.maxConcurrent, maxConcurrentBulkMutations: this.bulk.maxConcurrentMutations, operations: this.operations };
  }
}
