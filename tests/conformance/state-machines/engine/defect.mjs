/** A mistake in a definition, found in a walk. `place` is its path: `States.HeadObject.Output`. */
export class Defect extends Error {
    constructor(place, message) {
        super(message);
        this.place = place;
    }
}
