import { digitsValue, startsWith } from './byteMemo';

/**
 * Which field is the number that the event is about. Formats as the kernel's TP_printk gives them:
 *
 *   irq:softirq_raise:      vec=3 [action=NET_RX]
 *   irq:irq_handler_entry:  irq=24 name=virtio0-input.0
 *   napi:napi_poll:         napi poll on napi struct 0xffff88817b2a4010 for device eth0 work 1 budget 64
 *   net:netif_receive_skb:  dev=eth0 skbaddr=0xffff8881765ede00 len=94
 *   net:net_dev_xmit:       dev=veth0 skbaddr=0xffff8881765ede00 len=94 rc=0
 *   skb:kfree_skb:          skbaddr=0xffff8881765ede00 protocol=2048 location=0xffffffff81a reason: NO_SOCKET
 *   sched:sched_switch:     prev_comm=a prev_pid=1 prev_prio=120 prev_state=S ==> next_comm=b next_pid=2 next_prio=120
 *   sched:sched_wakeup:     comm=sockperf pid=12 prio=120 target_cpu=001
 *   sched:sched_migrate_task: comm=sockperf pid=12 prio=120 orig_cpu=0 dest_cpu=1
 *   ipi:ipi_send_cpu:       cpu=1 callsite=ttwu_queue_wakelist+0x11d callback=…
 */
const VALUE_KEYS = new Map<string, readonly string[]>([
  ['irq:softirq_raise', ['vec=']],
  ['irq:softirq_entry', ['vec=']],
  ['irq:softirq_exit', ['vec=']],
  ['irq:irq_handler_entry', ['irq=']],
  ['irq:irq_handler_exit', ['irq=']],
  ['napi:napi_poll', ['work ']],
  ['net:net_dev_xmit', ['rc=']],
  ['net:netif_receive_skb_exit', ['ret=']],
  ['net:netif_receive_skb_list_exit', ['ret=']],
  ['net:napi_gro_receive_exit', ['ret=']],
  ['net:napi_gro_frags_exit', ['ret=']],
  ['net:netif_rx_exit', ['ret=']],
  ['sched:sched_switch', ['next_pid=']],
  // libtraceevent's plugin prints `sockperf:12 [120] success=1 CPU:001`
  ['sched:sched_wakeup', ['target_cpu=', 'CPU:']],
  ['sched:sched_wakeup_new', ['target_cpu=', 'CPU:']],
  ['sched:sched_waking', ['target_cpu=', 'CPU:']],
  ['sched:sched_migrate_task', ['dest_cpu=']],
  ['sched:sched_process_exit', ['pid=']],
  ['sched:sched_process_fork', ['child_pid=']],
  ['sched:sched_process_exec', ['pid=']],
  ['sched:sched_stat_runtime', ['runtime=']],
  ['ipi:ipi_send_cpu', ['cpu=']],
]);

const SUBSYSTEMS = new Set(['irq', 'napi', 'net', 'skb', 'sched', 'ipi']);

/** Where in an event's payload the columns are found. */
export interface PayloadKeys {
  readonly device: string;
  /** In order of preference. */
  readonly value: readonly string[];
}

/** The keys of an event whose payloads are read into columns; undefined for other events. */
export function payloadKeys(event: string): PayloadKeys | undefined {
  if (!SUBSYSTEMS.has(event.slice(0, event.indexOf(':')))) return undefined;
  return { device: event === 'napi:napi_poll' ? 'device ' : 'dev=', value: VALUE_KEYS.get(event) ?? [] };
}

const SPACE = 32;

/** Where a word is found, −1 before it is. */
interface Word {
  start: number;
  end: number;
}

/** What `readPayload` finds; used again to spare a million objects. */
export class PayloadWords {
  readonly device: Word = { start: -1, end: -1 };
  readonly skb: Word = { start: -1, end: -1 };
  length_bytes = NaN;
  value = NaN;

  clear(): void {
    this.device.start = this.skb.start = -1;
    this.length_bytes = this.value = NaN;
  }
}

/** Reads the payload between two places. One pass over the words: each key counts where it first begins one. */
export function readPayload(keys: PayloadKeys, bytes: Buffer, start: number, end: number, words: PayloadWords): void {
  words.clear();
  let hasLength = false;
  let best = keys.value.length;
  for (let at = start; at < end; at++) {
    if (at > start && bytes[at - 1] !== SPACE) continue;
    if (words.device.start < 0 && startsWith(bytes, at, end, keys.device)) {
      setWord(words.device, bytes, at + keys.device.length, end);
    } else if (words.skb.start < 0 && startsWith(bytes, at, end, 'skbaddr=')) {
      setWord(words.skb, bytes, at + 8, end);
    } else if (!hasLength && startsWith(bytes, at, end, 'len=')) {
      hasLength = true;
      words.length_bytes = lengthAt(bytes, at + 4, wordEnd(bytes, at + 4, end));
    }
    for (let key = 0; key < best; key++) {
      if (!startsWith(bytes, at, end, keys.value[key])) continue;
      const from = at + keys.value[key].length;
      words.value = valueAt(bytes, from, wordEnd(bytes, from, end));
      best = key;
    }
  }
}

function setWord(word: Word, bytes: Buffer, start: number, end: number): void {
  word.start = start;
  word.end = wordEnd(bytes, start, end);
}

function wordEnd(bytes: Buffer, at: number, end: number): number {
  while (at < end && bytes[at] !== SPACE) at++;
  return at;
}

function lengthAt(bytes: Buffer, start: number, end: number): number {
  const digits = digitsValue(bytes, start, end);
  return Number.isNaN(digits) ? Number(bytes.toString('latin1', start, end)) : digits;
}

function valueAt(bytes: Buffer, start: number, end: number): number {
  const digits = digitsValue(bytes, start, end);
  if (!Number.isNaN(digits)) return digits;
  const text = bytes.toString('latin1', start, end);
  return Number.parseInt(text, text.startsWith('0x') ? 16 : 10);
}

/**
 * All `key=value` fields of a payload in their order, e.g. `prev_comm`, `prev_pid`. Values end at a
 * space, so a command with spaces is cut: the payload's text is in the table for whoever needs more.
 */
export function payloadFields(payload: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, key, value] of payload.matchAll(/(?:^|[\s(])([A-Za-z_]\w*)=(\S*)/g)) fields.set(key, value);
  return fields;
}
