/** Kinds of events, and which come first among those of one nanosecond. */
export const EV_SEGMENT = 0;
export const EV_ARRIVAL = 1;
export const EV_IRQ = 2;
export const EV_IPI = 3;
export const EV_RESCHEDULE = 4;
export const EV_TICK = 5;
export const EV_READ_COUNTERS = 6;
export const EV_STACK_SAMPLE = 7;
export const EV_WARM = 8;
export const EV_END = 9;
/** Of a workload: `a` is its number, `b` its own. */
export const EV_TIMER = 10;
export const EV_WAKE = 11;

export const PRIORITY_ARRIVAL = 0;
export const PRIORITY_IRQ = 1;
export const PRIORITY_SEGMENT = 2;
export const PRIORITY_TIMER = 3;
export const PRIORITY_TICK = 4;
export const PRIORITY_MONITOR = 5;
