// Seeded random choices: the same seed and walk number always give the same walk.

/** Random number generator for one walk. */
export class Random {
    #state;

    constructor(seed, walk) {
        this.#state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(walk + 1, 0x85ebca6b)) >>> 0;
    }

    /** Next number: at least 0 and less than 1 (mulberry32). */
    number() {
        this.#state = (this.#state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    }

    /** A whole number: at least 0 and less than `limit`. */
    below(limit) {
        return Math.floor(this.number() * limit);
    }

    /** True with a probability of `percent`. */
    chance(percent) {
        return this.number() * 100 < percent;
    }

    /** One of `values`. */
    pick(values) {
        return values[this.below(values.length)];
    }

    /** `length` random hexadecimal digits. */
    hex(length) {
        return Array.from({ length }, () => this.below(16).toString(16)).join("");
    }
}
