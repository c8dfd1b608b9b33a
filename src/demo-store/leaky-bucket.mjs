const RESTORE_RATES = { standard: 100, advanced: 200, plus: 1000, enterprise: 2000 };
const SECONDS_OF_CAPACITY = 20;

export const plans = Object.keys(RESTORE_RATES);

/** Points that refill with time. Asked-for points are taken at once; what was not used flows back. */
export class LeakyBucket {
  constructor(plan, { clock = () => performance.now(), timeScale = 1 } = {}) {
    this.restoreRate = RESTORE_RATES[plan] * timeScale;
    this.capacity = RESTORE_RATES[plan] * SECONDS_OF_CAPACITY;
    this.clock = clock;
    this.level = this.capacity;
    this.at = clock();
  }

  #refill() {
    const now = this.clock();
    this.level = Math.min(this.capacity, this.level + (now - this.at) / 1000 * this.restoreRate);
    this.at = now;
  }

  /** Takes the points and says yes, or takes nothing and says no. */
  take(points) {
    this.#refill();
    if (this.level < points) return false;
    this.level -= points;
    return true;
  }

  giveBack(points) {
    this.#refill();
    this.level = Math.min(this.capacity, this.level + points);
  }

  empty() {
    this.#refill();
    this.level = Math.min(this.level, 0);
  }

  status() {
    this.#refill();
    return { maximumAvailable: this.capacity, currentlyAvailable: Math.floor(this.level), restoreRate: this.restoreRate };
  }
}
