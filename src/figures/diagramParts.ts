import { expandFrames, type Profile, type SoftirqPart, type SoftirqSegment } from '../experiment';
import { PALETTE, THEME, type DiagramEdge, type DiagramLook, type DiagramNode, type DiagramSection } from '../plot';

/** Why the diagrams of the model know no captures. */
export const NOTHING_TO_CAPTURE = 'Drawn from the model itself, not from runs, so there is nothing to capture.';

/** Looks that the diagrams share: one fill for each kind of place, light enough to read on. */
export const LOOK = {
  hardware: { fill: '#eeeeee', line: '#777777' },
  hardirq: { fill: '#f3dce6', line: '#882255' },
  softirq: { fill: '#fdf6e3', line: '#b8860b' },
  stage: { fill: '#ffffff', line: '#c9b26a' },
  queue: { fill: '#dcecf7', line: '#0072b2' },
  user: { fill: '#e8e8e8', line: '#777777' },
  core: { fill: '#f7f7f7', line: '#999999' },
  steered: { fill: '#dff3ea', line: '#009e73' },
  busy: { fill: '#fbe3d6', line: '#d55e00' },
} as const satisfies Record<string, DiagramLook>;

/** Arrow colours: the path itself, RPS, Falcon, and what goes wrong. */
export const ARROW = { path: THEME.mutedText, rps: PALETTE[0], steer: PALETTE[2], bad: PALETTE[5] } as const;

/** The poll function through which net_rx_action serves a softirq's queue. */
export function pollFunction(profile: Pick<Profile, 'id' | 'frames'>, segment: SoftirqSegment): string {
  switch (segment.queue) {
    case 'ring':
      return expandFrames(profile, ['@nicNapi'])[0] ?? 'NAPI poll';
    case 'gro-cells':
      return 'gro_cell_poll';
    case 'backlog':
      return 'process_backlog';
  }
}

/** What the kernel calls the queue in front of a softirq. */
export function queueName(segment: SoftirqSegment): string {
  switch (segment.queue) {
    case 'ring':
      return `rx_ring of ${segment.device}`;
    case 'gro-cells':
      return `gro_cells of ${segment.device}`;
    case 'backlog':
      return 'input_pkt_queue';
  }
}

/** Kernel functions of a part of a stage, in the order of first call, that an unfragmented packet meets. */
export function functionsOf(
  profile: Pick<Profile, 'id' | 'frames'>,
  part: SoftirqPart,
  protocol: 'udp' | 'tcp',
): string[] {
  const met = part.work.filter(({ only }) => only === undefined || only === protocol);
  return [...new Set(met.flatMap((work) => expandFrames(profile, work.frames)))];
}

/** One softirq as a box: its queue, its stages with their functions, and what hands over to the next softirq. */
export function softirqBox(
  profile: Pick<Profile, 'id' | 'frames'>,
  segment: SoftirqSegment,
  protocol: 'udp' | 'tcp',
  next?: SoftirqSegment,
): DiagramNode {
  const queue: DiagramSection = { title: queueName(segment), look: LOOK.queue };
  const stages = segment.parts.map((part): DiagramSection => ({
    title: `${part.stage.id} (${part.stage.device})`,
    lines: functionsOf(profile, part, protocol),
    look: LOOK.stage,
  }));
  const handOver = next === undefined ? [] : [{ title: next.enqueue, look: LOOK.queue }];
  return {
    id: `softirq${segment.number}`,
    title: `softirq ${segment.number}: ${segment.device}`,
    lines: [pollFunction(profile, segment)],
    look: LOOK.softirq,
    sections: [queue, ...stages, ...handOver],
  };
}

/** Arrows from what each softirq hands over with to the queue of the next. Of boxes made by `softirqBox`. */
export function handOvers(segments: readonly SoftirqSegment[]): DiagramEdge[] {
  return segments.slice(1).map((segment, i) => ({
    from: `softirq${segments[i].number}`,
    fromSection: segments[i].parts.length + 1,
    to: `softirq${segment.number}`,
    toSection: 0,
    pull: 'weak',
  }));
}

/** Keeps the tops of boxes with sections level. */
export function levelTitles(ids: readonly string[]): DiagramEdge[] {
  return ids.slice(1).map((to, i) => ({
    from: ids[i],
    to,
    fromSection: 'title',
    toSection: 'title',
    line: 'hidden',
    pull: 'strong',
  }));
}
