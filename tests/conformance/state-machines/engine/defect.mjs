/** A mistake in a definition, found while it runs. `place` is where: `States.HeadObject.Output`. */
export class Defect extends Error {
    constructor(place, message) {
        super(message);
        this.place = place;
    }
}
