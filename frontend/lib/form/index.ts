export { type Group, groupsFor } from "./groups";
export { KNOBS, type Knob } from "./knobs";
export { boundsOf, changed, conflictIn, type Reading, readNumber } from "./values";
