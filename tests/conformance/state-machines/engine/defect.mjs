/** A mistake that a walk found in a definition, at a `place` such as `States.HeadObject.Output`. */
export class Defect extends Error {
    constructor(place, message) {
        super(message);
        this.place = place;
    }
}
