import { prefixLines } from '../lines';
import { DETECTION_LIMIT } from '../format';
import type { Detection } from '../format';
import { hasTimeStamp, parseEventLine } from './eventLine';
import type { EventLine } from './eventLine';

/** `# captured on: …`, the first line of `perf script --header`. */
const HEADER = /^# (?:========|captured on|perf version|cmdline)/;
//   \tffffffff8168d5c4 refill_obj_stock+0x44 ([kernel.kallsyms])
const FRAME = /^\s+[0-9a-f]{1,16} \S.*\(.*\)\s*$/;
//   \t          414b3b fsnotify         perf pads addresses to 16 characters
const PADDED_FRAME = /^\t *[0-9a-f]+(?<=^\t.{16})(?: |$)/;
//   ffffffff813a4413 finish_task_switch.isra.0
const FRAME_ON_LINE = /^[0-9a-f]{4,16} \S/;

/** Openings of JSON and XML, and of perf.data itself. */
const NOT_PERF_SCRIPT = /^(?:[{<]|\[\s*[{\]"]|PERFILE2)/;

/**
 * Whether the lines look like perf script: a frame below an event line, or an event line with a time
 * stamp, decides. A prefix of nothing but perf's header counts too, since headers can be long.
 */
export function detectPerfScript(prefix: Uint8Array, complete: boolean): Detection {
  let sawHeader = false;
  let sawEvent = false;
  let lines = 0;
  for (const raw of prefixLines(prefix, complete)) {
    const line = raw.length > 1024 ? raw.slice(0, 1024) : raw;
    if (line.trim() === '') continue;
    if (line.startsWith('#')) {
      sawHeader ||= HEADER.test(line);
      continue;
    }
    if (lines++ === 0 && NOT_PERF_SCRIPT.test(line)) return 'no';
    // `-F ip,sym` prints no event lines.
    if (PADDED_FRAME.test(line) || (FRAME.test(line) && (sawEvent || lines <= 2))) return 'yes';
    const event = parseEventLine(line);
    if (event === undefined) continue;
    if (event.event !== '' && hasTimeStamp(line) && isComplete(event)) return 'yes';
    sawEvent = true;
  }
  const all = complete || prefix.length >= DETECTION_LIMIT;
  return sawHeader && lines === 0 && all ? 'yes' : 'more';
}

/** An event line says enough by itself if it is a tracepoint's, ends there, or goes on with its one frame. */
function isComplete(event: EventLine): boolean {
  return event.tracepoint || event.payload === '' || FRAME_ON_LINE.test(event.payload);
}
